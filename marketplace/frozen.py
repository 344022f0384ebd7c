"""The blocks of releases: what is released never changes, so a process reads it once.

A year of the city is some five hundred rows, and a page asks for it in several lenses. Only
`marketplace.releases` reads here.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Prefetch, prefetch_related_objects

from marketplace.models import Block, Release

MOST_KEPT = 2_000
"""Releases; a year has about a hundred."""

Key = tuple[int, datetime]

_kept: dict[Key, tuple[Block, ...]] = {}


def blocks_of(release: Release) -> tuple[Block, ...]:
    """The blocks of one release, in their order."""
    return blocks_of_each([release])[0]


def blocks_of_each(releases: Iterable[Release]) -> list[tuple[Block, ...]]:
    """The blocks of each release, in their order; what is not kept yet is read at once."""
    found = list(releases)
    known = {_key(release): _kept.get(_key(release)) for release in found}
    new = [release for release in found if known[_key(release)] is None]
    prefetch_related_objects(new, Prefetch("blocks", Block.objects.order_by("pk")))
    read = {_key(release): tuple(release.blocks.all()) for release in new}
    if len(_kept) + len(read) > MOST_KEPT:
        _kept.clear()
    _kept.update(read)
    return [known[_key(release)] or read.get(_key(release), ()) for release in found]


def _key(release: Release) -> Key:
    return release.pk, release.created_at
