"""What the pages of stories show. Closed shops never show, and the number of queries is fixed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

from cms import cards, share_pictures, structured_data
from cms.models.photos import Photo
from cms.models.stories import StoryPage
from cms.models.umkm import UmkmPage

ON_THE_FRONT = 3
CARDS = ("shop", "product")
"""Blocks of a story that show a page of the catalogue."""


@dataclass(frozen=True)
class Part:
    """A part of a story: a block's kind and value; for a card, the page that visitors may see."""

    kind: str
    value: Any


def stories() -> QuerySet[StoryPage]:
    """Live stories, the latest first, with all that a card shows."""
    latest = StoryPage.objects.live().order_by("-day", "-pk")
    return latest.select_related("photo").prefetch_related("photo__renditions")


def stories_about(shop: UmkmPage, *, most: int = ON_THE_FRONT) -> list[StoryPage]:
    """The latest stories that tell of a shop."""
    told = StoryPage.objects.filter(mentions__shop=shop.pk).values("pk")
    return list(stories().filter(pk__in=told)[:most])


def parts(page: StoryPage) -> list[Part]:
    """The body in its order; a card of what is closed or withdrawn is left out."""
    prefetch_related_objects(list(_photos(page)), "renditions")
    shown = {card.key: card for card in cards.of_pages(list(_carded(page)))}
    told = []
    for block in page.body:
        if block.block_type not in CARDS:
            told.append(Part(block.block_type, block.value))
        elif block.value and block.value.pk in shown:
            told.append(Part(block.block_type, shown[block.value.pk]))
    return told


def story_page(page: StoryPage) -> dict[str, Any]:
    """A story's context: its parts, the shops it tells of, other stories, how it is shared."""
    above = list(page.get_ancestors().filter(depth__gte=2))
    picture = share_pictures.of_story(page)
    data = [
        structured_data.article(page, picture=picture),
        structured_data.breadcrumbs([*above, page]),
    ]
    return {
        "parts": parts(page),
        "shops": cards.of_pages([mention.shop_id for mention in page.mentions.all()]),
        "others": list(stories().exclude(pk=page.pk)[:ON_THE_FRONT]),
        "ancestors": above,
        "share_picture": picture,
        "structured_data": structured_data.script(data),
    }


def _carded(page: StoryPage) -> Iterator[int]:
    for block in page.body:
        if block.block_type in CARDS and block.value:
            yield block.value.pk


def _photos(page: StoryPage) -> Iterator[Photo]:
    for block in page.body:
        if block.block_type == "picture" and block.value:
            yield block.value
        elif block.block_type == "gallery":
            yield from filter(None, block.value)
