"""`Last-Modified` of what apps read: it moves whenever the answer does, whatever moved it."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.http import parse_http_date
from pytest_django import Settings

from cms.badge_numbers import BadgeKind
from cms.models import Photo, ProductPage, UmkmPage
from core.last_modified import seen_since
from marketplace.models import Category, Product
from tests.cms.details import checked, opened
from tests.cms.factories import (
    CollectionPageFactory,
    PhotoFactory,
    ProductPageFactory,
    UmkmPageFactory,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 27, 12, tzinfo=timezone.get_default_timezone())
TONIGHT = NOON.replace(hour=23, minute=59, second=58)

Clock = time_machine.Traveller


@pytest.fixture
def clock() -> Iterator[Clock]:
    """A noon that passes only when it is told to."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def address_of(page: UmkmPage | ProductPage) -> str:
    if isinstance(page, UmkmPage):
        return f"/api/v1/catalog/umkm/{page.umkm.public_id}"
    return f"/api/v1/catalog/products/{page.product.public_id}"


def date_once_known(client: Client, address: str, clock: Clock) -> str:
    """The date of an answer that has stood for some seconds, by which it is not sent again."""
    client.get(address)
    clock.shift(5)
    known = client.get(address).headers["Last-Modified"]
    assert client.get(address, headers={"If-Modified-Since": known}).status_code == 304
    return known


def edit(page: UmkmPage | ProductPage) -> None:
    page.summary = "Rawon juga ada."
    page.save_revision().publish()


def retell_price(page: UmkmPage | ProductPage) -> None:
    Product.objects.update(price=19_500)


def retell_photo(page: UmkmPage | ProductPage) -> None:
    Photo.objects.update(alt="Soto di mangkuk biru")


def rename_category(page: UmkmPage | ProductPage) -> None:
    Category.objects.update(name="Makanan siap santap")


CHANGES = [edit, retell_price, retell_photo, rename_category]


@pytest.mark.parametrize("kind", ["shop", "product"])
@pytest.mark.parametrize("change", CHANGES)
def test_whoever_changes_what_is_said_the_date_moves(
    client: Client, clock: Clock, change: Callable[[UmkmPage | ProductPage], None], kind: str
) -> None:
    product = ProductPageFactory(photo=PhotoFactory())
    page = product.get_parent().specific if kind == "shop" else product
    known = date_once_known(client, address_of(page), clock)
    before = client.get(address_of(page)).json()

    change(page)
    answer = client.get(address_of(page), headers={"If-Modified-Since": known})

    assert answer.status_code == 200
    assert answer.json() != before
    clock.shift(5)
    later = client.get(address_of(page)).headers["Last-Modified"]
    assert parse_http_date(later) > parse_http_date(known)


def test_a_badge_that_runs_out_at_midnight_moves_the_date(client: Client, clock: Clock) -> None:
    page = UmkmPageFactory()
    checked(page, BadgeKind.HALAL, on=date(2025, 1, 1), until=TONIGHT.date())
    clock.move_to(TONIGHT - timedelta(seconds=10))
    known = date_once_known(client, address_of(page), clock)
    clock.move_to(TONIGHT)
    still = {"If-Modified-Since": known}
    assert client.get(address_of(page), headers=still).status_code == 304

    clock.shift(2)  # midnight, WIB
    answer = client.get(address_of(page), headers=still)

    assert answer.status_code == 200
    assert answer.json()["badges"] == []


@pytest.mark.parametrize("hour", [13, 20])
def test_an_hour_at_which_a_shop_opens_or_closes_moves_the_date(
    client: Client, clock: Clock, hour: int
) -> None:
    page = UmkmPageFactory()
    opened(page, 0, 6, "13:00", "20:00")
    clock.move_to(NOON.replace(hour=hour) - timedelta(seconds=10))
    known = date_once_known(client, address_of(page), clock)

    clock.move_to(NOON.replace(hour=hour))
    answer = client.get(address_of(page), headers={"If-Modified-Since": known})

    assert answer.status_code == 200
    assert answer.json()["open_now"] is (hour == 13)


def test_a_closed_shop_is_gone_for_who_has_its_date(client: Client, clock: Clock) -> None:
    product = ProductPageFactory()
    shop = product.get_parent().specific
    addresses = [address_of(shop), address_of(product)]
    dates = [date_once_known(client, address, clock) for address in addresses]

    shop.unpublish()

    for address, known in zip(addresses, dates, strict=True):
        assert client.get(address, headers={"If-Modified-Since": known}).status_code == 404


def test_a_member_that_leaves_a_collection_moves_its_date(client: Client, clock: Clock) -> None:
    shop = UmkmPageFactory()
    CollectionPageFactory(slug="sarapan", members=[shop])
    address = "/api/v1/catalog/collections/sarapan"
    known = date_once_known(client, address, clock)

    shop.unpublish()
    answer = client.get(address, headers={"If-Modified-Since": known})

    assert answer.status_code == 200
    assert answer.json()["members"] == []


def test_two_answers_of_one_second_are_told_apart(client: Client, clock: Clock) -> None:
    page = UmkmPageFactory()
    first = client.get(address_of(page)).headers["Last-Modified"]

    edit(page)
    second = client.get(address_of(page), headers={"If-Modified-Since": first})
    clock.shift(1)
    third = client.get(address_of(page), headers={"If-Modified-Since": first})

    assert second.status_code == third.status_code == 200
    assert second.json()["summary"] == third.json()["summary"] == "Rawon juga ada."


def test_a_change_taken_back_is_a_change(client: Client, clock: Clock) -> None:
    product = ProductPageFactory(price=15_000)
    date_once_known(client, address_of(product), clock)
    retell_price(product)
    between = date_once_known(client, address_of(product), clock)

    Product.objects.update(price=15_000)
    answer = client.get(address_of(product), headers={"If-Modified-Since": between})

    assert answer.json()["price"] == 15_000


def test_each_language_has_a_date_of_its_own(client: Client, clock: Clock) -> None:
    address = address_of(UmkmPageFactory())
    known = date_once_known(client, address, clock)

    english = {"Accept-Language": "en", "If-Modified-Since": known}

    assert client.get(address, headers=english).status_code == 200


def test_the_etag_decides_where_both_are_sent(client: Client, clock: Clock) -> None:
    page = UmkmPageFactory()
    known = date_once_known(client, address_of(page), clock)
    tag = client.get(address_of(page)).headers["ETag"]
    future = {"If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"}

    assert client.get(address_of(page), headers={"If-None-Match": tag}).status_code == 304
    other = {"If-None-Match": '"lain"', "If-Modified-Since": known}
    assert client.get(address_of(page), headers=other).status_code == 200
    edit(page)
    stale = {"If-None-Match": tag, **future}
    assert client.get(address_of(page), headers=stale).status_code == 200


@pytest.mark.parametrize("said", ["kemarin", "", "Thu, 99 Foo 2026 25:61:61 GMT", "\x7f"])
def test_a_date_that_is_none_is_passed_over(client: Client, clock: Clock, said: str) -> None:
    address = address_of(UmkmPageFactory())
    date_once_known(client, address, clock)

    assert client.get(address, headers={"If-Modified-Since": said}).status_code == 200


@pytest.mark.parametrize("what", ["umkm", "products", "collections", "changes"])
def test_a_list_has_no_date_because_what_leaves_it_takes_its_own_along(
    client: Client, clock: Clock, what: str
) -> None:
    CollectionPageFactory(members=[ProductPageFactory()])
    future = {"If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"}

    answer = client.get(f"/api/v1/catalog/{what}", headers=future)

    assert answer.status_code == 200
    assert "ETag" in answer.headers
    assert "Last-Modified" not in answer.headers


def test_without_the_cache_no_date_is_said(settings: Settings) -> None:
    away = "unix:///nowhere/at/all.sock?db=0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": away}}

    assert seen_since("since:apa-saja", body=b"{}", now=1) is None
