"""An app that was away reads what changed, in order, and misses nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.models import UmkmPage
from core import outbox
from core.models import OutboxEvent
from tests.cms.factories import PhotoFactory, ProductPageFactory, UmkmPageFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/catalog/changes"


def read(client: Client, address: str = ADDRESS, **query: str) -> dict[str, Any]:
    outbox.relay()
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def told(client: Client, address: str) -> list[tuple[str, bool]]:
    return [(change["event"], change["deleted"]) for change in read(client, address)["results"]]


def edit(page: UmkmPage, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


def age(*, days: int) -> None:
    """Make every event so much older; the trigger that forbids it is off for this statement."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE core_outboxevent SET created_at = created_at - %s", [timedelta(days=days)]
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_the_first_answer_is_the_present_moment(client: Client) -> None:
    UmkmPageFactory()

    start = read(client)

    assert (start["results"], start["more"]) == ([], False)
    assert told(client, start["next"]) == []


def test_what_happened_since_comes_in_its_order(client: Client) -> None:
    start = read(client)["next"]
    shop = UmkmPageFactory(title="Depot Soto")
    ProductPageFactory(parent=shop, title="Soto Babat")

    shop_change, product_change = read(client, start)["results"]

    assert (shop_change["event"], shop_change["umkm"]["name"]) == ("umkm.listed", "Depot Soto")
    assert product_change["product"]["name"] == "Soto Babat"
    assert product_change["umkm"] is None


def test_every_change_that_a_visitor_sees_is_told_and_no_other(client: Client) -> None:
    shop = UmkmPageFactory()
    product = ProductPageFactory(parent=shop)
    start = read(client)["next"]

    shop.save_revision().publish()
    shop.summary = "Belum jadi."
    shop.save_revision()
    assert told(client, start) == []

    edit(shop, summary="Sekarang juga rawon.")
    edit(product, available=False)
    edit(shop, story=[("order", "Telepon dulu.")])
    assert told(client, start) == [
        ("umkm.changed", False),
        ("product.changed", False),
        ("umkm.changed", False),
    ]


def test_what_was_taken_down_is_a_tombstone(client: Client) -> None:
    shop = UmkmPageFactory()
    start = read(client)["next"]

    shop.unpublish()

    [change] = read(client, start)["results"]
    assert (change["event"], change["deleted"], change["umkm"]) == ("umkm.closed", True, None)
    assert change["id"] == str(shop.umkm.public_id)


def test_a_feed_is_read_to_its_end_by_pages(client: Client) -> None:
    start = read(client)["next"]
    for _each in range(5):
        UmkmPageFactory()

    page = read(client, f"{start}&page_size=2")
    seen = page["results"]
    while page["more"]:
        page = read(client, page["next"])
        seen += page["results"]

    assert len({change["id"] for change in seen}) == len(seen) == 5


def test_a_cursor_from_before_what_is_kept_is_gone(client: Client) -> None:
    UmkmPageFactory()
    start = read(client)["next"]
    UmkmPageFactory()
    UmkmPageFactory()
    outbox.relay()

    age(days=91)
    outbox.prune()

    answer = client.get(start)
    assert answer.status_code == 410
    assert answer.json()["type"] == "/problems/cursor-expired"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"cursor": "karangan"}, 404),
        ({"cursor": "x" * 1_001}, 400),
        ({"since": "kemarin"}, 400),
        ({"page_size": "101"}, 400),
    ],
)
def test_what_the_feed_does_not_know_is_said(
    client: Client, query: dict[str, str], status: int
) -> None:
    assert client.get(ADDRESS, query).status_code == status


def test_an_answer_that_is_still_right_is_not_sent_again(client: Client) -> None:
    start = read(client)["next"]
    UmkmPageFactory()
    outbox.relay()
    tag = client.get(start).headers["ETag"]

    assert client.get(start, headers={"If-None-Match": tag}).status_code == 304

    UmkmPageFactory()
    outbox.relay()
    assert client.get(start, headers={"If-None-Match": tag}).status_code == 200


def test_a_page_costs_the_same_however_much_it_holds(client: Client) -> None:
    start = read(client)["next"]

    def queries() -> int:
        read(client, start)
        with CaptureQueriesContext(connection) as captured:
            client.get(start)
        return len(captured)

    ProductPageFactory(photo=PhotoFactory(), parent__photo=PhotoFactory())
    few = queries()
    for _each in range(3):
        ProductPageFactory(photo=PhotoFactory(), parent__photo=PhotoFactory())

    assert queries() == few <= 6


def test_the_events_of_90_days_are_kept_by_the_database() -> None:
    UmkmPageFactory()
    outbox.relay()

    assert OutboxEvent.objects.filter(created_at__gt=timezone.now() - timedelta(days=90)).exists()
    assert outbox.prune() == 0
