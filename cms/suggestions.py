"""What somebody who is typing may mean, and where each suggestion leads.

Two queries answer, however much is suggested: whether the kept words still stand, and one for the
names along with which of the words lead to a shop. Categories, places and the catalogue's address
are kept (cms/known.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Case, IntegerField, QuerySet, TextField, Value, When
from django.db.models.fields.json import KT
from django.utils.translation import gettext

from cms import known, search
from cms.filters import LONGEST_SEARCH
from cms.folding import fold, folded_words
from cms.vocabulary import SHORTEST_COMPLETED, Reading, Word, known_words, spoken

MOST = 8


class Kind(StrEnum):
    """What is suggested, in the order in which it is shown."""

    WORD = "word"
    CATEGORY = "category"
    PLACE = "place"
    UMKM = "umkm"
    PRODUCT = "product"


FILTERS = {Kind.WORD: "q", Kind.CATEGORY: "category", Kind.PLACE: "place"}
"""The filter of the catalogue that a suggestion sets; shops and products have pages instead."""


@dataclass(frozen=True)
class Suggestion:
    """One thing that may be meant.

    `detail` tells what it is, in the reader's language, and nothing of a word. `key` is what it is
    asked for by: the words themselves, a slug, a code or an id. `path` leads there.
    """

    kind: Kind
    text: str
    detail: str
    key: str
    path: str

    @property
    def filter(self) -> str:
        """The filter of the catalogue that it sets; empty where it leads to a page of its own."""
        return FILTERS.get(self.kind, "")


@dataclass(frozen=True)
class Row:
    """An entry that was found, and for what: as one of its kind, or because words lead to it."""

    wanted: str
    rank: int
    name: str
    public_id: UUID
    region: str
    title: str
    path: str
    shop: str | None


@dataclass(frozen=True)
class Place:
    """A kelurahan, or a kecamatan, which lies in none."""

    code: str
    name: str
    alias: str
    kecamatan: str


COLUMNS = ("wanted", "rank", "name", "public_id", "region", "title", "path", "shop_title")


def suggest(text: str) -> list[Suggestion]:
    """Up to `MOST` suggestions, those of a kind together; none for less than two letters.

    Raises `OperationalError` when the database takes longer than CATALOGUE_TIMEOUT_MS.
    """
    if len(text) > LONGEST_SEARCH or len(fold(text)) < SHORTEST_COMPLETED:
        return []
    with search.in_good_time():
        words = known_words()
        reading, longer = _as_begun(words.read(text)), words.completions(text)
        queries = [_leading(words.read(each), wanted=_words_wanted(each)) for each in longer]
        queries += [_named(reading, kind=kind, typed=text) for kind in search.Kind]
        rows = [Row(*row) for row in queries[0].union(*queries[1:], all=True)]
    places = _places(reading)
    found = {row.wanted for row in rows}
    leading = [each for each in longer if _words_wanted(each) in found]
    return _dealt(
        [
            list(_words(leading, places=places)),
            list(_categories(reading)),
            [_place(place) for place in places],
            [_shop(row) for row in _of(rows, kind=search.Kind.SHOP)],
            [_product(row) for row in _of(rows, kind=search.Kind.PRODUCT)],
        ]
    )


# --- What the database knows ---------------------------------------------------------------------


def _named(reading: Reading, *, kind: str, typed: str) -> QuerySet[Any, Any]:
    """The entries of a kind whose name holds every word; those that begin as was typed first."""
    begins = When(name__startswith=fold(typed), then=0)
    rank = Case(begins, default=1, output_field=IntegerField())
    found = _rows(search.holding(reading, kind=kind, in_name=True), wanted=kind, rank=rank)
    return found.order_by("rank", "name", "pk")[:MOST]


def _leading(reading: Reading, *, wanted: str) -> QuerySet[Any, Any]:
    """Any one shop that the words lead to: what leads nowhere is not suggested."""
    found = search.holding(reading, kind=search.Kind.SHOP)
    return _rows(found, wanted=wanted, rank=Value(0)).order_by()[:1]


def _words_wanted(words: str) -> str:
    """Words as `Row.wanted` names them: no kind of entry holds a space."""
    return f"words {words}"


def _rows(found: QuerySet[Any], *, wanted: str, rank: Any) -> QuerySet[Any, Any]:
    told = found.annotate(
        wanted=Value(wanted, output_field=TextField()),
        rank=rank,
        title=KT("shown__title"),
        path=KT("shown__path"),
        shop_title=KT("shown__shop"),  # null of a shop
    )
    return told.values_list(*COLUMNS)


def _of(rows: list[Row], *, kind: str) -> list[Row]:
    """The entries of a kind in their order, which joined queries do not promise."""
    return sorted((row for row in rows if row.wanted == kind), key=lambda row: (row.rank, row.name))


# --- What is kept --------------------------------------------------------------------------------


def _as_begun(reading: Reading) -> Reading:
    """Only what begins as was typed or meant: who is typing "bak" does not mean sembako."""
    begun = [
        replace(each, spellings=tuple(filter(partial(_begins, each), each.spellings)))
        for each in reading.words
    ]
    return Reading(tuple(begun))


def _begins(word: Word, spelling: str) -> bool:
    return spelling == word.typed or spoken(spelling).startswith(spoken(word.understood))


def _categories(reading: Reading) -> Iterator[Suggestion]:
    for slug, (name, name_en) in known.CATEGORIES.all().items():
        if _tells_of(reading, name, name_en):
            yield _filtering(Kind.CATEGORY, slug, known.category_name(slug), gettext("Category"))


def _places(reading: Reading) -> list[Place]:
    places = (Place(code, *names) for code, names in known.SPELLINGS.all().items())
    return [place for place in places if _tells_of(reading, place.name, place.alias)]


def _tells_of(reading: Reading, *names: str) -> bool:
    """Whether each word begins a word of the names, in one of its spellings."""
    held = folded_words(" ".join(names))
    return all(
        any(word.startswith(spelling) for word in held for spelling in each.spellings)
        for each in reading.words
    )


# --- What is said --------------------------------------------------------------------------------


def _filtering(kind: Kind, key: str, text: str, detail: str = "") -> Suggestion:
    path = f"{known.catalogue_address()}?{urlencode({FILTERS[kind]: key})}"
    return Suggestion(kind=kind, text=text, detail=detail, key=key, path=path)


def _words(longer: list[str], *, places: list[Place]) -> Iterator[Suggestion]:
    """Longer words, but for those that name a place that is suggested itself."""
    naming = set(folded_words(" ".join(f"{place.name} {place.alias}" for place in places)))
    for words in longer:
        if not naming.issuperset(words.split()):
            yield _filtering(Kind.WORD, words, words)


def _place(place: Place) -> Suggestion:
    detail = gettext("Kecamatan")
    if place.kecamatan:
        detail = gettext("Kelurahan in Kecamatan %(name)s") % {"name": place.kecamatan}
    return _filtering(Kind.PLACE, place.code, place.name, detail)


def _shop(row: Row) -> Suggestion:
    place, _kecamatan = known.PLACES.get(row.region)
    return _page(Kind.UMKM, row, detail=gettext("Shop in %(place)s") % {"place": place})


def _product(row: Row) -> Suggestion:
    return _page(Kind.PRODUCT, row, detail=gettext("Product of %(shop)s") % {"shop": row.shop})


def _page(kind: Kind, row: Row, *, detail: str) -> Suggestion:
    path = known.catalogue_address() + row.path
    return Suggestion(kind=kind, text=row.title, detail=detail, key=str(row.public_id), path=path)


def _dealt(by_kind: list[list[Suggestion]]) -> list[Suggestion]:
    """Up to `MOST` in all: every kind has its turn before any has another."""
    turns = [(turn, place) for place, kind in enumerate(by_kind) for turn in range(len(kind))]
    dealt = sorted(turns)[:MOST]
    return [by_kind[place][turn] for turn, place in sorted(dealt, key=lambda each: each[::-1])]
