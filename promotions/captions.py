"""What a post of a promotion says on a channel: message, prices, places, and where it leads.

Captions are Indonesian whoever makes the posts: they are the city's words to its people.
"""

from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Page

from core.money import rupiah_span
from marketplace.models import Product, Umkm
from promotions.models import Promotion
from social.campaigns import with_campaign
from social.models import Channel
from social.models.channels import BY_HAND

CATALOGUE = "/umkm/"
LANGUAGE = "id"


@dataclass(frozen=True)
class Caption:
    """The words for one channel, and the link that goes with them."""

    channel: Channel
    text: str
    link: str


def captions_of(promotion: Promotion) -> list[Caption]:
    """One caption per chosen channel that is still used."""
    return [caption_for(promotion, channel) for channel in channels_of(promotion)]


def channels_of(promotion: Promotion) -> list[Channel]:
    """The chosen channels that are still used."""
    return [channel for channel in promotion.channels.all() if channel.retired_at is None]


def caption_for(promotion: Promotion, channel: Channel) -> Caption:
    """Title and message, a line per product and shop, and the link where a person posts by hand."""
    with translation.override(LANGUAGE):
        link = link_for(promotion, channel)
        lines = [*_product_lines(promotion), *_shop_lines(promotion)]
        parts = [promotion.title, promotion.message.strip(), "\n".join(lines)]
        if channel.platform == BY_HAND:
            parts.append(link)
        return Caption(channel, "\n\n".join(part for part in parts if part), link)


def link_for(promotion: Promotion, channel: Channel) -> str:
    """The page of the only product or shop, else the catalogue, and which channel led there."""
    link = f"{settings.BASE_URL.rstrip('/')}{_path(promotion)}"
    return with_campaign(link, channel=channel.slug, campaign=promotion.title)


def _path(promotion: Promotion) -> str:
    shops, products = promotion.shops, promotion.products
    if len(products) == 1 and len(shops) == 1:
        return _path_of(products[0].page)
    return _path_of(shops[0].page) if len(shops) == 1 else CATALOGUE


def _path_of(page: Page | None) -> str:
    if page is None:
        return CATALOGUE
    try:
        parts = page.get_url_parts()
    except NoReverseMatch:
        return CATALOGUE
    return parts[2] if parts else CATALOGUE


def _product_lines(promotion: Promotion) -> list[str]:
    return [_product_line(product) for product in promotion.products]


def _product_line(product: Product) -> str:
    shop = product.umkm.standing
    said = {"product": product.name, "shop": shop.name, "place": shop.region.name}
    if product.price is None:
        return _("• %(product)s, at %(shop)s (%(place)s)") % said
    price = rupiah_span(product.price, product.price_to)
    said["price"] = f"{price}/{product.unit}" if product.unit else price
    return _("• %(product)s %(price)s, at %(shop)s (%(place)s)") % said


def _shop_lines(promotion: Promotion) -> list[str]:
    """Shops of which no product is named above."""
    named = {product.umkm.standing for product in promotion.products}
    return [_shop_line(shop) for shop in promotion.shops if shop not in named]


def _shop_line(shop: Umkm) -> str:
    return _("• %(shop)s, %(place)s") % {"shop": shop.name, "place": shop.region.name}
