"""Promotions with a shop, a product and channels, published as an editor publishes them."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from cms.models import ProductPage
from promotions.models import PromotedProduct, Promotion
from social.models import Channel


def promotion(
    *,
    by: User,
    channels: Sequence[Channel] = (),
    products: Sequence[ProductPage] = (),
    live: bool = True,
    **facts: object,
) -> Promotion:
    """A promotion by `by` that runs from today for a week, unless `facts` say otherwise."""
    today = timezone.localdate()
    made = Promotion(
        **{
            "title": "Sarapan di Klojen",
            "message": "Mampir ke warung tetangga.",
            "starts": today,
            "ends": today + timedelta(days=7),
            "live": False,
            **facts,
        }
    )
    made.promoted_products = [PromotedProduct(product=page.product) for page in products]
    made.channels = list(channels)
    made.save()
    revision = made.save_revision(user=by, log_action=True)
    if live:
        revision.publish(user=by, skip_permission_checks=True)
    made.refresh_from_db()
    return made
