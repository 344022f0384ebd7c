"""Small tables that nearly every answer needs: categories, places, the addresses of the sites.

Joined into a list they cost PostgreSQL more planning than all its rows, so each process keeps them
for a second: a change is seen within that time, and what is not known yet is read at once.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from wagtail.models import Site

from marketplace.models import Category, Region

SECONDS = 1.0


@dataclass
class Kept:
    """What `read` gave, and when."""

    read: Callable[[], dict[str, Any]]
    known: dict[str, Any] = field(default_factory=dict)
    until: float = 0.0

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
    rows = Category.objects.values_list("slug", "name", "name_en")
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


def _roots() -> dict[str, str]:
    return {root.root_path: root.root_url for root in Site.get_site_root_paths()}


CATEGORIES = Kept(_categories)
"""Name and English name by slug."""
PLACES = Kept(_places)
"""Name of the kelurahan and of its kecamatan by code."""
SPELLINGS = Kept(_spellings)
"""Name, daily spelling and kecamatan by code; a kecamatan itself lies in none."""
ROOTS = Kept(_roots)
"""A site's address by the path of its root page."""


def full_address(url_path: str) -> str:
    """Where a page is read, as `Page.get_full_url` says it."""
    root = "/".join(url_path.split("/", 2)[:2]) + "/"
    return f"{ROOTS.get(root)}{url_path[len(root) - 1 :]}"


def path(url_path: str) -> str:
    """Where a page is read within its site."""
    return "/" + url_path.split("/", 2)[2]


def forget() -> None:
    """Read everything anew when it is next asked for."""
    for kept in (CATEGORIES, PLACES, SPELLINGS, ROOTS):
        kept.until = 0.0
