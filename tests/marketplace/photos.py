"""Photos as phones write them, and what else arrives in their name."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pillow_heif
from PIL import Image, ImageDraw
from pytest_django import Settings

GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112
LATITUDE = {1: "S", 2: (7.0, 58.0, 44.0), 3: "E", 4: (112.0, 38.0, 2.0)}
TURNED = 6
"""EXIF: the camera was held upright, the pixels lie on their side."""


def keep_receipts_in(settings: Settings, folder: Path) -> None:
    """A private storage of this test's own."""
    options = {**settings.RECEIPTS_ON_DISK["OPTIONS"], "location": folder}
    mine = {**settings.RECEIPTS_ON_DISK, "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "receipts": mine}


def drawn(size: tuple[int, int] = (640, 480), *, mark: int = 0) -> Image.Image:
    """A picture with a red corner at the top left, and a line that tells it from others."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, size[0] // 4, size[1] // 4), fill="red")
    draw.line((0, size[1] - 1 - 9 * mark, size[0], size[1] - 1 - 9 * mark), fill="black", width=5)
    return picture


def jpeg(size: tuple[int, int] = (640, 480), *, mark: int = 0, orientation: int = 1) -> bytes:
    """From a camera: with the place it was taken at, the camera's name, and how it was held."""
    exif = Image.Exif()
    exif[MAKE] = "Kamera Rahasia"
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS).update(LATITUDE)
    return encoded(drawn(size, mark=mark), "JPEG", exif=exif, comment=b"catatan rahasia")


def png(size: tuple[int, int] = (640, 480)) -> bytes:
    return encoded(drawn(size), "PNG")


def webp() -> bytes:
    return encoded(drawn(), "WEBP")


def heic() -> bytes:
    pillow_heif.register_heif_opener()
    return encoded(drawn(), "HEIF")


def mpo() -> bytes:
    """Two pictures in one file, as phones write inside a .jpg: the second one is green."""
    second = Image.new("RGB", (640, 480), "green")
    return encoded(drawn(), "MPO", save_all=True, append_images=[second])


def animation() -> bytes:
    second = Image.new("RGB", (640, 480), "green")
    return encoded(drawn(), "WEBP", save_all=True, append_images=[second], lossless=True)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def png_bomb(*, width: int = 20_000, height: int = 20_000) -> bytes:
    """A few bytes that claim to be 400 million pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1_000_000, 9)
    chunks = [(b"IHDR", header), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + check
