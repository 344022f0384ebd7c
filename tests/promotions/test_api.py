"""GET /api/v1/promotions: what runs today, for everyone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from cms.models import ProductPage
from promotions.models import Promotion
from tests.promotions.factories import promotion

pytestmark = pytest.mark.django_db


def test_a_running_promotion_is_listed_with_its_shop_and_product(
    client: Client, running: Promotion, product: ProductPage
) -> None:
    listed = client.get("/api/v1/promotions").json()["results"]

    assert [one["title"] for one in listed] == ["Sarapan di Klojen"]
    assert listed[0]["umkm"][0]["name"] == "Pawonira"
    assert listed[0]["products"][0]["price"] == 14_000
    assert listed[0]["products"][0]["umkm"] == listed[0]["umkm"][0]["id"]


def test_drafts_coming_and_past_ones_are_not(
    client: Client, editor: User, product: ProductPage
) -> None:
    today = timezone.localdate()
    day = timedelta(days=1)
    promotion(by=editor, products=[product], live=False)
    promotion(by=editor, products=[product], starts=today + day, ends=today + day)
    promotion(by=editor, products=[product], starts=today - day, ends=today - day)

    assert client.get("/api/v1/promotions").json()["results"] == []


def test_more_promotions_cost_no_more_queries(
    client: Client,
    editor: User,
    product: ProductPage,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(4):
        promotion(by=editor, products=[product], title=f"Promosi {number}")

    with django_assert_num_queries(3):
        client.get("/api/v1/promotions")
