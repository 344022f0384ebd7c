"""What comes as a photo is drawn anew, in a process apart, or refused before it is decoded."""

import subprocess
import threading
from io import BytesIO

import pytest
from PIL import Image
from pytest_django import Settings

from core.errors import Refusal
from marketplace import receipt_photos
from marketplace.errors import (
    ReceiptNotAPhoto,
    ReceiptsBusy,
    ReceiptTooLarge,
    ReceiptTooManyPixels,
    ReceiptUnreadable,
)
from marketplace.receipt_photos import redraw
from tests.marketplace import photos

HTML = b"<!doctype html><script>alert(document.cookie)</script>"


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content), formats=["WEBP"])


def is_red(picture: Image.Image, at: tuple[int, int]) -> bool:
    red, green, blue = picture.convert("RGB").getpixel(at)
    return red > 200 and green < 80 and blue < 80


def test_place_camera_and_comments_do_not_come_along() -> None:
    upload = photos.jpeg()
    assert Image.open(BytesIO(upload)).getexif().get_ifd(photos.GPS)  # there is something to lose

    photo = redraw(upload)

    kept = opened(photo.content)
    assert dict(kept.getexif()) == {}
    assert kept.info.keys() <= {"loop", "background", "timestamp", "duration"}
    for said in (b"EXIF", b"Exif", b"ICCP", b"XMP ", b"rahasia", b"Rahasia"):
        assert said not in photo.content


@pytest.mark.parametrize(
    "make", [photos.jpeg, photos.png, photos.webp, photos.heic, photos.mpo, photos.animation]
)
def test_what_phones_write_is_kept_as_its_first_picture(make: object) -> None:
    photo = redraw(make())  # type: ignore[operator]

    kept = opened(photo.content)
    assert (photo.width, photo.height) == kept.size == (640, 480)
    assert getattr(kept, "n_frames", 1) == 1
    assert is_red(kept, (20, 20))


def test_a_photo_taken_upright_stands_upright() -> None:
    photo = redraw(photos.jpeg(orientation=photos.TURNED))

    assert (photo.width, photo.height) == (480, 640)
    assert is_red(opened(photo.content), (460, 20))


def test_a_large_photo_is_kept_no_larger_than_the_setting(settings: Settings) -> None:
    settings.RECEIPT_LONGEST_SIDE = 400

    photo = redraw(photos.jpeg((1_200, 1_800)))

    assert (photo.width, photo.height) == (267, 400)


def test_what_one_can_see_through_is_kept_on_white() -> None:
    clear = photos.encoded(Image.new("RGBA", (60, 60), (0, 0, 0, 0)), "PNG")

    assert opened(redraw(clear).content).convert("RGB").getpixel((30, 30)) == (255, 255, 255)


def test_the_same_pixels_have_the_same_digest_whatever_they_came_with() -> None:
    picture = photos.drawn()
    bare, lettered = (photos.encoded(picture, "PNG"), photos.encoded(picture, "PNG", dpi=(72, 72)))
    assert bare != lettered

    assert redraw(bare).digest == redraw(lettered).digest != redraw(photos.jpeg(mark=3)).digest


def test_what_hangs_behind_or_inside_a_photo_ends_here() -> None:
    hidden = b"PK\x03\x04" + HTML
    inside = photos.encoded(photos.drawn(), "JPEG", comment=HTML)

    for upload in (photos.jpeg() + hidden, photos.png() + hidden, inside):
        assert b"script" not in redraw(upload).content


@pytest.mark.parametrize(
    ("upload", "refused"),
    [
        (b"", ReceiptNotAPhoto),
        (b"\xff", ReceiptNotAPhoto),
        (HTML, ReceiptNotAPhoto),
        (b"GIF89a" + b"\0" * 100, ReceiptNotAPhoto),
        (b"%PDF-1.7\n" + b"\0" * 100, ReceiptNotAPhoto),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", ReceiptNotAPhoto),
        (b"\xff\xd8\xff" + HTML, ReceiptUnreadable),
        (b"\x89PNG\r\n\x1a\n", ReceiptUnreadable),
        (b"RIFF\x00\x00\x00\x00WEBP" + HTML, ReceiptUnreadable),
        (b"\0\0\0\x18ftypheic" + b"\0" * 200, ReceiptUnreadable),
        (photos.jpeg()[:2_000], ReceiptUnreadable),
        (photos.png()[:-40], ReceiptUnreadable),
        (photos.png_bomb(), ReceiptTooManyPixels),
        (photos.png_bomb(width=60_000, height=60_000), ReceiptTooManyPixels),
        (photos.png_bomb(width=7_000, height=7_000), ReceiptUnreadable),
    ],
)
def test_what_is_no_whole_photo_of_bearable_size_is_refused(
    upload: bytes, refused: type[Refusal]
) -> None:
    with pytest.raises(refused):
        redraw(upload)


def test_a_file_larger_than_the_setting_is_not_even_looked_at(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RECEIPT_MEGABYTES = 1
    monkeypatch.setattr(receipt_photos, "_run", None)

    with pytest.raises(ReceiptTooLarge) as refusal:
        redraw(photos.jpeg() + b"\0" * 1_048_576)

    assert "1" in str(refusal.value.detail)


def test_a_decoder_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipt_photos, "WAITS", 0.001)

    with pytest.raises(ReceiptUnreadable):
        redraw(photos.jpeg())


def test_a_decoder_that_falls_takes_nothing_along(monkeypatch: pytest.MonkeyPatch) -> None:
    fallen = subprocess.CompletedProcess([], returncode=-11, stdout=b"", stderr=b"")
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "run", lambda *_args, **_kwargs: fallen)
        with pytest.raises(ReceiptUnreadable):
            redraw(photos.jpeg())

    assert redraw(photos.jpeg()).width == 640


def test_a_web_process_has_one_photo_drawn_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    started, go_on = threading.Event(), threading.Event()
    run = receipt_photos._run

    def slow(upload: bytes, *, kind: str) -> bytes:
        started.set()
        go_on.wait(30)
        return run(upload, kind=kind)

    monkeypatch.setattr(receipt_photos, "_run", slow)
    first = threading.Thread(target=redraw, args=(photos.jpeg(),))
    first.start()
    started.wait(30)
    with pytest.raises(ReceiptsBusy) as refusal:
        redraw(photos.jpeg())
    go_on.set()
    first.join()

    assert (refusal.value.status, refusal.value.retry_after) == (503, 2)
    assert redraw(photos.jpeg()).width == 640


def test_the_process_that_decodes_knows_no_secret_and_no_app() -> None:
    source = receipt_photos.PROGRAM.read_text()

    assert "django" not in source.replace("Django nor", "")
    assert not {"SECRET_KEY", "FIELD_KEYS", "DATABASE_URL"} & receipt_photos.ENVIRONMENT.keys()
