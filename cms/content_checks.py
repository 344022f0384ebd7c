"""What an editor is told after saving a page: what a visitor would miss. It never blocks."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.models.photos import Photo
from cms.models.product import ProductPage
from cms.models.umkm import UmkmPage
from cms.photo_quality import quality_of

MOBILE = re.compile(r"8(1[1-9]|2[1238]|3[1238]|5[1-35-9]|7[789]|8[1-9]|9[5-9])\d{6,9}")
"""Without the country's 62 or the 0: beginnings that Indonesian operators hand out."""
CAMERA_NAME = re.compile(r"(img|dsc|pxl|wa|photo|foto|screenshot|whatsapp image)[ _-]*\d.*", re.I)
"""A file's name is no description."""


def advice(page: Page) -> list[str]:
    """Sentences for the editor, the weightiest first."""
    if isinstance(page, UmkmPage):
        return [*_on_whatsapp(page.whatsapp), *_on_photo(page.photo)]
    if isinstance(page, ProductPage):
        return [*_on_price(page), *_on_photo(page.photo)]
    return []


def can_be_whatsapp(number: str) -> bool:
    """Whether some operator hands out such a number, and not one digit over and over."""
    digits = re.sub(r"\D", "", number)
    own = re.sub(r"^(62|0)", "", digits)
    return bool(MOBILE.fullmatch(own)) and len(set(own[3:])) > 1


def _on_whatsapp(number: str) -> Iterator[str]:
    if number and not can_be_whatsapp(number):
        yield _("This cannot be a WhatsApp number: no operator has numbers like it.")


def _on_price(page: ProductPage) -> Iterator[str]:
    if page.price is None:
        yield _("No price: visitors see “ask the shop”. A price brings more of them.")


def _on_photo(photo: Photo | None) -> Iterator[str]:
    if photo is None:
        yield _("No photo: the page shows a pattern instead.")
        return
    if not photo.alt.strip() or CAMERA_NAME.fullmatch(photo.alt.strip()):
        yield _("The photo has no alternative text: say what it shows.")
    if not photo.rights_recorded:
        yield _("It is not recorded who allowed the use of the photo.")
    quality = quality_of(photo)
    if quality.unreadable:
        yield _("The photo's file cannot be read. Please upload it again.")
    if quality.tiny:
        yield _("The photo is small: at least 720 by 480 pixels look good.")
    if quality.blurry:
        yield _("The photo looks blurry.")
