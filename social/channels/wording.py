"""How a post's words and its link become one text, where a platform has no field for a link."""


def with_link(caption: str, link: str) -> str:
    """The caption with its link below, unless it stands in it already."""
    below = link if link and link not in caption else ""
    return "\n\n".join(part for part in (caption.strip(), below) if part)
