"""Rollups of standing purchases, equal to the ledger at every commit.

Two tables on bounded keys: `CirculationCell` (day, home, shop place, ring) and `BuyerMonth` (buyer,
calendar month of the day bought). Internal: the auditor reads them, with each look logged; what
others read is released (DISCLOSURE.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Sum

from core.calendar import first_of_month, months_before, months_between, next_month
from core.sql import Sql, fetch
from marketplace import releases
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

CHECK_TIMEOUT = "120s"
"""For one month, which is all that one statement looks at."""
REPAIR_WAITS = "30s"
"""For the purchases of the month that are being recorded."""

FIRST_AND_LAST = """
SELECT min(day), max(day) FROM (
    SELECT min(day) AS day FROM marketplace_purchase
    UNION ALL SELECT max(day) FROM marketplace_purchase
    UNION ALL SELECT min(day) FROM marketplace_circulationcell
    UNION ALL SELECT max(day) FROM marketplace_circulationcell
    UNION ALL SELECT min(month) FROM marketplace_buyermonth
    UNION ALL SELECT max(month) FROM marketplace_buyermonth
) ends
"""


@dataclass(frozen=True)
class Rollup:
    """A table of sums: its keys, the first of them a date, and how a purchase `p` has them."""

    name: str
    table: str
    keys: tuple[str, ...]
    of_ledger: tuple[str, ...]

    @property
    def fresh(self) -> str:
        """The rows as a month of the ledger has them."""
        return f"""
            SELECT {_listed(self.of_ledger)},
                sum(p.amount)::bigint AS amount, count(*)::int AS purchases
            FROM marketplace_purchase p LEFT JOIN marketplace_void v ON v.purchase_id = p.id
            WHERE v.id IS NULL AND p.day >= %(first)s AND p.day < %(end)s
            GROUP BY {_listed(str(number + 1) for number in range(len(self.keys)))}
        """

    @property
    def of_month(self) -> str:
        """What holds of the rows of a month."""
        return f"{self.keys[0]} >= %(first)s AND {self.keys[0]} < %(end)s"

    @property
    def differing(self) -> str:
        """One statement reads one snapshot: what commits meanwhile is in both sides or neither."""
        keys = _listed(self.keys)
        return f"""
            SELECT concat_ws(' ', {keys}),
                kept.amount, kept.purchases, fresh.amount, fresh.purchases
            FROM (SELECT * FROM {self.table} WHERE {self.of_month}) kept
                FULL JOIN ({self.fresh}) fresh USING ({keys})
            WHERE (coalesce(kept.amount, 0), coalesce(kept.purchases, 0))
                IS DISTINCT FROM (coalesce(fresh.amount, 0), coalesce(fresh.purchases, 0))
            ORDER BY 1
        """

    @property
    def refill(self) -> str:
        """Put the rows of a month as the ledger has them in the place of those kept."""
        return f"""
            DELETE FROM {self.table} WHERE {self.of_month};
            INSERT INTO {self.table} ({_listed(self.keys)}, amount, purchases) {self.fresh}
        """


MONTH_OF_PURCHASE = "date_trunc('month', p.day)::date AS month"
ROLLUPS = (
    Rollup(
        "buyer-month",
        "marketplace_buyermonth",
        ("month", "buyer_id"),
        (MONTH_OF_PURCHASE, "p.buyer_id"),
    ),
    Rollup(
        "circulation-cell",
        "marketplace_circulationcell",
        ("day", "home_id", "shop_place_id", "ring"),
        ("p.day", "p.home_id", "p.shop_place_id", "p.ring"),
    ),
)


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


def months() -> list[date]:
    """The calendar months of which there is a purchase or a row of a rollup, and those between."""
    [(first, last)] = fetch(Sql(FIRST_AND_LAST))
    if first is None:
        return []
    count = months_between(first, last) + 1
    return [months_before(first_of_month(last), ago) for ago in reversed(range(count))]


def differences() -> list[Difference]:
    """Every rollup row that does not equal a fresh sum of the ledger; empty when all is well."""
    return [found for month in months() for found in differences_in(month)]


@transaction.atomic
def differences_in(month: date) -> list[Difference]:
    """The rollup rows of one month that differ. Reads alone: nobody waits for it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{CHECK_TIMEOUT}'")
        return [found for rollup in ROLLUPS for found in _differing(cursor, rollup, month)]


def repair() -> list[Difference]:
    """Mend every month and return what had differed. The demo's loader fills the rollups by it."""
    return [found for month in months() for found in repair_month(month)]


@transaction.atomic
def repair_month(month: date) -> list[Difference]:
    """Sum a month afresh from the ledger if it differs, and return what had differed.

    Whoever records, corrects or takes back a purchase of this month holds its lock shared: they
    wait meanwhile, and all others do not. A month that is right is only read, so a repair that was
    killed is simply begun again: it passes quickly over what it has mended.
    """
    found = differences_in(month)
    if found:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{CHECK_TIMEOUT}'")
            cursor.execute(f"SET LOCAL lock_timeout = '{REPAIR_WAITS}'")
            releases.lock_month(month)
            for rollup in ROLLUPS:
                cursor.execute(rollup.refill, _bounds(month))
    return found


def _shift_of_month(purchase: Purchase, *, amount: int, purchases: int) -> Sql:
    month = first_of_month(purchase.day)
    return Sql(ADD_TO_MONTH, (month, purchase.buyer_id, amount, purchases))


def _shift_of_cell(purchase: Purchase, *, amount: int, purchases: int) -> Sql:
    return Sql(ADD_TO_CELL, (*_cell_of(purchase), amount, purchases))


def _cell_of(purchase: Purchase) -> tuple[date, str, str, str]:
    return (purchase.day, purchase.home_id, purchase.shop_place_id, purchase.ring)


def _differing(cursor: CursorWrapper, rollup: Rollup, month: date) -> list[Difference]:
    cursor.execute(rollup.differing, _bounds(month))
    return [
        Difference(rollup.name, key, *(number or 0 for number in numbers))
        for key, *numbers in cursor.fetchall()
    ]


def _bounds(month: date) -> dict[str, date]:
    return {"first": month, "end": next_month(month)}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
