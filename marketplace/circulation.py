"""Rollups of standing purchases, equal to the ledger at every commit.

Two tables on bounded keys: `CirculationCell` (day, home, shop place, ring) and `BuyerMonth` (buyer,
calendar month of the day bought). Internal: the auditor reads them, with each look logged; what
others read is released (DISCLOSURE.md).
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Sum

from core.calendar import first_of_month, next_month
from core.sql import Sql
from marketplace.models import CirculationCell, Purchase, Region, Void

ADD_TO_MONTH = """
INSERT INTO marketplace_buyermonth AS kept (month, buyer_id, amount, purchases)
VALUES (%s, %s, %s, %s)
ON CONFLICT (buyer_id, month) DO UPDATE
SET amount = kept.amount + EXCLUDED.amount, purchases = kept.purchases + EXCLUDED.purchases
"""

ADD_TO_CELL = """
INSERT INTO marketplace_circulationcell AS kept
    (day, home_id, shop_place_id, ring, amount, purchases)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (day, home_id, shop_place_id, ring) DO UPDATE
SET amount = kept.amount + EXCLUDED.amount, purchases = kept.purchases + EXCLUDED.purchases
"""

MONTHS_OF_LEDGER = """
SELECT date_trunc('month', p.day)::date AS month, p.buyer_id,
    sum(p.amount)::bigint AS amount, count(*)::int AS purchases
FROM marketplace_purchase p LEFT JOIN marketplace_void v ON v.purchase_id = p.id
WHERE v.id IS NULL GROUP BY 1, 2
"""

CELLS_OF_LEDGER = """
SELECT p.day, p.home_id, p.shop_place_id, p.ring,
    sum(p.amount)::bigint AS amount, count(*)::int AS purchases
FROM marketplace_purchase p LEFT JOIN marketplace_void v ON v.purchase_id = p.id
WHERE v.id IS NULL GROUP BY 1, 2, 3, 4
"""

# One statement reads one snapshot: a purchase that commits meanwhile is in both sides or neither.
DIFFERING_MONTHS = f"""
SELECT concat_ws(' ', month, buyer_id), kept.amount, kept.purchases, fresh.amount, fresh.purchases
FROM marketplace_buyermonth kept FULL JOIN ({MONTHS_OF_LEDGER}) fresh USING (month, buyer_id)
WHERE (coalesce(kept.amount, 0), coalesce(kept.purchases, 0))
    IS DISTINCT FROM (coalesce(fresh.amount, 0), coalesce(fresh.purchases, 0))
ORDER BY 1
"""

DIFFERING_CELLS = f"""
SELECT concat_ws(' ', day, home_id, shop_place_id, ring),
    kept.amount, kept.purchases, fresh.amount, fresh.purchases
FROM marketplace_circulationcell kept
    FULL JOIN ({CELLS_OF_LEDGER}) fresh USING (day, home_id, shop_place_id, ring)
WHERE (coalesce(kept.amount, 0), coalesce(kept.purchases, 0))
    IS DISTINCT FROM (coalesce(fresh.amount, 0), coalesce(fresh.purchases, 0))
ORDER BY 1
"""

REFILL = f"""
DELETE FROM marketplace_buyermonth;
DELETE FROM marketplace_circulationcell;
INSERT INTO marketplace_buyermonth (month, buyer_id, amount, purchases) {MONTHS_OF_LEDGER};
INSERT INTO marketplace_circulationcell
    (day, home_id, shop_place_id, ring, amount, purchases) {CELLS_OF_LEDGER};
"""


@dataclass(frozen=True)
class Difference:
    """One row of a rollup that does not equal the ledger. Sums are whole rupiah."""

    table: str
    key: str
    amount: int
    purchases: int
    ledger_amount: int
    ledger_purchases: int


@dataclass(frozen=True)
class Turnover:
    """Whole rupiah, and how many purchases they are."""

    amount: int
    purchases: int


def adding(purchase: Purchase) -> list[Sql]:
    """What adds a purchase to its buyer's month and its cell, in its transaction.

    Sent last: all buyers of a kelurahan meet on the cell, and its lock is held until the commit.
    """
    return [
        _shift_of_month(purchase, amount=purchase.amount, purchases=1),
        _shift_of_cell(purchase, amount=purchase.amount, purchases=1),
    ]


def taking_back(void: Void) -> list[Sql]:
    """What takes a voided purchase out again, in its transaction. Sent last."""
    purchase = void.purchase
    return [
        _shift_of_month(purchase, amount=-purchase.amount, purchases=-1),
        _shift_of_cell(purchase, amount=-purchase.amount, purchases=-1),
    ]


def exchanging(void: Void, replacement: Purchase) -> list[Sql]:
    """What puts a replacement in the place of what it replaces, in its transaction. Sent last.

    The two share their day and their buyer. Cells are taken in the order of their keys: two who
    correct from one shop to the other and back wait for each other, never for ever.
    """
    replaced = void.purchase
    month = _shift_of_month(replacement, amount=replacement.amount - replaced.amount, purchases=0)
    shifts = [(replaced, -replaced.amount, -1), (replacement, replacement.amount, 1)]
    cells = [
        _shift_of_cell(purchase, amount=amount, purchases=purchases)
        for purchase, amount, purchases in sorted(shifts, key=lambda shift: _cell_of(shift[0]))
    ]
    return [month, *cells]


def turnover(home: Region, *, year: int) -> int:
    """Whole rupiah that the ASN of one kelurahan have spent on the days of `year`."""
    cells = CirculationCell.objects.filter(home=home, day__year=year)
    return cells.aggregate(amount=Sum("amount"))["amount"] or 0


def total(
    *,
    home: str | None = None,
    shop_place: str | None = None,
    ring: str | None = None,
    day: date | None = None,
    month: date | None = None,
) -> Turnover:
    """The standing purchases under these filters, for the auditor; whoever asks logs the look."""
    asked = {"home": home, "shop_place": shop_place, "ring": ring, "day": day}
    cells = CirculationCell.objects.filter(**{name: one for name, one in asked.items() if one})
    if month:
        cells = cells.filter(day__gte=month, day__lt=next_month(month))
    sums = cells.aggregate(amount=Sum("amount"), purchases=Sum("purchases"))
    return Turnover(amount=sums["amount"] or 0, purchases=sums["purchases"] or 0)


@transaction.atomic
def differences() -> list[Difference]:
    """Every rollup row that does not equal a fresh sum of the ledger; empty when all is well."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        return _differing(cursor, "buyer-month", DIFFERING_MONTHS) + _differing(
            cursor, "circulation-cell", DIFFERING_CELLS
        )


@transaction.atomic
def repair() -> list[Difference]:
    """Compute the rollups afresh from the ledger and return what had differed.

    Recording waits meanwhile: a purchase whose rollup is not yet written adds itself afterwards,
    and none is counted twice. The demo's loader fills the rollups by it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        # In the order in which recording takes them, so that the two never wait on each other.
        cursor.execute(
            "LOCK TABLE marketplace_buyermonth, marketplace_circulationcell"
            " IN SHARE ROW EXCLUSIVE MODE"
        )
        found = differences()
        if found:
            cursor.execute(REFILL)
        return found


def _shift_of_month(purchase: Purchase, *, amount: int, purchases: int) -> Sql:
    month = first_of_month(purchase.day)
    return Sql(ADD_TO_MONTH, (month, purchase.buyer_id, amount, purchases))


def _shift_of_cell(purchase: Purchase, *, amount: int, purchases: int) -> Sql:
    return Sql(ADD_TO_CELL, (*_cell_of(purchase), amount, purchases))


def _cell_of(purchase: Purchase) -> tuple[date, str, str, str]:
    return (purchase.day, purchase.home_id, purchase.shop_place_id, purchase.ring)


def _differing(cursor: CursorWrapper, table: str, statement: str) -> list[Difference]:
    cursor.execute(statement)
    return [
        Difference(table, key, *(number or 0 for number in numbers))
        for key, *numbers in cursor.fetchall()
    ]
