"""What is kept of oneself: seen, corrected, taken along and deleted, in an app and on pages."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tokens import make_token
from core import audit, secrets
from marketplace import receipts
from marketplace.models import Asn, Purchase, Umkm
from marketplace.purchases import void_purchase
from tests.marketplace import photos
from tests.marketplace.city import City
from tests.marketplace.factories import AsnFactory, PurchaseFactory

pytestmark = pytest.mark.django_db

ME = "/api/v1/me"


@pytest.fixture
def app(asn: Asn) -> APIClient:
    app = APIClient()
    app.force_authenticate(asn.user)
    return app


@pytest.fixture
def visitor(asn: Asn, client: Client) -> Client:
    client.force_login(asn.user)
    return client


@pytest.fixture
def shopped(asn: Asn, warung: Umkm, folder: Path) -> Purchase:
    """One with a photo that stands, and one taken back; and somebody else's."""
    bought = PurchaseFactory(asn=asn, umkm=warung, note="=2+3 nasi pecel")
    void_purchase(asn=asn, purchase=PurchaseFactory(asn=asn, umkm=warung), reason="Salah ketik")
    receipts.keep_receipt(asn=asn, public_id=bought.public_id, upload=photos.jpeg())
    PurchaseFactory(asn=AsnFactory(), umkm=warung, note="Milik orang lain")
    make_token(asn.user, name="Ponsel lama")
    audit.record(actor=None, action="receipt.read", subject_user=asn.user, purpose="Triwulan")
    return bought


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_an_app_is_told_all_that_is_kept_with_the_nip_masked(
    app: APIClient, asn: Asn, shopped: Purchase
) -> None:
    answer = app.get(f"{ME}/data")

    kept = answer.json()
    assert kept["kept"] == {"purchases": 2, "voided": 1, "receipts": 1, "apps": 1, "looks": 1}
    assert kept["homes"][0] | {"from": ""} == {
        "from": "",
        "code": asn.homes.get().region_id,
        "name": asn.homes.get().region.name,
        "rw": 3,
        "rt": 2,
        "by_you": False,
    }
    assert kept["consent"]["given"]
    assert secrets.decrypt(asn.nip_encrypted) not in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_everything_is_taken_along_and_nobody_elses(app: APIClient, shopped: Purchase) -> None:
    answer = app.get(f"{ME}/export")

    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="data-saya.zip"'
    with opened(body(answer)) as archive:
        said = json.loads(archive.read("data-saya.json"))
        rows = list(csv.reader(archive.read("belanja.csv").decode("utf-8-sig").splitlines()))
        photo = archive.read(f"struk/{shopped.public_id}.webp")
    assert {each["note"] for each in said["purchases"]} == {"=2+3 nasi pecel", ""}
    assert [each["void_reason"] for each in said["purchases"] if each["voided_at"]] == [
        "Salah ketik"
    ]
    assert len(rows) == 3
    assert any("'=2+3 nasi pecel" in row for row in rows)  # no formula in a spreadsheet
    assert photo.startswith(b"RIFF")
    assert (said["apps"][0]["name"], said["looks"][0]["purpose"]) == ("Ponsel lama", "Triwulan")
    assert said["consents"][0]["decision"] == "given"


def test_it_is_put_together_a_few_times_an_hour(
    app: APIClient, visitor: Client, asn: Asn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.throttling.TakingAlongThrottle.rate", "1/hour", raising=False)

    assert app.get(f"{ME}/export").status_code == 200
    assert app.get(f"{ME}/export").status_code == 429
    assert visitor.get("/data-saya/unduh/")["Location"] == "/data-saya/"


def test_a_home_and_a_workplace_are_said_by_the_person(
    app: APIClient, asn: Asn, city: City
) -> None:
    today = timezone.localdate().isoformat()
    home = {"kelurahan": city.kelurahan[4].code, "rw": 1, "rt": 7, "from": today}
    work = {"kelurahan": city.kelurahan[5].code, "from": today}

    moved = app.put(f"{ME}/home", home, format="json").json()
    app.put(f"{ME}/workplace", work, format="json")
    again = app.put(f"{ME}/workplace", work, format="json").json()

    assert [row["by_you"] for row in moved["homes"]] == [False, True]
    assert [row["code"] for row in again["workplaces"]] == [city.kelurahan[5].code]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"kelurahan": "35.73.99.9999"}, "place-unknown"),
        ({"rt": 7, "rw": None}, "address-incomplete"),
        ({"from": "2020-01-01"}, "move-in-the-past"),
        ({"nip": "x"}, "invalid"),
    ],
)
def test_what_cannot_be_is_refused(
    app: APIClient, city: City, change: dict[str, Any], kind: str
) -> None:
    said = {
        "kelurahan": city.kelurahan[1].code,
        "rw": 1,
        "rt": 1,
        "from": timezone.localdate().isoformat(),
    }

    refused = app.put(f"{ME}/home", said | change, format="json")

    assert (refused.status_code, refused.json()["type"]) == (400, f"/problems/{kind}")


def test_an_app_erases_its_owner_by_their_own_name(asn: Asn, shopped: Purchase) -> None:
    token = make_token(asn.user, name="Ponsel")[1]
    app = APIClient(headers={"Authorization": f"Token {token}"})
    erase = {"path": f"{ME}/erasure", "format": "json"}

    wrong = app.post(**erase, data={"username": "orang-lain"})
    right = app.post(**erase, data={"username": asn.user.username})
    again = app.post(**erase, data={"username": asn.user.username})

    assert (wrong.status_code, wrong.json()["type"]) == (409, "/problems/not-your-sign-in-name")
    assert (right.status_code, again.status_code) == (204, 401)
    assert not User.objects.filter(pk=asn.user.pk).exists()


# --- Pages ---------------------------------------------------------------------------------------


def test_the_page_shows_it_all_and_leads_on(visitor: Client, asn: Asn, shopped: Purchase) -> None:
    page = visitor.get("/data-saya/")

    text = page.content.decode()
    assert "no-store" in page["Cache-Control"]
    for words in (asn.name, "RW 3, RT 2", "Anda setuju pada"):
        assert words in text
    for link in ("rumah/", "tempat-kerja/", "unduh/", "hapus/", "dilihat/"):
        assert f'href="/data-saya/{link}"' in text
    assert secrets.decrypt(asn.nip_encrypted) not in text


def test_a_home_is_corrected_on_a_page(visitor: Client, asn: Asn, city: City) -> None:
    today = timezone.localdate()
    said = {"region": city.kelurahan[3].code, "rw": "2", "rt": "", "valid_from": today}

    late = visitor.post("/data-saya/rumah/", said | {"valid_from": today - timedelta(days=1)})
    done = visitor.post("/data-saya/rumah/", said)
    work = visitor.post(
        "/data-saya/tempat-kerja/", {"region": city.kelurahan[4].code, "valid_from": today}
    )

    assert late.status_code == 400
    assert (done["Location"], work["Location"]) == ("/data-saya/", "/data-saya/")
    home = asn.home_on(today)
    assert home is not None
    assert (home.region, home.rw, home.by_person) == (city.kelurahan[3], 2, True)
    assert asn.workplaces.get().region == city.kelurahan[4]


def test_leaving_is_one_press_on_one_page(visitor: Client, asn: Asn, bought: Purchase) -> None:
    asked = visitor.get("/data-saya/hapus/").content.decode()
    done = visitor.post("/data-saya/hapus/")
    page = visitor.get(done["Location"])

    assert "Ya, hapus data saya" in asked
    assert "Data Anda sudah dihapus" in page.content.decode()
    assert visitor.get("/data-saya/")["Location"].startswith("/masuk/")
    assert not Asn.objects.filter(buyer=bought.buyer_id).exists()
