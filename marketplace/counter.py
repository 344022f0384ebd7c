"""The city's counter: the one figure of the open month, moved at night.

A step is taken only when what it adds is safe to show, and at closing what the month holds beyond
its last step has to be safe too: so neither two nights nor a night and the released month can be
subtracted into a few people. See docs/figures.md.
"""

import logging
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from core.calendar import first_of_month
from core.sql import Sql, fetch, send
from marketplace import books, releases
from marketplace.blocks import Ledger, Row
from marketplace.booked import OWNER, STANDING_SHOP
from marketplace.models import BookMonth, CounterStep
from marketplace.models.counter import COUNTED_IN

logger = logging.getLogger(__name__)

STANDS_STILL = 5
"""In so many last days of a month no step is taken, so that its rest is not a handful."""

PATIENCE = "2s"
"""How long a step waits for the recordings under way; others wait behind it meanwhile."""

EVERYWHERE = "city"
"""One place for all rows: the counter knows no other."""

ROWS = f"""
WITH span AS (
    SELECT * FROM unnest(%s::date[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
        AS span (month, after_purchase, last_purchase, after_void, last_void)
), booked AS (
    SELECT p.buyer_id, p.umkm_id, p.amount, 1 AS purchases
    FROM span JOIN marketplace_purchase p ON p.book_month = span.month
        AND p.id > span.after_purchase AND p.id <= span.last_purchase
    UNION ALL
    SELECT p.buyer_id, p.umkm_id, -p.amount, -1
    FROM span JOIN marketplace_void v ON v.book_month = span.month
        AND v.id > span.after_void AND v.id <= span.last_void
        JOIN marketplace_purchase p ON p.id = v.purchase_id
)
SELECT b.buyer_id::text,
    {OWNER} AS owner,
    sum(b.amount)::bigint, sum(b.purchases)::int
FROM booked b
    {STANDING_SHOP}
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Mark:
    """How far the ledger was read: the ids of the last purchase and the last void."""

    purchase: int
    void: int


START = Mark(0, 0)
END = Mark(2**63 - 1, 2**63 - 1)


@dataclass(frozen=True)
class Span:
    """What a book month holds after one mark, up to another."""

    month: date
    after: Mark
    upto: Mark


def step() -> CounterStep | None:
    """Move the counter of the running month, if what that adds tells of no one.

    None where it waits for another night: what is new is not safe, the month is in its last days,
    or another one took the step. Nothing is kept before the row is: a step that dies is not taken.
    """
    today = timezone.localdate()
    month = first_of_month(today)
    upto = None if _stands_still(today) else _read_mark(month)
    if upto is None:
        return None
    before = _last_step(month)
    if not _is_safe(_rows([Span(month, _mark(before), upto)])):
        return None
    shown = _shown(month, upto)
    return _write(month, before, upto, amount=max(shown, before.amount if before else 0))


def rest_is_safe(months: Sequence[date]) -> bool:
    """Whether what closed months hold beyond the counter's last steps tells of no one.

    The months are those released together. True where the counter stood still all the while, and
    where nobody's sum has changed since: then the rest is the whole, or nothing.
    """
    steps = {month: _last_step(month) for month in months}
    if not any(steps.values()):
        return True
    rest = _rows([Span(month, _mark(last), END) for month, last in steps.items()])
    return all(row.amount == 0 for row in rest) or _is_safe(rest)


@transaction.atomic(durable=True)
def _read_mark(month: date) -> Mark | None:
    """The mark up to which every row of the month is committed; None for a closed month.

    Milliseconds under the month's lock, alone: no row of it is under way, and one that comes later
    gets a later id. The newest ids of all months do, and are read from the end of an index.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
    try:
        books.lock_month(month)
    except OperationalError:
        logger.warning("counter waits for recordings", extra={"month": f"{month:%Y-%m}"})
        transaction.set_rollback(True)
        return None
    if BookMonth.objects.filter(month=month).exists():
        return None
    [ids] = fetch(
        Sql(
            "SELECT coalesce((SELECT max(id) FROM marketplace_purchase), 0),"
            " coalesce((SELECT max(id) FROM marketplace_void), 0)"
        )
    )
    return Mark(*ids)


@transaction.atomic(durable=True)
def _write(
    month: date, before: CounterStep | None, upto: Mark, *, amount: int
) -> CounterStep | None:
    """The next step, unless the month was closed meanwhile or another process wrote it."""
    send(*books.holding_open(month))
    if BookMonth.objects.filter(month=month).exists():
        return None
    number = before.number + 1 if before else 1
    CounterStep.objects.bulk_create(
        [
            CounterStep(
                month=month,
                number=number,
                amount=amount,
                last_purchase=upto.purchase,
                last_void=upto.void,
            )
        ],
        ignore_conflicts=True,
    )
    written = CounterStep.objects.get(month=month, number=number)
    return written if _mark(written) == upto else None


def _stands_still(today: date) -> bool:
    return today.day > monthrange(today.year, today.month)[1] - STANDS_STILL


def _last_step(month: date) -> CounterStep | None:
    return CounterStep.objects.filter(month=month).order_by("-number").first()


def _mark(last: CounterStep | None) -> Mark:
    return Mark(last.last_purchase, last.last_void) if last else START


def _shown(month: date, upto: Mark) -> int:
    """The month's money up to a mark, rounded down; nothing where more was taken back."""
    amount = sum(row.amount for row in _rows([Span(month, START, upto)]))
    return max(amount, 0) // COUNTED_IN * COUNTED_IN


def _rows(spans: Sequence[Span]) -> list[Row]:
    columns = (
        [span.month for span in spans],
        [span.after.purchase for span in spans],
        [span.upto.purchase for span in spans],
        [span.after.void for span in spans],
        [span.upto.void for span in spans],
    )
    return [
        Row(key=EVERYWHERE, buyer=buyer, owner=owner, amount=amount, purchases=purchases)
        for buyer, owner, amount, purchases in fetch(Sql(ROWS, columns))
    ]


def _is_safe(rows: Iterable[Row]) -> bool:
    return Ledger(rows, safety=releases.safety()).is_safe(frozenset([EVERYWHERE]))
