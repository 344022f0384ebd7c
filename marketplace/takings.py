"""About how much each shop received in the months to release, for its owner alone.

Told where it is safe but for the number of shops: enough buyers, and no one who stands out. Rounded
as every lens that is not one by place, so that an owner who takes it from the exact sum of their
kelurahan does not learn what few others received there. See docs/figures.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from marketplace.blocks import Ledger, Row, Safety
from marketplace.booked import UNLISTED, Booked
from marketplace.rounding import rounded


@dataclass(frozen=True)
class Taken:
    """Rupiah that a shop received, net of voids, rounded; merged shops are one."""

    umkm_id: int
    amount: int


def taken_by_shop(rows: Iterable[Booked], *, safety: Safety, unit: int) -> list[Taken]:
    """The shops of which it may be told; a sum that rounds to nothing is told as little as none.

    Proposed shops have no owner, and no figure.
    """
    own = [_row(row) for row in rows if not row.owner.startswith(UNLISTED)]
    ledger = Ledger(own, safety=replace(safety, owners=1))
    shops = sorted({row.key for row in own}, key=int)
    safe = [frozenset([shop]) for shop in shops if ledger.is_safe(frozenset([shop]))]
    told = [Taken(int(min(shop)), rounded(ledger.cut(shop).amount, unit)) for shop in safe]
    return [taken for taken in told if taken.amount > 0]


def _row(row: Booked) -> Row:
    return Row(str(row.shop), row.buyer, row.shop, row.amount, row.purchases)
