"""What an ASN most likely records next: asked of their own purchases, never recorded by itself."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from marketplace import favourites
from marketplace.favourites import due_again, likely
from marketplace.models import Asn, NotNow, Purchase, Umkm
from marketplace.purchases import void_purchase
from marketplace.registry import merge_umkm
from tests.cms.factories import UmkmPageFactory
from tests.marketplace.city import City
from tests.marketplace.factories import AsnFactory, PurchaseFactory, UmkmFactory

RECORD = "/belanja/catat/"
TODAY = date(2026, 11, 25)

Buy = Callable[..., Purchase]


@pytest.fixture
def buy(asn: Asn, warung: Umkm, settings: Settings) -> Buy:
    """A purchase of Rp25,000 at the warung today, or `ago` days ago; a keyword makes it another."""
    settings.RECORDING_WINDOW_DAYS = 500

    def buy(ago: int = 0, **changes: Any) -> Purchase:
        day = timezone.localdate() - timedelta(days=ago)
        return PurchaseFactory(**({"asn": asn, "umkm": warung, "day": day} | changes))

    return buy


@pytest.fixture
def client(asn: Asn) -> Client:
    """Signed in as the ASN, reading English."""
    client = Client()
    client.cookies.load({settings.LANGUAGE_COOKIE_NAME: "en"})
    client.force_login(asn.user)
    return client


def shops(asn: Asn) -> list[Umkm]:
    return [each.umkm for each in likely(asn).bought]


# --- The likeliest shops -------------------------------------------------------------------------


def test_the_likeliest_shop_was_bought_from_lately_and_often(
    asn: Asn, buy: Buy, warung: Umkm
) -> None:
    long_ago, once = UmkmFactory(region=warung.region), UmkmFactory(region=warung.region)
    for ago in (200, 201, 202):
        buy(ago, umkm=long_ago)
    buy(3, umkm=once)
    buy(2), buy(4), buy(9)

    assert shops(asn) == [warung, once, long_ago]


def test_at_breakfast_the_breakfast_stall_comes_first(asn: Asn, warung: Umkm) -> None:
    supper = UmkmFactory(region=warung.region)
    morning = at(2026, 11, 24, 7)
    past = [bought(supper, at(2026, 11, 24, 19)), bought(warung, morning)]

    def first(now: datetime) -> Umkm:
        by_shop = favourites.by_shop(past)
        return max(
            by_shop, key=lambda shop: favourites._likelihood(by_shop[shop], now=now, places=[])
        )

    assert first(at(2026, 11, 25, 7)) == warung
    assert first(at(2026, 11, 25, 20)) == supper


def test_midnight_lies_between_neighbouring_hours() -> None:
    late = Purchase(recorded_at=at(2026, 11, 24, 23, 30), day=date(2026, 11, 24))

    assert favourites._same_hour(late, now=at(2026, 11, 25, 0, 30)) == pytest.approx(
        favourites._same_hour(late, now=at(2026, 11, 25, 22, 30))
    )


def test_a_shop_that_closed_was_refused_or_is_anothers_is_not_offered_and_a_pending_one_is(
    asn: Asn, buy: Buy, warung: Umkm, city: City
) -> None:
    pending, closed, refused = (
        UmkmFactory(region=city.kelurahan[1], status="pending", name=f"Warung {n}")
        for n in range(3)
    )
    for shop in (pending, closed, refused):
        buy(umkm=shop)
    Umkm.objects.filter(pk=closed.pk).update(status="closed")
    Umkm.objects.filter(pk=refused.pk).update(status="refused")
    buy(asn=AsnFactory(home__region=city.kelurahan[0]), umkm=warung)

    assert shops(asn) == [pending]


def test_merged_shops_are_one_and_what_was_taken_back_says_nothing(
    asn: Asn, buy: Buy, warung: Umkm, city: City
) -> None:
    twin = UmkmFactory(region=city.kelurahan[1])
    buy(umkm=twin)
    merge_umkm(umkm=twin, into=warung)
    void_purchase(asn=asn, purchase=buy(umkm=UmkmFactory()), reason="Keliru")

    assert shops(asn) == [warung]


def test_the_usual_amount_is_the_commonest_and_of_equals_the_latest(asn: Asn, buy: Buy) -> None:
    for ago, amount in ((9, 15_000), (8, 20_000), (7, 15_000), (6, 20_000), (5, 90_000)):
        buy(ago, amount=amount)

    [favourite] = likely(asn).bought
    assert favourite.purchase is not None
    assert favourite.purchase.amount == 20_000


def test_who_bought_nothing_yet_gets_the_nearest_shops_with_a_page(asn: Asn, city: City) -> None:
    far, near = (UmkmPageFactory(region=city.kelurahan[place]) for place in (4, 0))
    UmkmFactory(region=city.kelurahan[0], name="Tanpa halaman")

    assert likely(asn).near == [near.umkm_row, far.umkm_row]


def test_one_bounded_look_however_much_was_bought(asn: Asn, buy: Buy) -> None:
    buy()
    with CaptureQueriesContext(connection) as few:
        likely(asn)
    for ago in range(6):
        buy(ago, umkm=UmkmFactory())
    with CaptureQueriesContext(connection) as many:
        likely(asn)

    assert len(many) <= len(few)
    assert sum("marketplace_purchase" in query["sql"] for query in many) == 1


# --- What is due again ---------------------------------------------------------------------------


def due(umkm: Umkm, *agos: int, amounts: tuple[int, ...] = ()) -> favourites.Repeat | None:
    """What is due at one shop, bought from so many days ago, the latest first."""
    spent = amounts or (20_000,) * len(agos)
    past = [
        Purchase(umkm=umkm, day=TODAY - timedelta(days=ago), amount=amount)
        for ago, amount in zip(agos, spent, strict=True)
    ]
    return due_again({umkm: past}, today=TODAY)


@pytest.mark.parametrize(
    ("agos", "every"),
    [((7, 14, 21, 28), 7), ((6, 13, 21, 28), 7), ((14, 28, 42, 56), 14), ((30, 61, 91), 30)],
)
def test_what_comes_in_a_rhythm_is_due_again(
    warung: Umkm, agos: tuple[int, ...], every: int
) -> None:
    found = due(warung, *agos)

    assert found is not None
    assert (found.every, found.due) == (every, TODAY - timedelta(days=agos[0] - every))


@pytest.mark.parametrize(
    "agos",
    [
        (0, 7, 14, 21),  # bought today
        (4, 11, 18, 25),  # not due for days
        (9, 16, 23, 30),  # a habit that was left
        (7, 14, 21),  # too seldom to be sure of a week
        (7, 14, 24, 31),  # no rhythm
        (1, 2, 3, 4),  # daily
        (7,),
    ],
)
def test_what_has_no_rhythm_or_is_not_due_is_not_offered(
    warung: Umkm, agos: tuple[int, ...]
) -> None:
    assert due(warung, *agos) is None


def test_an_amount_that_changes_each_time_is_not_guessed(warung: Umkm) -> None:
    assert due(warung, 7, 14, 21, 28, amounts=(1_000, 2_000, 3_000, 4_000)) is None


@pytest.fixture
def weekly(buy: Buy) -> Purchase:
    """The last of four purchases of Rp20,000, one a week; the next is due today."""
    return [buy(ago, amount=20_000, payment="qris") for ago in (28, 21, 14, 7)][-1]


def test_one_button_records_it_and_a_double_tap_records_it_once(
    client: Client, weekly: Purchase
) -> None:
    page = client.get(RECORD)
    assert "Record Rp20,000 at Warung Bu Tik again?" in page.content.decode()
    assert Purchase.objects.count() == 4
    form = page.context["repeat_form"]
    sent = {name: str(form[name].value() or "") for name in form.fields}

    first, second = client.post(RECORD, sent), client.post(RECORD, sent)

    assert first["Location"] == second["Location"]
    latest = Purchase.objects.latest("pk")
    assert (latest.amount, latest.payment, latest.day) == (20_000, "qris", timezone.localdate())
    assert Purchase.objects.count() == 5
    assert "again?" not in client.get(RECORD).content.decode()


def test_not_now_is_remembered_until_it_is_bought_again(
    client: Client, weekly: Purchase, buy: Buy
) -> None:
    for _twice in range(2):
        answer = client.post(f"/belanja/{weekly.public_id}/nanti/")
        assert answer["Location"] == RECORD

    assert NotNow.objects.get().purchase == weekly
    assert "again?" not in client.get(RECORD).content.decode()


# --- Its pages and its route ---------------------------------------------------------------------


def test_buy_again_fills_the_form_and_records_nothing(client: Client, buy: Buy) -> None:
    purchase = buy(amount=1_250_000, payment="qris")

    page = client.get(RECORD, {"lagi": purchase.public_id})

    form = page.context["form"]
    assert (form["amount"].value(), form["payment"].value()) == ("1.250.000", "qris")
    assert form["umkm"].value() == purchase.umkm.public_id
    assert Purchase.objects.count() == 1
    for address in (RECORD, "/belanja/", f"/belanja/{purchase.public_id}/"):
        assert f"?lagi={purchase.public_id}" in client.get(address).content.decode()


def test_anothers_purchase_is_nothing_to_begin_from(client: Client, city: City) -> None:
    others = PurchaseFactory(asn=AsnFactory(home__region=city.kelurahan[0]))

    for asked in (others.public_id, uuid.uuid4(), "x"):
        assert client.get(RECORD, {"lagi": asked}).status_code == 404
    assert client.post(f"/belanja/{others.public_id}/nanti/").status_code == 404


def test_a_shop_that_closed_meanwhile_is_said(client: Client, buy: Buy, warung: Umkm) -> None:
    purchase = buy()
    Umkm.objects.filter(pk=warung.pk).update(status="closed")

    page = client.get(RECORD, {"lagi": purchase.public_id})

    assert "no longer listed" in page.content.decode()


def test_an_app_reads_the_same_and_waves_it_off(asn: Asn, weekly: Purchase, warung: Umkm) -> None:
    client = APIClient()
    client.force_authenticate(asn.user)

    answer = client.get("/api/v1/purchases/favourites")

    assert answer.headers["Cache-Control"] == "no-store"
    [favourite] = answer.json()["results"]
    assert (favourite["umkm"]["id"], favourite["amount"]) == (str(warung.public_id), 20_000)
    assert answer.json()["repeat"] == {
        "umkm": favourite["umkm"],
        "amount": 20_000,
        "payment": "qris",
        "purchase": str(weekly.public_id),
        "every_days": 7,
        "due": timezone.localdate().isoformat(),
    }
    for _twice in range(2):
        assert client.put(f"/api/v1/purchases/{weekly.public_id}/not-now").status_code == 204
    assert client.get("/api/v1/purchases/favourites").json()["repeat"] is None
    assert client.get("/api/v1/purchases/favourites?x=1").status_code == 400


def at(*moment: int) -> datetime:
    """A moment in the city."""
    return timezone.make_aware(datetime(*moment))  # noqa: DTZ001 (made aware)


def bought(umkm: Umkm, moment: datetime) -> Purchase:
    """A purchase recorded as it was made."""
    return Purchase(umkm=umkm, day=moment.date(), recorded_at=moment, amount=20_000)
