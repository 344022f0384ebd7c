"""The label of a promotion on its shops' pages."""

from datetime import timedelta

import pytest

from accounts.models import User
from cms.models import Highlight, ProductPage, UmkmPage
from promotions.models import Promotion
from tests.promotions.factories import promotion

pytestmark = pytest.mark.django_db


def test_a_published_promotion_stands_on_its_shops_page_for_its_days(
    running: Promotion, shop: UmkmPage
) -> None:
    label = Highlight.objects.get(page=shop)

    assert (label.label, label.starts, label.until) == (
        running.title,
        running.starts,
        running.ends,
    )
    assert Highlight.objects.running(running.ends + timedelta(days=1)).count() == 0


def test_a_draft_stands_on_no_page(editor: User, product: ProductPage) -> None:
    promotion(by=editor, products=[product], live=False)

    assert not Highlight.objects.exists()


def test_an_unpublished_promotion_is_taken_off_the_page(running: Promotion, editor: User) -> None:
    running.unpublish(user=editor)

    assert not Highlight.objects.exists()


def test_a_shop_that_is_no_longer_shown_loses_the_label(running: Promotion) -> None:
    running.promoted_products = []
    running.save()

    assert not Highlight.objects.exists()
