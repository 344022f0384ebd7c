"""How a post's words and its link become one text, what of it is a link, and how it is named."""

import regex

from social.models import Post

LANGUAGE = "id"
URL = regex.compile(r"(?<![\w@#])https?://[^\s<>\"]+[^\s<>\".,;:!?)\]']", regex.IGNORECASE)


def with_link(caption: str, link: str) -> str:
    """The caption with its link below, unless it stands in it already."""
    below = link if link and link not in caption else ""
    return "\n\n".join(part for part in (caption.strip(), below) if part)


def name_of(post: Post) -> str:
    """The same for each call of this version, also when a person sends an unclear one again."""
    return f"{post.public_id}.{post.version}"
