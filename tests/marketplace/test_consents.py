"""Nothing is recorded without a consent to the present text, and it is taken back at any time."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from marketplace import consent_texts, consents
from marketplace.errors import ConsentMissing, ConsentTextChanged
from marketplace.models import Asn, ConsentDecision, ConsentText, Purchase, Umkm
from marketplace.purchases import correct_purchase, void_purchase
from marketplace.receipts import keep_receipt
from tests.marketplace import photos
from tests.marketplace.city import City
from tests.marketplace.factories import AsnFactory, PurchaseFactory, agree

pytestmark = pytest.mark.django_db

RELEASED = {
    "2026-12": "082b82535b35ba40d2c77f7a9bac5e7e143e95ab3bbbc7ee12553afa8fa8cc95",
}
"""Digests of the texts that people were asked to agree to, as they read in Kota Malang."""


@pytest.fixture
def newcomer(city: City) -> Asn:
    """Has an account and was not asked yet."""
    return AsnFactory(home__region=city.kelurahan[0], consent=False)


def another_version(settings: Settings, folder: Path) -> str:
    """A city writes its next text; its digest."""
    for language in ("id", "en"):
        (folder / f"2027-01.{language}.txt").write_text(f"Judul {language}\n\n- satu\n- dua\n")
    settings.CONSENT_TEXTS = folder
    return consent_texts.current().digest


def test_a_released_text_never_changes() -> None:
    """Another word is another version: a new pair of files, beside the ones there are."""
    text = consent_texts.current()

    assert RELEASED[text.version] == text.digest


def test_both_languages_say_the_same_in_as_many_parts() -> None:
    text = consent_texts.current()

    assert [len(part.lines) for part in text.parts("id")] == [
        len(part.lines) for part in text.parts("en-gb")
    ]
    assert "{" not in text.indonesian + text.english


def test_without_consent_nothing_is_recorded(newcomer: Asn, warung: Umkm) -> None:
    with pytest.raises(ConsentMissing):
        PurchaseFactory(asn=newcomer, umkm=warung)

    assert not Purchase.objects.exists()


def test_a_consent_is_a_row_with_the_very_text(newcomer: Asn, warung: Umkm) -> None:
    agree(newcomer)
    agree(newcomer)  # twice is once

    decided = newcomer.consent_decisions.get()
    assert decided.kind == ConsentDecision.Kind.GIVEN
    assert decided.text.indonesian == consent_texts.current().indonesian
    assert PurchaseFactory(asn=newcomer, umkm=warung).buyer_id == newcomer.buyer_id


def test_a_new_version_asks_again(
    asn: Asn, warung: Umkm, settings: Settings, tmp_path: Path
) -> None:
    old = consent_texts.current().digest
    another_version(settings, tmp_path)

    with pytest.raises(ConsentMissing):
        PurchaseFactory(asn=asn, umkm=warung)
    with pytest.raises(ConsentTextChanged):
        consents.give(asn, digest=old)
    agree(asn)

    assert PurchaseFactory(asn=asn, umkm=warung)
    assert ConsentText.objects.count() == 2


def test_a_retry_of_what_was_recorded_is_answered_after_a_withdrawal(
    asn: Asn, warung: Umkm
) -> None:
    said: dict[str, Any] = {"asn": asn, "umkm": warung, "client_key": "k"}
    first = PurchaseFactory(**said)
    consents.withdraw(asn)

    assert PurchaseFactory(**said) == first


def test_who_withdrew_records_and_corrects_nothing_but_may_take_back(
    asn: Asn, bought: Purchase, folder: Path
) -> None:
    consents.withdraw(asn)
    asn.refresh_from_db()

    with pytest.raises(ConsentMissing):
        correct_purchase(
            asn=asn,
            purchase=bought,
            umkm=bought.umkm,
            amount=1,
            reason="Salah",
            client_key="c",
            fingerprint="f",
        )
    with pytest.raises(ConsentMissing):
        keep_receipt(asn=asn, public_id=bought.public_id, upload=photos.jpeg())
    assert void_purchase(asn=asn, purchase=bought, reason="Salah")


def test_who_withdrew_is_due_to_be_erased_after_three_days_unless_they_agree_again(
    asn: Asn, city: City
) -> None:
    stayed, came_back = AsnFactory(), AsnFactory()
    long_ago = timezone.now() - timedelta(days=3, minutes=1)
    text = ConsentText.objects.get()
    for person in (asn, came_back):
        consents.withdraw(person)
    withdrawn = ConsentDecision.Kind.WITHDRAWN
    gone = AsnFactory(consent=False)
    ConsentDecision.objects.create(asn=gone, text=text, kind=withdrawn, at=long_ago)
    ConsentDecision.objects.create(asn=came_back, text=text, kind=withdrawn, at=long_ago)
    agree(came_back)

    asn.refresh_from_db()
    assert consents.due_to_be_erased() == [gone]
    assert not consents.standing_of(asn).given
    assert consents.standing_of(stayed).given


def test_the_database_changes_no_decision_and_no_text(asn: Asn) -> None:
    for rows in (ConsentDecision.objects.all(), ConsentText.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        ConsentDecision.objects.update(kind=ConsentDecision.Kind.WITHDRAWN)
    with pytest.raises(DatabaseError), transaction.atomic():
        ConsentText.objects.update(english="")


# --- Over the API and on the pages ---------------------------------------------------------------


def test_an_app_shows_the_text_and_gives_the_consent(newcomer: Asn, warung: Umkm) -> None:
    app = APIClient(headers={"Accept-Language": "en"})
    app.force_authenticate(newcomer.user)
    said = {"umkm": str(warung.public_id), "amount": 9_000}
    send = {"path": "/api/v1/purchases", "data": said, "format": "json"}

    refused = app.post(**send, headers={"Idempotency-Key": "k"})
    shown = app.get("/api/v1/me/consent").json()
    wrong = app.put("/api/v1/me/consent", {"digest": "x"}, format="json")
    given = app.put("/api/v1/me/consent", {"digest": shown["digest"]}, format="json")

    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/consent-missing")
    assert (wrong.status_code, wrong.json()["type"]) == (409, "/problems/consent-text-changed")
    assert shown["text"].startswith("Consent to take part")
    assert not shown["given"]
    assert given.json()["given"]
    assert given["Cache-Control"] == "no-store"
    assert app.post(**send, headers={"Idempotency-Key": "k"}).status_code == 201
    assert app.delete("/api/v1/me/consent").status_code == 204
    assert app.get("/api/v1/me/consent").json()["erased_at"]


def test_the_page_to_record_leads_by_the_text_and_back(
    newcomer: Asn, warung: Umkm, client: Client
) -> None:
    client.force_login(newcomer.user)
    wanted = f"/belanja/catat/?umkm={warung.public_id}"

    led = client.get(wanted)
    page = client.get(led["Location"])
    said = {"digest": consent_texts.current().digest, "next": page.context["next"]}
    back = client.post("/persetujuan/", said)

    assert led.status_code == 302
    assert page.status_code == 200
    assert back["Location"] == wanted
    assert client.get(wanted).status_code == 200


def test_the_page_leads_to_no_other_site(newcomer: Asn, client: Client) -> None:
    client.force_login(newcomer.user)
    said = {"digest": consent_texts.current().digest, "next": "https://jahat.example/"}

    assert client.post("/persetujuan/", said)["Location"] == "/belanja/catat/"


def test_who_agreed_reads_when_and_withdraws_by_one_press(asn: Asn, client: Client) -> None:
    client.force_login(asn.user)

    assert "Anda setuju pada" in client.get("/persetujuan/").content.decode()
    after = client.post("/persetujuan/tarik/", follow=True).content.decode()

    assert "Persetujuan Anda ditarik" in after
    asn.refresh_from_db()
    assert not consents.stands(asn)
