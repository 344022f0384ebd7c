"""Small tables that nearly every answer needs: categories, places, the addresses of the sites.

Joined into a list they cost PostgreSQL more planning than all its rows, so each process keeps them
for a second: a change is seen within that time, and what is not known yet is read at once.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import get_language

from cms.models.umkm import UmkmIndexPage
from marketplace.models import Category, Region

SECONDS = 1.0

_all: list["Kept"] = []


@dataclass
class Kept:
    """What `read` gave, and when."""

    read: Callable[[], dict[str, Any]]
    known: dict[str, Any] = field(default_factory=dict)
    until: float = 0.0

    def __post_init__(self) -> None:
        _all.append(self)

    def get(self, key: str) -> Any:
        """The value of a key; None if it is not there even now."""
        if time.monotonic() > self.until or key not in self.known:
            self.renew()
        return self.known.get(key)

    def all(self) -> dict[str, Any]:
        """Every key with its value."""
        if time.monotonic() > self.until:
            self.renew()
        return self.known

    def renew(self) -> None:
        self.known = self.read()
        self.until = time.monotonic() + SECONDS


def _categories() -> dict[str, tuple[str, str]]:
    rows = Category.objects.order_by("position", "slug").values_list("slug", "name", "name_en")
    return {slug: (name, name_en) for slug, name, name_en in rows}


def _places() -> dict[str, tuple[str, str | None]]:
    rows = Region.objects.places().values_list("code", "name", "parent__name")
    return {code: (name, kecamatan) for code, name, kecamatan in rows}


def _spellings() -> dict[str, tuple[str, str, str]]:
    places = Region.objects.kecamatan() | Region.objects.kelurahan()
    rows = places.values_list("code", "name", "alias", "level", "parent__name")
    return {
        code: (name, alias, parent if level == Region.Level.KELURAHAN else "")
        for code, name, alias, level, parent in rows
    }


def _kecamatan() -> dict[str, list[Region]]:
    by_name = Prefetch("children", Region.objects.kelurahan().order_by("name"))
    return {"all": list(Region.objects.kecamatan().order_by("name").prefetch_related(by_name))}


def _catalogue() -> dict[str, str]:
    page = UmkmIndexPage.objects.live().first()
    return {"whole": page.full_url, "relative": page.url} if page else {}


CATEGORIES = Kept(_categories)
"""Name and English name by slug, in the order of the catalogue."""
PLACES = Kept(_places)
"""Name of the kelurahan and of its kecamatan by code."""
SPELLINGS = Kept(_spellings)
"""Name, daily spelling and kecamatan by code; a kecamatan itself lies in none."""
KECAMATAN = Kept(_kecamatan)
"""Every kecamatan by name, its kelurahan prefetched by name, under `all`."""
CATALOGUE = Kept(_catalogue)
"""The address of the catalogue's page: `whole` and `relative`."""


def category_name(slug: str) -> str:
    """A category's name in the reader's language."""
    name, name_en = CATEGORIES.get(slug)
    return str(name_en if get_language() == "en" else name)


def category_names() -> dict[str, str]:
    """Every category's name in the reader's language, by slug, in the catalogue's order."""
    return {slug: category_name(slug) for slug in CATEGORIES.all()}


def catalogue_address(*, whole: bool = False) -> str:
    """Where the catalogue is read, with the site's own address in front if it is to be whole."""
    found: str = CATALOGUE.get("whole" if whole else "relative") or "/umkm/"
    return found


def forget() -> None:
    """Read everything anew when it is next asked for."""
    for kept in _all:
        kept.until = 0.0
