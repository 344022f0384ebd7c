"""Variants of a product in one cell: "Kecil=12000; Besar=20000; Jumbo=28000 habis".

A name, its price if it has one of its own, and `habis` where it cannot be had now.
"""

import re
from collections.abc import Callable
from typing import Any

from cms.folding import fold
from cms.imports.permits import split
from cms.imports.reasons import Reason
from cms.models import ProductPage, Variant
from core.refusals import Refused, SheetReason

Offered = list[dict[str, Any]]
"""Variants, each by `name`, `price` and `available`."""

LONGEST_NAME = 60
GONE = re.compile(r"\s*\(?\bhabis\b\)?\s*$", re.IGNORECASE)


def read_variants(text: str, price: Callable[[str], int]) -> Offered:
    """The variants in a cell, in its order. Raises `Refused`."""
    variants = [_variant(each, price) for each in split(text)]
    if len(variants) > ProductPage.MOST_VARIANTS:
        raise Refused(Reason.TOO_MANY_VARIANTS, most=ProductPage.MOST_VARIANTS)
    return variants


def _variant(text: str, price: Callable[[str], int]) -> dict[str, Any]:
    left, _, costs = GONE.sub("", text).partition("=")
    name = left.strip()
    if not name:
        raise Refused(Reason.NO_VARIANT)
    if len(name) > LONGEST_NAME:
        raise Refused(SheetReason.TOO_LONG, most=LONGEST_NAME)
    return {
        "name": name,
        "price": price(costs.strip()) if costs.strip() else None,
        "available": not GONE.search(text),
    }


def variants_of(page: ProductPage) -> Offered:
    """The variants of a page."""
    return [
        {"name": row.name, "price": row.price, "available": row.available}
        for row in page.variants.all()
    ]


def fill_variants(page: ProductPage, variants: Offered) -> None:
    """Let a page offer these; a row stays the one of its name."""
    known = {fold(row.name): row for row in page.variants.all()}
    rows = []
    for each in variants:
        row = known.pop(fold(each["name"]), None) or Variant()
        row.name, row.price, row.available = each["name"], each["price"], each["available"]
        rows.append(row)
    page.variants = rows


def said_variants(variants: Offered) -> str:
    """The cell that `read_variants` would read as these."""
    return "; ".join(
        each["name"]
        + (f"={each['price']}" if each["price"] is not None else "")
        + ("" if each["available"] else " habis")
        for each in variants
    )
