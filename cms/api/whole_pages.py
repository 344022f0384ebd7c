"""How Wagtail's own API v3 tells whole pages, to front ends that draw them.

A page names these in its `api_fields`. What is named as a column or a relation may be filtered by,
too, so what is public only in part goes by a name of its own.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework.fields import Field
from wagtail.blocks import StreamValue
from wagtail.images.models import AbstractRendition
from wagtail.models import Page
from wagtail.rich_text import RichText

from cms import pictures
from cms.models.photos import Photo

if TYPE_CHECKING:
    from cms.cards import Card


class PictureField(Field):  # type: ignore[type-arg]
    """A photo in the sizes and formats of a shape; none where its file cannot be read."""

    def __init__(self, shape: str, **options: Any) -> None:
        super().__init__(**options)
        self.shape = shape

    def to_representation(self, photo: Photo) -> dict[str, Any] | None:
        return picture(photo, self.shape)


class PicturesField(Field):  # type: ignore[type-arg]
    """All pictures of a product, the first one first."""

    def to_representation(self, photos: Iterable[Photo]) -> list[Any]:
        told = (picture(photo, "cover") for photo in photos)
        return [each for each in told if each]


class NameField(Field):  # type: ignore[type-arg]
    """A row that has a key and a name: a category, a kelurahan."""

    def to_representation(self, row: Any) -> dict[str, str]:
        return {"key": row.pk, "name": row.name}


class RowsField(Field):  # type: ignore[type-arg]
    """Rows below a page, by these of their columns."""

    def __init__(self, *columns: str, **options: Any) -> None:
        super().__init__(**options)
        self.columns = columns

    def to_representation(self, rows: Any) -> list[Any]:
        return [{name: getattr(row, name) for name in self.columns} for row in rows.all()]


class BadgesField(Field):  # type: ignore[type-arg]
    """The badges that visitors see today: checked, and valid."""

    columns = ("kind", "valid_until", "checked_by_office", "checked_on")

    def to_representation(self, page: Page) -> list[Any]:
        from cms.badges import valid_badges  # reads the models that name this field

        badges = valid_badges(page, day=timezone.localdate())
        return [{name: getattr(badge, name) for name in self.columns} for badge in badges]


class MembersField(Field):  # type: ignore[type-arg]
    """What visitors see in a collection, in its order."""

    def to_representation(self, page: Page) -> list[Any]:
        from cms.collections import members

        return [link(member) for member in members(page)]


class MentionsField(Field):  # type: ignore[type-arg]
    """The shops that a story tells of, as far as visitors see them."""

    def to_representation(self, page: Page) -> list[Any]:
        from cms.collections import visible

        shops = [mention.shop_id for mention in page.mentions.all()]
        return [link(member) for member in visible(shops)]


class ShopStoryField(Field):  # type: ignore[type-arg]
    """The parts of a shop's story."""

    def to_representation(self, story: StreamValue) -> list[Any]:
        return [part(block.block_type, block.value) for block in pictures.prefetch_story(story)]


class StoryBodyField(Field):  # type: ignore[type-arg]
    """The parts of an article; a card of what visitors do not see is left out."""

    def to_representation(self, page: Page) -> list[Any]:
        from cms.stories import parts

        return [part(each.kind, each.value) for each in parts(page)]


def picture(photo: Photo, shape: str) -> dict[str, Any] | None:
    """A photo as a `<picture>` needs it."""
    shown = pictures.shown(photo, pictures.SHAPES[shape]).values()
    if not shown:
        return None
    return {
        "alt": photo.alt,
        "credit": photo.credit,
        "focal_point": _focal_point(photo),
        "renditions": [_rendition(each) for each in shown],
    }


def link(page: Page) -> dict[str, Any]:
    """Another page: its id in this API, and where people read it."""
    return {"id": page.pk, "type": page._meta.label, "title": page.title, "url": page.full_url}


def link_of_card(card: "Card") -> dict[str, Any]:
    """The same of the page that a card in an article leads to."""
    label = "cms.ProductPage" if card.is_product else "cms.UmkmPage"
    return {"id": card.key, "type": label, "title": card.title, "url": card.full_url}


def part(kind: str, value: Any) -> dict[str, Any]:
    """A block of a story: what it is, and that as JSON."""
    return {"type": kind, "value": _told(value)}


def _told(value: Any) -> Any:
    from cms.cards import Card  # reads the models that name these fields

    if isinstance(value, Photo):
        return picture(value, "story")
    if isinstance(value, Page):
        return link(value)
    if isinstance(value, Card):
        return link_of_card(value)
    if isinstance(value, RichText):
        return str(value)
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, str) or value is None:
        return value
    return [_told(each) for each in value]


def _focal_point(photo: Photo) -> dict[str, float] | None:
    from cms.api.serializers import focal_point

    size = {"width": photo.width, "height": photo.height}
    return focal_point(x=photo.focal_point_x, y=photo.focal_point_y, **size)


def _rendition(rendition: AbstractRendition) -> dict[str, Any]:
    size = {"width": rendition.width, "height": rendition.height}
    kind = rendition.file.name.rpartition(".")[2].replace("jpg", "jpeg")
    return {"url": rendition.full_url, "type": f"image/{kind}", **size}
