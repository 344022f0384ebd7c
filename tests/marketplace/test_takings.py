"""The owner's own figure: safe but for the number of shops, rounded, told to the owner alone."""

import uuid
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from core.models import AuditEntry
from marketplace import closing, own_shops, releases
from marketplace.blocks import Safety
from marketplace.booked import UNLISTED, Booked
from marketplace.errors import NoSuchAccount, NotYourShop
from marketplace.models import Asn, BookMonth, Lens, Purchase, Release, ShopTakings, Umkm
from marketplace.purchases import void_purchase
from marketplace.registry import merge_umkm
from marketplace.takings import Taken, taken_by_shop
from tests.marketplace.city import City
from tests.marketplace.factories import UmkmFactory, UserFactory
from tests.marketplace.months import AUGUST, SEPTEMBER, after, neighbours, on, shop, shops_in

pytestmark = pytest.mark.django_db

MID_AUGUST = date(2026, 8, 14)
UNIT = 100_000


@pytest.fixture
def crowd(city: City) -> list[Asn]:
    return neighbours(city.kelurahan[0], 6)


@pytest.fixture
def warung(city: City, owner: User) -> Umkm:
    return UmkmFactory(name="Warung Bu Tik", region=city.kelurahan[0], owner=owner)


@pytest.fixture
def owner(db: None) -> User:
    return UserFactory(username="bu.tik")


def close(month: date) -> Release | None:
    with after(month):
        return closing.close_month(month)


def august(
    city: City, people: list[Asn], warung: Umkm, *, amount: int = 43_000, others: int = 10_000
) -> None:
    """So many buy at the shop; five more elsewhere, so that the month is safe as a whole."""
    shop(people, [warung], day=MID_AUGUST, amount=amount)
    place = city.kelurahan[0]
    shop(neighbours(place), shops_in(place), day=MID_AUGUST, amount=others)
    close(AUGUST)


def told(owner: User, warung: Umkm) -> list[int | None]:
    return [each.amount for each in own_shops.own_shop(owner, warung.public_id).months]


# --- What is told --------------------------------------------------------------------------------


@pytest.mark.parametrize(("buyers", "amount"), [(5, 200_000), (6, 300_000), (4, None), (0, None)])
def test_a_month_is_told_from_five_buyers_on_and_rounded(
    city: City, crowd: list[Asn], warung: Umkm, owner: User, buyers: int, amount: int | None
) -> None:
    august(city, crowd[:buyers], warung)  # 215,000 of five, 258,000 of six

    assert told(owner, warung) == [amount]


def booked(buyer: int, amount: int, *, owner: str = "owner", shop: int = 7) -> Booked:
    return Booked(
        home="1",
        shop_place="1",
        agency="",
        ring="city",
        category="",
        evidence="declared",
        payment="cash",
        day=MID_AUGUST,
        buyer=str(buyer),
        owner=owner,
        shop=shop,
        amount=amount,
        purchases=1,
    )


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        pytest.param([booked(n, 100_000) for n in range(5)], [Taken(7, 500_000)], id="safe"),
        pytest.param(
            [booked(n, 100_000) for n in range(4)] + [booked(4, 9), booked(4, -9)],
            [],
            id="the fifth took it back",
        ),
        pytest.param(
            [booked(0, 9_000_000), *(booked(n, 100_000) for n in range(1, 6))],
            [],
            id="one stands out",
        ),
        pytest.param([booked(n, 9_000) for n in range(5)], [], id="rounds to nothing"),
        pytest.param([booked(n, -100_000) for n in range(5)], [], id="taken back"),
        pytest.param(
            [booked(n, 100_000, owner=f"{UNLISTED}35.73.01.1001") for n in range(5)],
            [],
            id="only proposed",
        ),
        pytest.param(
            [booked(n, 100_000, shop=n % 2) for n in range(9)], [Taken(0, 500_000)], id="each alone"
        ),
    ],
)
def test_what_tells_of_few_is_not_told(rows: list[Booked], found: list[Taken]) -> None:
    assert taken_by_shop(rows, safety=Safety(), unit=UNIT) == found


def test_a_city_that_is_stricter_is_so_here(settings: Settings) -> None:
    settings.SMALLEST_GROUP = 6
    rows = [booked(n, 100_000) for n in range(5)]

    assert taken_by_shop(rows, safety=releases.safety(), unit=UNIT) == []


def test_it_is_rounded_to_what_other_lenses_are_rounded_to(
    city: City, crowd: list[Asn], warung: Umkm, owner: User
) -> None:
    august(city, crowd, warung, amount=3_777_000, others=3_000_000)  # Rp37,662,000 in all

    [month] = own_shops.own_shop(owner, warung.public_id).months
    assert (month.amount, month.unit) == (22_800_000, 380_000)  # of Rp22,662,000
    assert month.unit == Release.objects.get(lens=Lens.AGENCY).unit
    # Taken from the exact sum of its place it tells the others' Rp15,000,000 but roughly.
    place = releases.figure(city.kelurahan[0], AUGUST, lens=Lens.SHOP)
    assert (place.amount, place.amount - month.amount) == (37_662_000, 14_862_000)


def test_merged_shops_are_one(city: City, crowd: list[Asn], warung: Umkm, owner: User) -> None:
    twin = UmkmFactory(region=city.kelurahan[0])
    shop(crowd[:3], [twin], day=MID_AUGUST, amount=100_000)
    merge_umkm(umkm=twin, into=warung)
    august(city, crowd[3:], warung, amount=100_000)

    assert told(owner, warung) == [600_000]


def test_the_open_month_and_what_is_taken_back_later_change_no_byte(
    city: City, crowd: list[Asn], warung: Umkm, owner: User
) -> None:
    august(city, crowd, warung)
    before = told(owner, warung)
    with on(date(2026, 9, 10)):
        for asn in crowd:
            purchase = Purchase.objects.get(buyer=asn.buyer)
            void_purchase(asn=asn, purchase=purchase, reason="Salah ketik")

    assert told(owner, warung) == before == [300_000]


def test_what_was_released_is_never_changed_added_to_or_exact(
    city: City, crowd: list[Asn], warung: Umkm
) -> None:
    august(city, crowd, warung)
    release = Release.objects.get(lens="home")

    for change in (
        lambda: ShopTakings.objects.update(amount=200_000),
        lambda: ShopTakings.objects.all().delete(),
        lambda: ShopTakings.objects.create(
            release=release, umkm=UmkmFactory(), amount=100_000, unit=UNIT
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    BookMonth.objects.create(month=SEPTEMBER)
    made = Release.objects.create(
        lens="home", month=SEPTEMBER, first_month=SEPTEMBER, digest="", buyers=0, shops=0
    )
    for amount, unit in ((150_000, UNIT), (100, 100), (0, UNIT)):
        with pytest.raises(DatabaseError, match="rough"), transaction.atomic():
            ShopTakings.objects.create(release=made, umkm=warung, amount=amount, unit=unit)


# --- To whom -------------------------------------------------------------------------------------


def test_an_owner_reads_their_own_and_nobody_elses(
    city: City, crowd: list[Asn], warung: Umkm, owner: User
) -> None:
    august(city, crowd, warung)
    other = UmkmFactory(region=city.kelurahan[0], owner=UserFactory())
    app = APIClient()
    app.force_authenticate(owner)

    listed = app.get("/api/v1/me/shops")
    assert [each["name"] for each in listed.json()] == ["Warung Bu Tik"]
    found = app.get(f"/api/v1/me/shops/{warung.public_id}")
    assert found["Cache-Control"] == "no-store"
    assert found.json() == {
        "id": str(warung.public_id),
        "name": "Warung Bu Tik",
        "kelurahan": city.kelurahan[0].name,
        "buyers": None,
        "months": [{"first_month": "2026-08", "month": "2026-08", "amount": 300_000, "unit": UNIT}],
    }
    for unknown in (other.public_id, uuid.uuid4()):
        refused = app.get(f"/api/v1/me/shops/{unknown}")
        assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (
            404,
            "not-your-shop",
        )


@pytest.mark.parametrize("status", ["pending", "refused"])
def test_a_proposed_shop_has_no_owners_page(warung: Umkm, owner: User, status: str) -> None:
    Umkm.objects.filter(pk=warung.pk).update(status=status)

    with pytest.raises(NotYourShop):
        own_shops.own_shop(owner, warung.public_id)


def test_the_page_is_there_for_the_owner(
    client: Client, city: City, crowd: list[Asn], warung: Umkm, owner: User
) -> None:
    august(city, crowd, warung)
    at = f"/toko-saya/{warung.public_id}/"
    assert client.get(at).status_code == 302  # to sign in

    client.force_login(owner)
    page = client.get(at)
    assert "Rp300.000" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "Warung Bu Tik" in client.get("/toko-saya/").content.decode()
    client.force_login(crowd[0].user)
    assert client.get(at).status_code == 404
    assert "Warung Bu Tik" not in client.get("/toko-saya/").content.decode()


# --- Linking -------------------------------------------------------------------------------------


def test_an_administrator_links_moves_and_ends_it(
    client: Client, warung: Umkm, owner: User
) -> None:
    call_command("write_roles", verbosity=0)
    chief, next_owner = UserFactory(), UserFactory(username="pak.bari")
    chief.groups.add(Group.objects.get(name="administrator"))
    client.force_login(chief)

    def say(username: str) -> Any:
        return client.post("/admin/pemilik-umkm/", {"umkm": warung.pk, "username": username})

    assert say("tidak.ada").status_code == 422
    assert say("pak.bari").status_code == 302
    assert say("pak.bari").status_code == 302
    assert own_shops.shops_of(next_owner).get() == warung
    assert not own_shops.shops_of(owner).exists()
    assert next_owner.groups.filter(name="umkm_owner").exists()
    assert "pak.bari" in client.get("/admin/pemilik-umkm/").content.decode()
    say("")
    assert not next_owner.groups.filter(name="umkm_owner").exists()
    written = AuditEntry.objects.filter(action__startswith="umkm.").order_by("pk")
    assert list(written.values_list("action", "subject_user_id", "actor_id")) == [
        ("umkm.owner_unlinked", owner.pk, chief.pk),
        ("umkm.owner_linked", next_owner.pk, chief.pk),
        ("umkm.owner_unlinked", next_owner.pk, chief.pk),
    ]


def test_an_account_that_is_switched_off_is_none(warung: Umkm) -> None:
    UserFactory(username="lama", is_active=False)

    with pytest.raises(NoSuchAccount):
        own_shops.link_owner(warung, username="lama", by=UserFactory())
