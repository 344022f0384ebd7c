"""The photo of a receipt on the ASN's pages: plain forms, in a browser that runs no script."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from marketplace import receipt_photos, receipt_uploads, receipts
from marketplace.models import Asn, Purchase, Receipt, Umkm
from marketplace.purchases import void_purchase
from tests.marketplace import photos
from tests.marketplace.factories import AsnFactory, PurchaseFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


@pytest.fixture
def client(asn: Asn) -> Client:
    client = Client()
    client.force_login(asn.user)
    return client


def page(purchase: Purchase) -> str:
    return f"/belanja/{purchase.public_id}/"


def send(
    client: Client, purchase: Purchase, content: bytes | None = None, *, by: str = "camera"
) -> Any:
    content = photos.jpeg() if content is None else content
    photo = SimpleUploadedFile("struk.jpg", content, content_type="image/jpeg")
    return client.post(page(purchase) + "struk/", {by: photo})


def text(response: Any) -> str:
    return str(response.content.decode())


def shown_in(said: str) -> str:
    """The address of the photo on a page."""
    found = re.search(r'<img src="([^"]*/receipt/photo[^"]*)"', said)
    assert found is not None
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize("by", ["camera", "gallery"])
def test_a_photo_is_added_seen_and_deleted(client: Client, bought: Purchase, by: str) -> None:
    added = send(client, bought, by=by)
    assert (added.status_code, added["Location"]) == (302, page(bought))

    said = text(client.get(page(bought)))
    assert "Foto tersimpan" in said
    assert client.get(shown_in(said))["Content-Type"] == "image/webp"

    deleted = client.post(page(bought) + "struk/hapus/", follow=True)
    assert "Foto dihapus" in text(deleted)
    assert "<img" not in text(deleted).partition('id="struk"')[2].partition("</section>")[0]


def test_a_phone_may_use_its_camera_or_its_gallery(client: Client, bought: Purchase) -> None:
    said = text(client.get(page(bought)))

    assert 'capture="environment"' in said
    assert said.count('type="file"') == 2
    assert 'enctype="multipart/form-data"' in said


def test_who_sees_it_and_how_long_it_stays_is_said_before_and_after(
    client: Client, bought: Purchase, settings: Settings
) -> None:
    settings.RECEIPT_DAYS, settings.RECEIPT_REMOVABLE_DAYS = 123, 17

    before = text(client.get(page(bought)))
    send(client, bought)
    after = text(client.get(page(bought)))

    assert "123 hari" in before
    assert "17 hari" in before
    assert "Hanya Anda yang melihatnya" in before
    assert "Hanya Anda yang melihatnya" in after


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Ini bukan foto"),
        (b"<html><script>alert(1)</script>", "Ini bukan foto"),
        (photos.jpeg()[:3_000], "rusak atau terpotong"),
        (photos.png_bomb(), "50 juta piksel"),
    ],
)
def test_what_is_wrong_is_said_in_indonesian_beside_the_form(
    client: Client, bought: Purchase, content: bytes, said: str
) -> None:
    answer = send(client, bought, content)

    assert answer.status_code == 400
    assert said in text(answer)
    assert 'type="file"' in text(answer)
    assert not Receipt.objects.exists()


def test_a_form_without_a_photo_says_so(client: Client, bought: Purchase) -> None:
    answer = client.post(page(bought) + "struk/", {})

    assert answer.status_code == 400
    assert "Silakan pilih foto dahulu" in text(answer)


def test_a_photo_that_is_too_large_is_refused_before_it_is_read(
    client: Client, bought: Purchase, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RECEIPT_MEGABYTES = 1
    monkeypatch.setattr(receipt_uploads.InMemory, "handle_raw_input", None)

    answer = send(client, bought, photos.jpeg() + b"\0" * 1_100_000)

    assert answer.status_code == 413
    assert "Ukuran foto paling besar 1 MB" in text(answer)


def test_a_crowd_is_asked_to_come_back(
    client: Client, bought: Purchase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receipt_photos._drawing:
        answer = send(client, bought)

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "coba lagi" in text(answer)


def test_the_form_is_guarded_against_other_sites(asn: Asn, bought: Purchase) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(asn.user)

    assert send(careful, bought).status_code == 403
    assert careful.post(page(bought) + "struk/hapus/").status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text(careful.get(page(bought))))
    assert token is not None
    photo = SimpleUploadedFile("struk.jpg", photos.jpeg(), content_type="image/jpeg")
    said = {"camera": photo, "csrfmiddlewaretoken": token[1]}
    assert careful.post(page(bought) + "struk/", said).status_code == 302


def test_another_persons_purchase_has_no_such_page(bought: Purchase) -> None:
    stranger = Client()
    stranger.force_login(AsnFactory().user)

    assert stranger.get(page(bought) + "struk/").status_code == 404
    assert send(stranger, bought).status_code == 404
    assert stranger.post(page(bought) + "struk/hapus/").status_code == 404
    assert Client().get(page(bought) + "struk/").status_code == 302


def test_the_same_photo_on_another_purchase_is_named_with_its_day(
    client: Client, asn: Asn, warung: Umkm, bought: Purchase
) -> None:
    send(client, bought)
    other = PurchaseFactory(asn=asn, umkm=warung, amount=9_000)

    said = text(client.post(page(other) + "struk/", {"camera": upload()}, follow=True))

    assert page(bought) in said
    assert "foto yang sama" in said


def test_a_purchase_taken_back_asks_for_no_photo_and_lets_it_go(
    client: Client, asn: Asn, bought: Purchase
) -> None:
    send(client, bought)
    void_purchase(asn=asn, purchase=bought, reason="Salah ketik")

    said = text(client.get(page(bought)))

    assert 'type="file"' not in said
    assert "struk/hapus/" in said
    assert 'type="file"' not in text(client.get(page(bought) + "struk/"))
    assert send(client, bought, photos.jpeg(mark=3)).status_code == 409


def test_what_may_not_be_deleted_any_more_has_no_button_and_says_why(
    client: Client, bought: Purchase, settings: Settings
) -> None:
    send(client, bought)
    settings.RECEIPT_REMOVABLE_DAYS = 0

    assert "struk/hapus/" not in text(client.get(page(bought)))
    answer = client.post(page(bought) + "struk/hapus/", follow=True)
    assert "terhapus dengan sendirinya" in text(answer)


def test_pages_with_a_photo_are_kept_by_no_cache(client: Client, bought: Purchase) -> None:
    for path in (page(bought), page(bought) + "struk/"):
        assert "no-store" in client.get(path)["Cache-Control"]


def test_a_photo_that_was_removed_by_time_says_when(
    client: Client, bought: Purchase, settings: Settings
) -> None:
    send(client, bought)
    settings.RECEIPT_DAYS = 0
    receipts.remove_due()

    assert "tetap tercatat" in text(client.get(page(bought)))


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("struk.jpg", photos.jpeg(), content_type="image/jpeg")
