"""What a page says as a file says it, and pages made to say it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from cms.imports.columns import COLUMNS, Kind, Values, plain_coordinate
from cms.models import ProductPage, UmkmPage

AnyPage = UmkmPage | ProductPage
MODELS: Mapping[str, type[AnyPage]] = {Kind.UMKM: UmkmPage, Kind.PRODUCT: ProductPage}
KEYS = {"code", "shop_code", "shop_name", "shop_region"}
FIELDS = {kind: [each.key for each in COLUMNS[kind] if each.key not in KEYS] for kind in COLUMNS}
"""The fields of a page that a file may fill."""
COORDINATES = {"latitude", "longitude"}


def facts_of(kind: str, page: AnyPage) -> Values:
    """What a page says, field by field."""
    return {key: _fact(page, key) for key in FIELDS[kind]}


def _fact(page: AnyPage, key: str) -> Any:
    value = getattr(page, key)
    return plain_coordinate(value) if key in COORDINATES and value is not None else value


def fill(page: AnyPage, values: Values) -> None:
    """Let a page say what `facts_of` would say of it."""
    for key, value in values.items():
        setattr(page, key, Decimal(value) if key in COORDINATES and value is not None else value)


def parts(keys: Iterable[str]) -> frozenset[str]:
    """The page's own columns and children that stand behind fields."""
    return frozenset(key.removesuffix("_id") for key in keys)
