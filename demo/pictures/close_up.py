"""Another picture of the same thing: its middle, larger."""

from io import BytesIO

from PIL import Image

SHARE = 0.6
"""How much of each side is still seen."""


def close_up(content: bytes) -> bytes:
    """The middle of a picture at its full size again, JPEG; the same bytes for the same picture."""
    with Image.open(BytesIO(content)) as picture:
        width, height = picture.size
        left, top = width * (1 - SHARE) / 2, height * (1 - SHARE) / 2
        middle = picture.crop((round(left), round(top), round(width - left), round(height - top)))
        larger = middle.resize((width, height), Image.Resampling.LANCZOS)
    said = BytesIO()
    larger.save(said, "JPEG", quality=88)
    return said.getvalue()
