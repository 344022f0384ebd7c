"""Pictures come in safely and go out without what they carried."""

from io import BytesIO

import pytest
from PIL import Image

from social.errors import BadPicture
from social.pictures import LONGEST_EDGE, fit_picture, read_picture
from tests.social.factories import picture


def as_format(name: str, mode: str = "RGB") -> bytes:
    out = BytesIO()
    Image.new(mode, (60, 40)).save(out, name)
    return out.getvalue()


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
def test_what_phones_make_is_read_and_becomes_a_jpeg(name: str) -> None:
    read = read_picture(as_format(name))

    assert (read.width, read.height) == (60, 40)
    assert Image.open(BytesIO(read.content)).format == "JPEG"


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"<svg xmlns='x'/>", as_format("GIF"), as_format("PNG")[:60]],
    ids=["empty", "stub", "svg", "gif", "cut off"],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(BadPicture):
        read_picture(content)


def test_too_large_a_file_is_refused_before_it_is_opened() -> None:
    with pytest.raises(BadPicture):
        read_picture(b"\xff\xd8" + b"0" * 10_000_000)


def test_place_and_camera_are_dropped() -> None:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Kamera"
    exif[0x8825] = {1: "S", 2: (7.0, 58.0, 0.0)}
    Image.new("RGB", (60, 40)).save(out, "JPEG", exif=exif)

    read = Image.open(BytesIO(read_picture(out.getvalue()).content))

    assert not read.getexif()


def test_a_sideways_photo_is_turned_upright() -> None:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40)).save(out, "JPEG", exif=exif)

    read = read_picture(out.getvalue())

    assert (read.width, read.height) == (40, 60)


def test_a_transparent_picture_stands_on_white() -> None:
    read = Image.open(BytesIO(read_picture(as_format("PNG", "RGBA")).content))

    assert read.getpixel((5, 5)) == (255, 255, 255)


def test_a_large_picture_is_made_smaller_and_one_that_fits_keeps_its_bytes() -> None:
    large = read_picture(picture(width=4_000, height=1_000))
    assert large.width == LONGEST_EDGE

    assert fit_picture(large, longest_edge=LONGEST_EDGE) is large
    assert fit_picture(large, longest_edge=512).width == 512
