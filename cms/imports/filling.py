"""What a page says as a file says it, and pages made to say it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cms.badge_numbers import BadgeKind
from cms.imports import openings, permits
from cms.imports.columns import COLUMNS, Kind, Values, plain_coordinate
from cms.imports.variants import fill_variants, said_variants, variants_of
from cms.models import ProductPage, UmkmPage

AnyPage = UmkmPage | ProductPage
MODELS: Mapping[str, type[AnyPage]] = {Kind.UMKM: UmkmPage, Kind.PRODUCT: ProductPage}
KEYS = {"code", "shop_code", "shop_name", "shop_region"}
OF_BADGES = {f"{kind}_{part}" for kind in BadgeKind.values for part in permits.PARTS}
"""What rows say of a badge beside its number: a part of the field of its kind."""
FIELDS = {
    kind: [each.key for each in COLUMNS[kind] if each.key not in KEYS | OF_BADGES]
    for kind in COLUMNS
}
"""The fields of a page that a file may fill."""
COORDINATES = {"latitude", "longitude"}


@dataclass(frozen=True)
class Listed:
    """A field behind which stand children of a page: how they are read, put there and told."""

    children: str
    facts: Callable[[Any], Any]
    fill: Callable[[Any, Any], None]
    told: Callable[[Any], str]


def _badges(kind: str) -> Listed:
    return Listed(
        "badges",
        lambda page: permits.permits_of(page, kind),
        lambda page, value: permits.fill_permits(page, kind, value),
        permits.said_permits,
    )


LISTED: Mapping[str, Listed] = {
    "hours": Listed("hours", openings.hours_of, openings.fill_hours, openings.said_hours),
    "variants": Listed("variants", variants_of, fill_variants, said_variants),
    **{kind: _badges(kind) for kind in BadgeKind.values},
}


def facts_of(kind: str, page: AnyPage) -> Values:
    """What a page says, field by field."""
    return {key: _fact(page, key) for key in FIELDS[kind]}


def _fact(page: AnyPage, key: str) -> Any:
    if key in LISTED:
        return LISTED[key].facts(page)
    value = getattr(page, key)
    return plain_coordinate(value) if key in COORDINATES and value is not None else value


def fill(page: AnyPage, values: Values) -> None:
    """Let a page say what `facts_of` would say of it."""
    for key, value in values.items():
        if key in LISTED:
            LISTED[key].fill(page, value)
        else:
            exact = key in COORDINATES and value is not None
            setattr(page, key, Decimal(value) if exact else value)


def parts(keys: Iterable[str]) -> frozenset[str]:
    """The page's own columns and children that stand behind fields."""
    return frozenset(
        LISTED[key].children if key in LISTED else key.removesuffix("_id") for key in keys
    )
