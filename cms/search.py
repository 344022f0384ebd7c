"""What is looked for in the catalogue, which entries answer it, and in which order.

One narrow table answers (cms/search_entries.py): pages are fetched only for what is shown.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import add, and_
from typing import Any

from django.conf import settings
from django.contrib.postgres.search import SearchQuery
from django.db import connection, models, transaction
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms import badges, hours, vocabulary
from cms.models.highlights import Highlight
from cms.models.search import SearchEntry
from cms.models.umkm import UmkmPage
from marketplace.models import Region, Umkm

Kind = SearchEntry.Kind


class Sort(models.TextChoices):
    """The orders of a list."""

    RELEVANCE = "relevance", _("Best match first")
    NEAREST = "nearest", _("Nearest first")
    PRICE = "price", _("Lowest price first")
    NEWEST = "newest", _("Newest first")


class PriceBand(models.TextChoices):
    """Bands of prices in whole rupiah; of a shop, its cheapest product counts."""

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


def entries(kind: str) -> QuerySet[SearchEntry]:
    """All entries of a kind whose shop is listed: two shops may have been merged meanwhile."""
    listed = Umkm.objects.listed().filter(page__isnull=False).values("page")
    return SearchEntry.objects.filter(kind=kind, shop__in=listed)


def worded(search: Search, *, kind: str) -> QuerySet[SearchEntry]:
    """The entries of a kind that hold every word, in name, summary, place, category or product."""
    return holding(search.reading, kind=kind)


def holding(
    reading: vocabulary.Reading, *, kind: str, in_name: bool = False
) -> QuerySet[SearchEntry]:
    """The entries of a kind that hold every word of a reading, anywhere or in their name alone."""
    found = entries(kind)
    if reading.words:
        found = found.filter(document=_query([*reading.words], of_name=in_name))
    return found


def matching(search: Search, *, kind: str) -> QuerySet[SearchEntry]:
    """The entries of a kind that are all that is asked for."""
    found = worded(search, kind=kind).filter(wished(search), priced(search))
    if search.category:
        found = found.filter(category=search.category)
    if search.place:
        found = found.filter(Q(region=search.place) | Q(kecamatan=search.place))
    return found


def ordered(search: Search, *, kind: str) -> QuerySet[SearchEntry]:
    """What matches, in the order asked for; the newest first where all else is the same."""
    return matching(search, kind=kind).order_by(*_order(search), "-public_id")


def alternatives(search: Search, *, kind: str) -> QuerySet[SearchEntry]:
    """Entries that some of the words speak of, then any; the nearest first."""
    spoken_of = [Q(document=_query([word])) for word in search.reading.words]
    return entries(kind).order_by(*_most_met(spoken_of), *_nearest(search.near), "-public_id")


def wished(search: Search) -> Q:
    """That all of the wishes are met now."""
    return reduce(and_, (WISHES[name]() for name in sorted(search.wishes)), Q())


def priced(search: Search) -> Q:
    """That the price lies in the band asked for."""
    return in_band(search.price) if search.price else Q()


def in_band(band: str) -> Q:
    """That the price lies in a band; what has no price lies in none."""
    above, most = BAND_EDGES[band]
    return Q(price__gt=above) & (Q() if most is None else Q(price__lte=most))


# --- What a shop has to do or have today ---------------------------------------------------------


def _open_now() -> Q:
    return _of_shops(UmkmPage.objects.filter(hours.open_at(timezone.now())))


def _halal() -> Q:
    return _of_shops(UmkmPage.objects.filter(badges.halal_on(timezone.localdate())))


def _promoted() -> Q:
    running = Highlight.objects.running(timezone.localdate())
    return Q(shop__in=running.order_by().values("page"))


def _of_shops(pages: QuerySet[UmkmPage]) -> Q:
    return Q(shop__in=pages.order_by().values("pk"))


WISHES: dict[str, Callable[[], Q]] = {
    "open": _open_now,
    "delivers": lambda: Q(delivers=True),
    "halal": _halal,
    "promo": _promoted,
}


# --- In which order ------------------------------------------------------------------------------


def _order(search: Search) -> list[Any]:
    if search.order == Sort.NEWEST:
        return []
    if search.order == Sort.NEAREST:
        return _nearest(search.near)
    if search.order == Sort.PRICE:
        return [F("price").asc(nulls_last=True)]
    named = [Q(document=_query([word], of_name=True)) for word in search.reading.words]
    return [*_most_met(named), *_nearest(search.near)]


def _most_met(conditions: list[Q]) -> list[Any]:
    """More conditions met come first."""
    if not conditions:
        return []
    met: list[Combinable] = [
        Case(When(each, then=1), default=0, output_field=IntegerField()) for each in conditions
    ]
    return [reduce(add, met).desc()]  # type: ignore[attr-defined]


def _nearest(near: Region | None) -> list[Any]:
    """The same kelurahan, the same kecamatan, then by distance."""
    if near is None:
        return []
    ring = Case(
        When(region=near.pk, then=0),
        When(kecamatan=near.parent_id, then=1),
        default=2,
        output_field=IntegerField(),
    )
    return [ring.asc(), *_distance(near)]


def _distance(near: Region) -> list[Any]:
    """The squared distance on a plane, true enough across one city; unknown places come last."""
    if near.latitude is None or near.longitude is None:
        return []
    narrowing = math.cos(math.radians(float(near.latitude)))
    north = F("latitude") - Value(float(near.latitude))
    east = (F("longitude") - Value(float(near.longitude))) * Value(narrowing)
    return [(north * north + east * east).asc(nulls_last=True)]


# --- Words ---------------------------------------------------------------------------------------


def _query(words: list[vocabulary.Word], *, of_name: bool = False) -> SearchQuery:
    """That every word is there in one of its spellings, whole or as the beginning of a longer one.

    Only folded letters and digits reach it: nothing in it can be read as an operator.
    """
    weight = "A" if of_name else ""
    each = (" | ".join(f"{way}:*{weight}" for way in word.spellings) for word in words)
    return SearchQuery(" & ".join(f"({ways})" for ways in each), config="simple", search_type="raw")


# --- Never for long ------------------------------------------------------------------------------


@contextmanager
def in_good_time() -> Iterator[None]:
    """A transaction whose statements PostgreSQL ends after CATALOGUE_TIMEOUT_MS.

    Then `OperationalError` is raised, as for any statement that took too long.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {int(settings.CATALOGUE_TIMEOUT_MS)}")
        yield
