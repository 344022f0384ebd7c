"""The picture by which a shop, product, collection or story is seen where its address is shared.

Drawn when first asked for and kept as a file named by its version: what it says, the photo and the
design. A change makes another version, and the file of the old one goes.
"""

import hashlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from cms import share_drawing
from cms.models.collections import CollectionPage
from cms.models.photos import Photo
from cms.models.product import ProductPage
from cms.models.stories import StoryPage
from cms.models.umkm import UmkmPage
from cms.share_drawing import Words
from core.money import rupiah
from marketplace.models import Region

logger = logging.getLogger(__name__)

DESIGN = 1
"""Raise it when cms/share_drawing.py draws otherwise, so that every picture is drawn anew."""

WIDTH, HEIGHT = share_drawing.SIZE
PHOTO_SPEC = f"fill-{share_drawing.PHOTO[0]}x{share_drawing.PHOTO[1]}|format-jpeg"


@dataclass(frozen=True)
class SharePicture:
    """What is to be drawn for a page."""

    public_id: UUID
    words: Words
    photo: Photo | None
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def alt(self) -> str:
        """The picture's words as a sentence."""
        parts = (self.words.name, self.words.above, self.words.price, self.words.below)
        return ", ".join(part for part in parts if part)

    @property
    def version(self) -> str:
        """Equal exactly when the picture is."""
        photo = self.photo
        seen = (photo.file.name, photo.file_hash, photo.get_focal_point()) if photo else ()
        city = (settings.WAGTAIL_SITE_NAME, settings.CITY_NAME)
        facts = repr((DESIGN, city, self.words, seen))
        return hashlib.sha256(facts.encode()).hexdigest()[:20]

    @property
    def address(self) -> str:
        """Absolute, with the version: a change is fetched anew by whoever kept the old one."""
        path = reverse("cms:share-picture", kwargs={"public_id": self.public_id})
        return f"{settings.BASE_URL.rstrip('/')}{path}?v={self.version}"


def of_shop(page: UmkmPage) -> SharePicture | None:
    """The picture of a shop; none before its first publishing."""
    if page.umkm is None:
        return None
    words = Words(name=page.title, above=page.category.name, below=_place(page.region), price="")
    return SharePicture(public_id=page.umkm.public_id, words=words, photo=page.photo)


def of_product(page: ProductPage, *, shop: UmkmPage) -> SharePicture | None:
    """The picture of a product; none before its first publishing."""
    if page.product is None:
        return None
    words = Words(name=page.title, above=shop.title, below=_place(shop.region), price=_price(page))
    return SharePicture(public_id=page.product.public_id, words=words, photo=page.photo)


def of_collection(page: CollectionPage) -> SharePicture:
    """The picture of a collection."""
    with translation.override(settings.LANGUAGE_CODE):
        words = Words(name=page.title, above=gettext("Collection"), below=page.intro, price="")
    return SharePicture(public_id=page.translation_key, words=words, photo=page.photo)


def of_story(page: StoryPage) -> SharePicture:
    """The picture of a story."""
    with translation.override(settings.LANGUAGE_CODE):
        words = Words(name=page.title, above=gettext("Story"), below=page.intro, price="")
    return SharePicture(public_id=page.translation_key, words=words, photo=page.photo)


def jpeg(picture: SharePicture) -> bytes:
    """The kept file, or one drawn now. A disk that takes no file only costs the drawing."""
    file = _folder() / f"{picture.public_id}-{picture.version}.jpg"
    try:
        return file.read_bytes()
    except OSError:
        drawn = share_drawing.draw(picture.words, _photo(picture.photo))
    try:
        _keep(drawn, file, picture.public_id)
    except OSError:
        logger.warning("share picture not kept", extra={"public_id": str(picture.public_id)})
    return drawn


def _keep(content: bytes, file: Path, public_id: UUID) -> None:
    """Put the file there whole: no reader meets half of it. Earlier versions go."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, delete=False) as unfinished:
        unfinished.write(content)
    os.replace(unfinished.name, file)
    for kept in file.parent.glob(f"{public_id}-*.jpg"):
        if kept != file:
            kept.unlink(missing_ok=True)


def _photo(photo: Photo | None) -> bytes | None:
    """The photo as the picture shows it, around its focal point; none if its file is gone."""
    if photo is None:
        return None
    try:
        with photo.get_rendition(PHOTO_SPEC).file.open("rb") as file:
            content: bytes = file.read()
    except OSError:
        logger.warning("photo of a share picture is gone", extra={"photo": photo.pk})
        return None
    return content


def _folder() -> Path:
    return Path(settings.STATE_DIR) / "share-pictures"


def _place(region: Region) -> str:
    return ", ".join(each.name for each in (region, region.parent) if each)


def _price(page: ProductPage) -> str:
    """In the language of the pages: one picture is shared by readers of every language."""
    if page.price is None:
        return ""
    with translation.override(settings.LANGUAGE_CODE):
        price = rupiah(page.price)
    return f"{price} / {page.unit}" if page.unit else price
