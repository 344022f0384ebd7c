"""Draws an uploaded photo anew, in a process of its own: `python -I redrawing.py PIXELS SIDE HEIC`.

Reads the upload from standard input; writes one line of JSON, then the picture as WebP. What comes
from outside is decoded here and nowhere else, under limits of memory and time: a bomb or a fault of
a decoder ends this process and nothing beside it. So it knows neither Django nor any secret.
"""

import hashlib
import json
import resource
import sys
import warnings
from io import BytesIO

from PIL import Image, ImageOps

MOST_MEMORY = 1_500_000_000
"""Bytes of address space: 50 megapixels with transparency, twice, and the libraries."""
MOST_SECONDS = 15
"""Of the processor's time."""
QUALITY = 75

TOO_MANY_PIXELS = "too-many-pixels"
UNREADABLE = "unreadable"

BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class TooManyPixels(Exception):
    """The header says more than may be decoded; nothing was."""


def main() -> None:
    """Redraw what stands on standard input, or say why not."""
    most_pixels, longest_side = int(sys.argv[1]), int(sys.argv[2])
    limit_process()
    try:
        answer, picture = redraw(
            sys.stdin.buffer.read(),
            kind=sys.argv[3],
            most_pixels=most_pixels,
            longest_side=longest_side,
        )
    except (TooManyPixels, *BOMBS):
        answer, picture = {"refused": TOO_MANY_PIXELS}, b""
    except Exception:  # whatever a decoder makes of bytes from outside
        answer, picture = {"refused": UNREADABLE}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + picture)


def limit_process() -> None:
    """Bound memory and time, and write to no file."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":  # elsewhere the limit exists by name only
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def redraw(
    upload: bytes, *, kind: str, most_pixels: int, longest_side: int
) -> tuple[dict[str, object], bytes]:
    """The first picture of the file, upright and no larger than asked, without anything beside it.

    Raises `TooManyPixels` before it decodes, and whatever Pillow raises.
    """
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = most_pixels
    if kind == "HEIF":
        _read_heic()
    with Image.open(BytesIO(upload), formats=[kind]) as image:
        if image.width * image.height > most_pixels:
            raise TooManyPixels
        picture = _upright(image, longest_side)  # never a seek: the first picture is the photo
    out = BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=4)
    size = f"{picture.width}x{picture.height}".encode()
    digest = hashlib.sha256(size + picture.tobytes()).hexdigest()
    told = {"width": picture.width, "height": picture.height, "digest": digest}
    return told, out.getvalue()


def _upright(image: Image.Image, longest_side: int) -> Image.Image:
    """A new picture with the pixels of the old one and none of what it carried along."""
    decoded: Image.Image = image
    if decoded.mode == "P":
        decoded = decoded.convert("RGBA")
    decoded.thumbnail((longest_side, longest_side))  # a JPEG is decoded no larger than needed
    turned = ImageOps.exif_transpose(decoded)
    clean = Image.new("RGB", turned.size, "white")
    if "A" in turned.getbands():
        clean.paste(turned.convert("RGB"), mask=turned.getchannel("A"))
    else:
        clean.paste(turned.convert("RGB"))
    return clean


def _read_heic() -> None:
    """Teach Pillow what iPhones write."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False, decode_threads=1)


if __name__ == "__main__":
    main()
