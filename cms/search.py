"""What is looked for in the catalogue, which entries answer it, and in which order.

One narrow table answers (cms/search_entries.py). Its conditions are written as SQL: a search has
some thirty parts with its counts, and putting them together in the ORM took three times as long as
PostgreSQL took to answer (bench/catalogue.py). Nothing of a visitor's reaches the text of a query.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Protocol

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms import vocabulary
from cms.hours import second_of_week
from cms.models.search import SearchEntry
from core.keyset import Key
from core.sql import Rows, Sql, all_of, fetch_together
from marketplace.models import Region

Kind = SearchEntry.Kind


class Sort(models.TextChoices):
    """The orders of a list."""

    RELEVANCE = "relevance", _("Best match first")
    NEAREST = "nearest", _("Nearest first")
    PRICE = "price", _("Lowest price first")
    NEWEST = "newest", _("Newest first")


class PriceBand(models.TextChoices):
    """Bands of prices in whole rupiah; a shop is in each band in which it sells something."""

    LOW = "sampai-15000", _("Up to Rp15,000")
    MIDDLE = "15000-50000", _("Rp15,000 to Rp50,000")
    HIGH = "50000-150000", _("Rp50,000 to Rp150,000")
    TOP = "di-atas-150000", _("Above Rp150,000")


BAND_EDGES: dict[str, tuple[int, int | None]] = {
    PriceBand.LOW: (0, 15_000),
    PriceBand.MIDDLE: (15_000, 50_000),
    PriceBand.HIGH: (50_000, 150_000),
    PriceBand.TOP: (150_000, None),
}
"""More than the first, up to the second."""
BAND_BITS = {band: 1 << place for place, band in enumerate(BAND_EDGES)}
"""As `SearchEntry.bands` keeps them."""


class Positioned(Protocol):
    """A kelurahan or a shop: what may have a position."""

    @property
    def latitude(self) -> Decimal | None: ...

    @property
    def longitude(self) -> Decimal | None: ...


@dataclass(frozen=True)
class Search:
    """What a visitor looks for; empty parts do not narrow. `near` is where nearness starts.

    `wishes` are names of `WISHES`: what the shop has to do or have today.
    """

    words: str = ""
    category: str = ""
    place: str = ""
    price: str = ""
    wishes: frozenset[str] = frozenset()
    sort: str = ""
    near: Region | None = None

    @cached_property
    def reading(self) -> vocabulary.Reading:
        """The words as the catalogue understands them."""
        return vocabulary.read(self.words)

    @property
    def order(self) -> str:
        """The order asked for, else the one that fits."""
        if self.sort:
            return self.sort
        if self.reading.words:
            return Sort.RELEVANCE
        return Sort.NEAREST if self.near else Sort.NEWEST

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for but an order."""
        return replace(self, sort="", near=None) != Search()

    @property
    def is_words_and_place_only(self) -> bool:
        """Whether nothing but the words and the place narrows the search."""
        return replace(self, words="", place="", sort="", near=None) == Search()


# --- Which entries -------------------------------------------------------------------------------


def conditions(search: Search, *, kind: str) -> dict[str, Sql]:
    """What an entry has to be, by the filter that asks for it."""
    found = {"kind": Sql("kind = %s", (kind,))}
    if search.reading.words:
        found["words"] = spoken_of([*search.reading.words])
    if search.category:
        found["category"] = Sql("category_id = %s", (search.category,))
    if search.place:
        found["place"] = Sql("%s IN (region_id, kecamatan_id)", (search.place,))
    if search.price:
        found["price"] = in_band(search.price)
    return found | {name: WISHES[name]() for name in sorted(search.wishes)}


def matching(search: Search, *, kind: str) -> RawSQL:
    """The keys of the pages that are all that is asked for, as a condition on pages."""
    condition = all_of(conditions(search, kind=kind).values())
    found = f"SELECT page_id FROM cms_searchentry WHERE {condition.text}"
    return RawSQL(found, condition.params)


def holding(
    reading: vocabulary.Reading, *, kind: str, in_name: bool = False
) -> models.QuerySet[SearchEntry]:
    """The entries of a kind that hold every word of a reading, anywhere or in their name alone."""
    found = SearchEntry.objects.filter(kind=kind)
    if reading.words:
        spoken = spoken_of([*reading.words], in_name=in_name)
        found = found.filter(RawSQL(spoken.text, spoken.params, models.BooleanField()))
    return found


def in_band(band: str) -> Sql:
    """That some price lies in a band; what has no price lies in none."""
    return Sql(f"bands & {BAND_BITS[band]} > 0")


def bands_of(low: int | None, high: int | None = None) -> int:
    """The bands from one price to another, as bits; none without a price."""
    if low is None:
        return 0
    most = low if high is None else high
    reached = (
        bit
        for band, bit in BAND_BITS.items()
        if most > BAND_EDGES[band][0] and low <= (BAND_EDGES[band][1] or low)
    )
    return sum(reached)


# --- What a shop has to do or have today ---------------------------------------------------------


def _open_now() -> Sql:
    return Sql("open_seconds @> %s::int4", (second_of_week(timezone.now()),))


def _halal() -> Sql:
    return Sql("halal_days @> %s::date", (timezone.localdate(),))


def _promoted() -> Sql:
    running = "SELECT page_id FROM cms_highlight WHERE %s BETWEEN starts AND until"
    return Sql(f"shop_id IN ({running})", (timezone.localdate(),))


WISHES: dict[str, Callable[[], Sql]] = {
    "open": _open_now,
    "delivers": lambda: Sql("delivers"),
    "halal": _halal,
    "promo": _promoted,
}


# --- In which order ------------------------------------------------------------------------------

NEWEST = Key(Sql("public_id"), descending=True, nullable=False)
"""Ids tell the time; no two are the same, so every order ends with it."""


def order(search: Search) -> list[Key]:
    """The order asked for; the newest first where all else is the same."""
    return [*_asked_order(search), NEWEST]


def order_of_alternatives(search: Search) -> list[Key]:
    """First what some of the words speak of, then the nearest."""
    spoken = [spoken_of([word]) for word in search.reading.words]
    return [*_most_met(spoken), *_nearest(search.near), NEWEST]


def _asked_order(search: Search) -> list[Key]:
    if search.order == Sort.NEWEST:
        return []
    if search.order == Sort.NEAREST:
        return _nearest(search.near)
    if search.order == Sort.PRICE:
        return [Key(Sql("price"))]
    named = [_named_with(word) for word in search.reading.words]
    return [*_most_met(named), *_nearest(search.near)]


def _most_met(conditions: list[Sql]) -> list[Key]:
    """More conditions met come first."""
    if not conditions:
        return []
    met = " + ".join(f"({each.text})::int" for each in conditions)
    return [Key(Sql(met, sum((each.params for each in conditions), ())), descending=True)]


def _nearest(near: Region | None) -> list[Key]:
    """The same kelurahan, the same kecamatan, then by distance."""
    if near is None:
        return []
    ring = "CASE WHEN region_id = %s THEN 0 WHEN kecamatan_id = %s THEN 1 ELSE 2 END"
    return [Key(Sql(ring, (near.pk, near.parent_id))), *by_distance(near)]


def by_distance(start: Positioned) -> list[Key]:
    """The squared distance on a plane, true enough across one city; unknown places come last.

    No order where it is not known where to start.
    """
    if start.latitude is None or start.longitude is None:
        return []
    latitude, longitude = float(start.latitude), float(start.longitude)
    narrowing = math.cos(math.radians(latitude))
    away = "power(latitude - %s, 2) + power((longitude - %s) * %s, 2)"
    return [Key(Sql(away, (latitude, longitude, narrowing)))]


# --- Words ---------------------------------------------------------------------------------------


def spoken_of(words: list[vocabulary.Word], *, in_name: bool = False) -> Sql:
    """That every word is there in one of its spellings, whole or as the beginning of a longer one.

    Only folded letters and digits reach the query: nothing in it can be read as an operator.
    """
    weight = "A" if in_name else ""
    each = (" | ".join(f"{way}:*{weight}" for way in word.spellings) for word in words)
    asked = " & ".join(f"({ways})" for ways in each)
    return Sql("document @@ to_tsquery('simple', %s)", (asked,))


def _named_with(word: vocabulary.Word) -> Sql:
    """That a word of the name begins so: cheaper than asking the document of each row found."""
    return Sql("' ' || name LIKE ANY(%s)", ([f"% {way}%" for way in word.spellings],))


# --- Never for long ------------------------------------------------------------------------------


def fetch_in_good_time(*queries: Sql) -> list[Rows]:
    """The rows of each query; PostgreSQL ends one after CATALOGUE_TIMEOUT_MS.

    Then `OperationalError` is raised, as for any statement that took too long.
    """
    return fetch_together(*queries, timeout_ms=settings.CATALOGUE_TIMEOUT_MS)


@contextmanager
def in_good_time() -> Iterator[None]:
    """The same for a transaction of several steps."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {int(settings.CATALOGUE_TIMEOUT_MS)}")
        yield
