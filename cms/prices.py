"""From which price to which something is sold, its variants included."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class PriceSpan:
    """Whole rupiah. `low` None: ask the shop; `high` None: there is one price."""

    low: int | None = None
    high: int | None = None


def price_span(
    *, price: int | None, price_to: int | None, variants: Iterable[int | None] = ()
) -> PriceSpan:
    """The span of the variants' prices, where one without its own costs what the product costs."""
    own = set(variants) or {None}
    asked = own | {price, price_to} if None in own else own
    amounts = [amount for amount in asked if amount is not None]
    if not amounts:
        return PriceSpan()
    low, high = min(amounts), max(amounts)
    return PriceSpan(low, high if high > low else None)
