"""A card on a page, drawn once for all that it says.

A page of twenty-four shops spent a quarter of its time on cards that had just been drawn for
somebody else (bench/catalogue.py). What a card shows lies in its values, so each process keeps the
last ones by those: a change is another card.
"""

from functools import lru_cache

from django import template
from django.template import loader
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from cms.cards import Card

MOST_KEPT = 2_048
"""Some three megabytes in each process."""
SHOP, PRODUCT = "components/umkm_card.html", "components/product_card.html"

register = template.Library()


@register.simple_tag
def card(card: Card, *, names_shop: bool = False) -> SafeString:
    """A shop or a product; `names_shop` where nothing around a product says whose it is."""
    shop = card.shop if names_shop else ""
    return _drawn(card, shop, card.address, get_language())


@lru_cache(maxsize=MOST_KEPT)
def _drawn(card: Card, shop: str, address: str, language: str | None) -> SafeString:  # noqa: ARG001 (part of what is drawn)
    drawn = loader.get_template(PRODUCT if card.is_product else SHOP)
    return mark_safe(drawn.render({"card": card, "shop": shop}))
