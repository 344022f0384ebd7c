"""Receipts over the API: one address a purchase, told in problems, never kept by a cache."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.tokens import make_token
from core import audit
from marketplace import receipt_uploads
from marketplace.models import Asn, Purchase, Receipt, Umkm
from marketplace.purchases import correct_purchase, void_purchase
from tests.marketplace import photos
from tests.marketplace.factories import AsnFactory, PurchaseFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


@pytest.fixture
def client(asn: Asn) -> APIClient:
    return client_of(asn.user)


def client_of(user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def path(purchase: Purchase) -> str:
    return f"/api/v1/purchases/{purchase.public_id}/receipt"


def put(client: APIClient, purchase: Purchase, content: bytes | None = None, **more: Any) -> Any:
    """Send a photo as a phone does; `more` stands beside it in the form."""
    content = photos.jpeg() if content is None else content
    photo = SimpleUploadedFile("struk.jpg", content, content_type="image/jpeg")
    return client.put(path(purchase), {"photo": photo, **more}, format="multipart")


def type_of(response: Any) -> str:
    assert response["Content-Type"].startswith("application/problem+json")
    return str(response.json()["type"]).removeprefix("/problems/")


def test_a_photo_is_given_read_and_removed(client: APIClient, bought: Purchase) -> None:
    given = put(client, bought)
    again = put(client, bought)
    read = client.get(path(bought))

    assert given.status_code == again.status_code == read.status_code == 200
    assert again.json()["kept_at"] == read.json()["kept_at"] == given.json()["kept_at"]
    assert given.json()["similar"] == []
    for _time in range(2):
        removed = client.delete(path(bought))
        assert (removed.status_code, removed["Cache-Control"]) == (204, "no-store")
    after = client.get(path(bought)).json()
    assert after["photo"] is None
    assert after["removed_at"] is not None


def test_a_purchase_says_whether_the_photo_of_its_receipt_is_kept(
    client: APIClient, bought: Purchase
) -> None:
    purchase = path(bought).removesuffix("/receipt")

    before = client.get(purchase).json()["receipt"]
    put(client, bought)
    kept = client.get(purchase).json()["receipt"]
    client.delete(path(bought))

    assert (before, kept, client.get(purchase).json()["receipt"]) == (False, True, False)


def test_the_photo_is_served_so_that_nothing_in_it_can_run(
    client: APIClient, bought: Purchase
) -> None:
    shown = client.get(put(client, bought).json()["photo"]["url"])

    assert shown.status_code == 200
    assert shown.content[8:12] == b"WEBP"
    assert shown["Content-Type"] == "image/webp"
    assert shown["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert shown["Content-Disposition"] == 'inline; filename="struk.webp"'
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["Cache-Control"] == "no-store"


@pytest.mark.parametrize("accept", ["image/webp", "image/avif,image/*,*/*;q=0.8", "*/*"])
def test_a_link_answers_whatever_kind_is_asked_for_and_problems_stay_json(
    client: APIClient, bought: Purchase, accept: str
) -> None:
    url = put(client, bought).json()["photo"]["url"]

    assert client.get(url, headers={"Accept": accept}).status_code == 200
    over = client.get(url[:-1] + ("A" if url[-1] != "A" else "B"), headers={"Accept": accept})
    assert (over.status_code, type_of(over)) == (404, "receipt-link-over")


@pytest.mark.parametrize("asked", [{"headers": {"Accept": "text/html"}}, {"data": {"format": "x"}}])
def test_a_kind_that_there_is_not_is_a_refusal(
    client: APIClient, bought: Purchase, asked: dict[str, Any]
) -> None:
    url = put(client, bought).json()["photo"]["url"].partition("?")[0]

    assert client.get(url, **asked).status_code in (400, 406)


def test_a_link_opens_to_the_person_who_asked_signed_in_as_themselves(
    asn: Asn, client: APIClient, bought: Purchase
) -> None:
    url = put(client, bought).json()["photo"]["url"]
    session = Client()
    session.force_login(asn.user)
    token = f"Token {make_token(asn.user, name='Ponsel')[1]}"

    assert session.get(url).status_code == 200
    assert Client().get(url, headers={"Authorization": token}).status_code == 200
    assert Client().get(url).status_code == 401
    assert type_of(client_of(AsnFactory().user).get(url)) == "receipt-link-over"


def test_what_a_link_says_is_checked(client: APIClient, bought: Purchase) -> None:
    put(client, bought)

    for said in ({}, {"until": "soon", "signature": "x"}, {"until": 10**30, "signature": "x"}):
        assert type_of(client.get(path(bought) + "/photo", said)) == "invalid"


def test_another_persons_purchase_reads_as_404(bought: Purchase, client: APIClient) -> None:
    put(client, bought)
    stranger = client_of(AsnFactory().user)

    for answer in (
        stranger.get(path(bought)),
        stranger.delete(path(bought)),
        put(stranger, bought),
    ):
        assert (answer.status_code, type_of(answer)) == (404, "purchase-unknown")
        assert answer["Cache-Control"] == "no-store"


def test_who_is_no_asn_gives_nothing(bought: Purchase) -> None:
    assert put(client_of(UserFactory()), bought).status_code == 403
    assert APIClient().get(path(bought)).status_code == 401


def test_a_purchase_that_was_taken_back_is_refused(
    asn: Asn, client: APIClient, bought: Purchase
) -> None:
    void_purchase(asn=asn, purchase=bought, reason="Salah ketik")

    answer = put(client, bought)

    assert (answer.status_code, type_of(answer)) == (409, "purchase-voided")


def test_the_refusal_for_a_corrected_purchase_names_the_one_in_its_place(
    asn: Asn, client: APIClient, bought: Purchase
) -> None:
    right = correct_purchase(
        asn=asn,
        purchase=bought,
        umkm=bought.umkm,
        amount=27_000,
        reason="Salah ketik",
        client_key="k",
        fingerprint="f",
    )

    assert put(client, bought).json()["replaced_by"] == str(right.public_id)


def test_a_purchase_without_a_photo_has_no_receipt(client: APIClient, bought: Purchase) -> None:
    for answer in (client.get(path(bought)), client.delete(path(bought))):
        assert (answer.status_code, type_of(answer)) == (404, "receipt-unknown")


def test_a_removed_photo_and_one_that_is_kept_are_refused_with_their_state(
    client: APIClient, bought: Purchase, settings: Settings
) -> None:
    put(client, bought)
    settings.RECEIPT_REMOVABLE_DAYS = 0
    kept = client.delete(path(bought))
    settings.RECEIPT_REMOVABLE_DAYS = 30
    client.delete(path(bought))

    assert (kept.status_code, type_of(kept)) == (409, "receipt-kept")
    assert "kept_until" in kept.json()
    assert type_of(put(client, bought)) == "receipt-removed"


def test_the_same_photo_twice_is_told_and_not_refused(
    asn: Asn, client: APIClient, warung: Umkm, bought: Purchase
) -> None:
    put(client, bought)

    another = PurchaseFactory(asn=asn, umkm=warung, amount=bought.amount + 1)
    answer = put(client, another)

    assert (answer.status_code, answer.json()["similar"]) == (200, [str(bought.public_id)])
    there = client.get(f"/api/v1/purchases/{bought.public_id}").json()
    assert there["similar"] == [str(another.public_id)]


@pytest.mark.parametrize(
    ("content", "status", "type_"),
    [
        (b"", 400, "receipt-not-a-photo"),
        (b"<html><script>alert(1)</script>", 400, "receipt-not-a-photo"),
        (photos.jpeg()[:3_000], 400, "receipt-unreadable"),
        (photos.png_bomb(), 400, "receipt-too-many-pixels"),
    ],
)
def test_what_is_no_photo_is_refused_in_the_readers_language(
    client: APIClient, bought: Purchase, folder: Path, content: bytes, status: int, type_: str
) -> None:
    answer = put(client, bought, content)

    assert (answer.status_code, type_of(answer)) == (status, type_)
    assert "foto" in answer.json()["title"].lower()
    assert list(folder.rglob("*.webp")) == []


def test_a_form_with_more_or_less_than_a_photo_is_refused(
    client: APIClient, bought: Purchase
) -> None:
    for said in ({"foto": "x"}, {}, {"photo": "not a file"}):
        answer = client.put(path(bought), said, format="multipart")
        assert (answer.status_code, type_of(answer)) == (400, "invalid")
    assert "evidence" in put(client, bought, evidence="till").json()["errors"]
    assert type_of(client.put(path(bought), {"photo": "x"}, format="json")) == (
        "unsupported-media-type"
    )
    broken = client.put(path(bought), b"--x\r\nnothing", content_type="multipart/form-data")
    assert type_of(broken) == "malformed"
    assert not Receipt.objects.exists()


def test_a_body_that_is_too_large_is_refused_by_its_length_before_it_is_read(
    client: APIClient, bought: Purchase, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RECEIPT_MEGABYTES = 1
    monkeypatch.setattr(receipt_uploads.InMemory, "handle_raw_input", None)

    answer = put(client, bought, photos.jpeg() + b"\0" * 1_100_000)

    assert (answer.status_code, type_of(answer)) == (413, "receipt-too-large")


def test_a_large_photo_never_touches_the_folder_for_temporary_files(
    client: APIClient, bought: Purchase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.NamedTemporaryFile", None)

    answer = put(client, bought, photos.jpeg() + b"\0" * 3_000_000)

    assert answer.status_code == 200


def test_no_log_line_holds_anything_of_a_photo(
    client: APIClient, bought: Purchase, caplog: pytest.LogCaptureFixture
) -> None:
    upload = photos.jpeg()  # Pillow tells of it here, as it writes one
    with caplog.at_level(logging.DEBUG):
        given = put(client, bought, upload).json()
        put(client, bought, upload[:3_000])

    signature = given["photo"]["url"].partition("signature=")[2]
    assert signature not in caplog.text
    assert str(Receipt.objects.get().file) not in caplog.text
    assert "Rahasia" not in caplog.text


# --- The auditor ---------------------------------------------------------------------------------


@pytest.fixture
def auditor(db: None) -> Any:
    call_command("write_roles")
    user = UserFactory(username="pemeriksa")
    user.groups.add(Group.objects.get(name="auditor"))
    return user


def audited(purchase: Purchase) -> str:
    return f"/api/v1/audit/purchases/{purchase.public_id}/receipt"


def test_an_auditor_looks_with_a_purpose_and_the_owner_reads_of_it(
    asn: Asn, client: APIClient, bought: Purchase, auditor: Any
) -> None:
    put(client, bought)
    looking = client_of(auditor)

    for purpose in ({}, {"purpose": "  "}, {"purpose": "x" * 201}):
        assert type_of(looking.get(audited(bought), purpose)) == "invalid"
    assert not audit.about(asn.user).exists()
    answer = looking.get(audited(bought), {"purpose": "Uji petik triwulan IV"})

    assert answer.status_code == 200
    assert looking.get(answer.json()["photo"]["url"]).status_code == 200
    entry = audit.about(asn.user).get()
    assert (entry.action, entry.purpose) == ("receipt.read", "Uji petik triwulan IV")


def test_an_auditor_who_is_none_any_more_sees_nothing_with_an_old_link(
    client: APIClient, bought: Purchase, auditor: Any
) -> None:
    put(client, bought)
    answer = client_of(auditor).get(audited(bought), {"purpose": "Uji petik"})
    auditor.groups.clear()
    again = type(auditor).objects.get(pk=auditor.pk)

    assert type_of(client_of(again).get(answer.json()["photo"]["url"])) == "receipt-link-over"


def test_nobody_else_looks_at_anothers_receipt(client: APIClient, bought: Purchase) -> None:
    put(client, bought)

    for user in (bought_by(bought), AsnFactory().user, UserFactory()):
        answer = client_of(user).get(audited(bought), {"purpose": "Ingin tahu"})
        assert (answer.status_code, type_of(answer)) == (403, "forbidden")


def bought_by(purchase: Purchase) -> Any:
    return Asn.objects.get(buyer=purchase.buyer_id).user


def test_what_is_answered_is_what_the_document_says(
    client: APIClient, bought: Purchase, auditor: Any
) -> None:
    document = SchemaGenerator().get_schema(request=None, public=True)
    answers = {
        ("/purchases/{public_id}/receipt", "put"): put(client, bought),
        ("/purchases/{public_id}/receipt", "get"): client.get(path(bought)),
        ("/audit/purchases/{public_id}/receipt", "get"): client_of(auditor).get(
            audited(bought), {"purpose": "Uji petik"}
        ),
    }
    for (route, method), answer in answers.items():
        said = document["paths"]["/api/v1" + route][method]["responses"]["200"]
        schema = said["content"]["application/json"]["schema"]
        whole = schema | {"components": document["components"]}
        checker = Draft202012Validator.FORMAT_CHECKER
        Draft202012Validator(whole, format_checker=checker).validate(json.loads(answer.content))
    photo = document["paths"]["/api/v1/purchases/{public_id}/receipt/photo"]["get"]
    assert "image/webp" in photo["responses"]["200"]["content"]
    sent = document["paths"]["/api/v1/purchases/{public_id}/receipt"]["put"]["requestBody"]
    assert list(sent["content"]) == ["multipart/form-data"]
