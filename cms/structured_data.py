"""What a page says to search engines in the words of schema.org, as JSON-LD.

Only what the page itself shows: no facts of the registry that a visitor does not see.
"""

import json
from collections.abc import Iterable
from datetime import time
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

from cms.cards import Card
from cms.models.collections import CollectionPage
from cms.models.product import ProductPage
from cms.models.stories import StoryPage
from cms.models.umkm import UmkmPage
from cms.models.umkm_details import OpeningHours
from cms.prices import PriceSpan
from cms.share_pictures import SharePicture
from cms.shop_window import ShopWindow
from cms.whatsapp import international

ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}
"""As Django's `json_script`, whose type cannot be another: no word may end the element."""

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""Schema.org's names, whatever language the page speaks."""

Node = dict[str, Any]


def shop_page(
    page: UmkmPage, *, window: ShopWindow, above: Iterable[Page], picture: SharePicture | None
) -> SafeString:
    """The data of a shop's page: the shop, and where the page stands."""
    return script(
        [local_business(page, window=window, picture=picture), breadcrumbs([*above, page])]
    )


def product_page(
    page: ProductPage, *, shop: UmkmPage, above: Iterable[Page], picture: SharePicture | None
) -> SafeString:
    """The data of a product's page: the product, and where the page stands."""
    return script([product(page, shop=shop, picture=picture), breadcrumbs([*above, page])])


def local_business(page: UmkmPage, *, window: ShopWindow, picture: SharePicture | None) -> Node:
    """A shop as schema.org's LocalBusiness."""
    facts = {
        "@type": "LocalBusiness",
        "@id": page.full_url,
        "name": page.title,
        "url": page.full_url,
        "description": page.summary,
        "image": picture.address if picture else "",
        "address": _postal_address(page),
        "telephone": international(page.whatsapp),
        "currenciesAccepted": "IDR",
        "paymentAccepted": page.payment_ways,
        "geo": _position(page),
        "openingHoursSpecification": [_hours(each) for each in window.hours],
        "sameAs": [link.url for link in window.links],
    }
    return _told(facts)


def product(page: ProductPage, *, shop: UmkmPage, picture: SharePicture | None) -> Node:
    """A product as schema.org's Product; with a price, its Offer."""
    prices = page.prices
    facts = {
        "@type": "Product",
        "@id": page.full_url,
        "name": page.title,
        "url": page.full_url,
        "description": page.summary,
        "image": picture.address if picture else "",
        "offers": _offer(page, shop, prices=prices) if prices.low is not None else None,
    }
    return _told(facts)


def article(page: StoryPage, *, picture: SharePicture) -> Node:
    """A story as schema.org's Article."""
    facts = {
        "@type": "Article",
        "@id": page.full_url,
        "headline": page.title,
        "url": page.full_url,
        "description": page.intro,
        "image": picture.address,
        "datePublished": page.day,
        "dateModified": page.last_published_at,
    }
    return _told(facts)


def item_list(page: CollectionPage, *, members: Iterable[Card]) -> Node:
    """A collection as schema.org's ItemList of the pages it leads to."""
    items = [
        {"@type": "ListItem", "position": position, "url": member.full_url}
        for position, member in enumerate(members, start=1)
    ]
    return {"@type": "ItemList", "name": page.title, "itemListElement": items}


def breadcrumbs(pages: Iterable[Page]) -> Node:
    """The pages from the front page down to this one, as schema.org's BreadcrumbList."""
    steps = [
        {"@type": "ListItem", "position": position, "name": page.title, "item": page.full_url}
        for position, page in enumerate(pages, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": steps}


def script(nodes: list[Node]) -> SafeString:
    """A data block: a browser runs nothing of it, so the policy for scripts leaves it alone."""
    document = {"@context": "https://schema.org", "@graph": nodes}
    text = json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))


def _offer(page: ProductPage, shop: UmkmPage, *, prices: PriceSpan) -> Node:
    offer = {
        **_price(prices, unit=page.unit),
        "priceCurrency": "IDR",
        "availability": f"https://schema.org/{'InStock' if page.available else 'OutOfStock'}",
        "url": page.full_url,
        "seller": {"@type": "LocalBusiness", "@id": shop.full_url, "name": shop.title},
    }
    return _told(offer)


def _price(prices: PriceSpan, *, unit: str) -> Node:
    """One price, per unit if that is known, or the span of several."""
    if prices.high is not None:
        return {"@type": "AggregateOffer", "lowPrice": prices.low, "highPrice": prices.high}
    price = {"price": prices.low, "priceCurrency": "IDR"}
    per_unit = {"@type": "UnitPriceSpecification", **price, "unitText": unit}
    return {
        "@type": "Offer",
        "price": prices.low,
        "priceSpecification": per_unit if unit else None,
    }


def _postal_address(page: UmkmPage) -> Node:
    kelurahan, kecamatan = page.region, page.region.parent
    places = [page.address, kelurahan.name, kecamatan.name if kecamatan else ""]
    return {
        "@type": "PostalAddress",
        "streetAddress": ", ".join(place for place in places if place),
        "addressLocality": settings.CITY_NAME,
        "addressCountry": "ID",
    }


def _position(page: UmkmPage) -> Node | None:
    if page.latitude is None or page.longitude is None:
        return None
    place = {"latitude": float(page.latitude), "longitude": float(page.longitude)}
    return {"@type": "GeoCoordinates", **place}


def _hours(hours: OpeningHours) -> Node:
    """Equal times mean around the clock, which schema.org writes as 00:00 to 23:59."""
    clock = (hours.opens, hours.closes)
    opens, closes = clock if hours.opens != hours.closes else (time.min, time(23, 59))
    days = (hours.last_day - hours.first_day) % len(WEEK) + 1
    return {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": [WEEK[(hours.first_day + day) % len(WEEK)] for day in range(days)],
        "opens": f"{opens:%H:%M}",
        "closes": f"{closes:%H:%M}",
    }


def _told(facts: Node) -> Node:
    """Without what the page does not say."""
    return {name: value for name, value in facts.items() if value not in (None, "", [])}
