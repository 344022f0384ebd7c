"""What happens to a photo that an editor uploads."""

from io import BytesIO
from pathlib import Path
from zlib import crc32

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django import Settings
from wagtail.images.forms import get_image_form
from wagtail.models import Collection

from cms.models import Photo

pytestmark = pytest.mark.django_db

PLACE = b"Jalan Rumah 7"
ORIENTATION, DESCRIPTION, GPS = 0x0112, 0x010E, 0x8825


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def picture(kind: str = "JPEG", *, size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    out = BytesIO()
    image = Image.new("RGB", size, "teal")
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    image.save(out, kind, **options)
    return out.getvalue()


def with_place() -> bytes:
    """As a phone writes it: on its side, with its place and a comment."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[DESCRIPTION] = PLACE.decode()
    exif.get_ifd(GPS)[1] = "S"
    return picture(exif=exif, comment=PLACE)


def bomb() -> bytes:
    """A PNG of a few bytes that says it is 30,000 by 30,000."""
    content = bytearray(picture("PNG"))
    content[16:24] = (30_000).to_bytes(4) * 2
    content[29:33] = crc32(content[12:29]).to_bytes(4)
    return bytes(content)


def form(content: bytes, name: str):  # type: ignore[no-untyped-def]
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    words = {"title": "Soto", "alt": "Semangkuk soto", "collection": root.pk}
    return get_image_form(Photo)(words, {"file": SimpleUploadedFile(name, content)})


def kept(content: bytes, name: str) -> Photo:
    filled = form(content, name)
    assert filled.is_valid(), filled.errors
    return filled.save()


def bytes_of(photo: Photo) -> bytes:
    with photo.file.open("rb") as file:
        content: bytes = file.read()
    return content


def test_place_and_comment_are_gone_and_the_photo_stands_upright() -> None:
    photo = kept(with_place(), "dapur.jpg")

    content = bytes_of(photo)

    assert PLACE not in content
    assert b"Exif" not in content
    assert (photo.width, photo.height) == (40, 60)
    with Image.open(BytesIO(content)) as image:
        assert not image.getexif()


def test_what_hangs_behind_a_picture_is_cut_off() -> None:
    script = b"<script>alert(1)</script>"
    archive = b"PK\x03\x04" + script

    assert script not in bytes_of(kept(picture() + archive, "soto.jpg"))
    assert script not in bytes_of(kept(picture("PNG") + archive, "soto.png"))


def test_of_a_phones_double_picture_the_first_is_kept() -> None:
    second = Image.new("RGB", (60, 40), "yellow")
    photo = kept(picture("MPO", save_all=True, append_images=[second]), "soto.jpg")

    with Image.open(BytesIO(bytes_of(photo))) as image:
        assert image.format == "JPEG"
        assert getattr(image, "n_frames", 1) == 1
        red, green, _blue = image.convert("RGB").getpixel((5, 5))
    assert red > 200 > green


@pytest.mark.parametrize(("kind", "name"), [("WEBP", "a.webp"), ("AVIF", "a.avif")])
def test_other_formats_are_kept_as_jpeg(kind: str, name: str) -> None:
    assert kept(picture(kind), name).file.name.endswith(".jpg")


def test_a_logo_that_one_can_see_through_stays_so() -> None:
    out = BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")

    photo = kept(out.getvalue(), "logo.png")

    with Image.open(BytesIO(bytes_of(photo))) as image:
        assert image.has_transparency_data


def test_a_large_photo_is_kept_smaller() -> None:
    assert kept(picture(size=(3_000, 1_500)), "soto.jpg").width == 2_400


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "kosong.jpg"),
        (b"GIF89a" + bytes(40), "bergerak.gif"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "gambar.svg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "gambar.png"),
        (b"%PDF-1.7", "menu.jpg"),
        (picture("PNG"), "png-bernama.jpg"),
        (picture("BMP"), "gambar.png"),
        (picture(size=(900, 900))[:900], "terpotong.jpg"),
        (picture("PNG", size=(900, 900))[:200], "terpotong.png"),
        (picture("WEBP", size=(900, 900))[:120], "terpotong.webp"),
        (picture("AVIF", size=(900, 900))[:200], "terpotong.avif"),
        (bomb(), "bom.png"),
    ],
)
def test_what_is_no_whole_picture_is_an_error_of_the_form(content: bytes, name: str) -> None:
    filled = form(content, name)

    assert not filled.is_valid()
    assert list(filled.errors) == ["file"]
    assert Photo.objects.count() == 0


def test_a_bomb_is_refused_for_its_pixels() -> None:
    assert "50" in str(form(bomb(), "bom.png").errors["file"])


def test_new_words_for_a_photo_leave_its_file_alone() -> None:
    photo = kept(picture(), "soto.jpg")
    before = bytes_of(photo)
    words = {"title": "Soto", "alt": "Soto dan nasi", "collection": photo.collection_id}

    filled = get_image_form(Photo)(words, instance=photo)

    assert filled.is_valid(), filled.errors
    assert bytes_of(filled.save()) == before
