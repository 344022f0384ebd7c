"""Closing a month: its rows are fixed, cut into safe blocks and released, once.

In two steps that can be resumed: a transaction of milliseconds lets no more rows in; then the
blocks are computed from rows that no longer change and written in one transaction. See
docs/figures.md.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from core.calendar import next_month, previous_month
from marketplace import counter, releases
from marketplace.blocks import ROOT, Cut, Ledger, Places, Row, cut_blocks
from marketplace.errors import MonthNotClosable
from marketplace.models import Block, BookMonth, Purchase, Region, Release, ShopReach
from marketplace.reach import Reach, reached_by

CLOSING_TIMEOUT = "60s"

BOOKED_ROWS = """
WITH booked AS (
    SELECT home_id, buyer_id, umkm_id, amount, 1 AS purchases
    FROM marketplace_purchase WHERE book_month = ANY(%(months)s)
    UNION ALL
    SELECT p.home_id, p.buyer_id, p.umkm_id, -p.amount, -1
    FROM marketplace_void v JOIN marketplace_purchase p ON p.id = v.purchase_id
    WHERE v.book_month = ANY(%(months)s)
)
SELECT b.home_id, b.buyer_id::text,
    CASE WHEN s.status IN ('pending', 'refused') THEN 'unlisted:' || s.region_id
        ELSE s.owner_key::text END AS owner,
    sum(b.amount)::bigint, sum(b.purchases)::int
FROM booked b
    JOIN marketplace_umkm u ON u.id = b.umkm_id
    JOIN marketplace_umkm s ON s.id = coalesce(u.merged_into_id, u.id)
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


@dataclass(frozen=True)
class Preview:
    """What closing would release: the blocks, or None if the month would wait for the next."""

    months: tuple[date, ...]
    blocks: list[Cut] | None


def close_month(month: date) -> Release | None:
    """Close a month and release it, or go on where an earlier try stopped.

    None if the month as a whole is unsafe: it is released together with the next.
    Raises `MonthNotClosable` before the month has ended, or out of order.
    """
    _mark_closed(month)
    return _release(month)


def preview_month(month: date) -> Preview:
    """What `close_month` would release and withhold now; writes nothing."""
    months = (*_withheld_before(month), month)
    ledger = _ledger(_booked_rows(months))
    blocks = cut_blocks(ledger, parents=_parents())
    may_go = blocks is not None and counter.rest_is_safe(months)
    return Preview(months, _cuts(ledger, blocks or []) if may_go else None)


def months_due(today: date) -> list[date]:
    """The ended months that are not yet released, in order, once CLOSING_DAY has come."""
    first = BookMonth.objects.filter(state=BookMonth.State.CLOSED).aggregate(first=Min("month"))
    month = first["first"] or _next_to_close()
    due = []
    while month is not None and _may_close_on(month, today):
        due.append(month)
        month = next_month(month)
    return due


@transaction.atomic(durable=True)
def _mark_closed(month: date) -> None:
    """Milliseconds: wait for the recordings under way, then let no more in.

    The month before is locked as well: while nothing is closed yet, a purchase under way there
    decides which month is the first one.
    """
    releases.lock_month(previous_month(month))
    releases.lock_month(month)
    if BookMonth.objects.filter(month=month).exists():
        return
    _refuse_unless_next(month)
    BookMonth.objects.create(month=month)


def _refuse_unless_next(month: date) -> None:
    """The next in order, over, and no earlier one still being computed."""
    expected = _next_to_close()
    in_order = expected is None or month == expected
    is_over = next_month(month) <= timezone.localdate()
    computing = BookMonth.objects.filter(state=BookMonth.State.CLOSED).exists()
    if not in_order or not is_over or computing:
        raise MonthNotClosable


def _release(month: date) -> Release | None:
    """Compute from rows that no longer change, then write all at once."""
    months = (*_withheld_before(month), month)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{CLOSING_TIMEOUT}'")
        rows = _booked_rows(months)
        reach = list(reached_by(month))
    ledger = _ledger(rows)
    blocks = cut_blocks(ledger, parents=_parents()) if counter.rest_is_safe(months) else None
    with transaction.atomic(durable=True):
        book = BookMonth.objects.select_for_update().get(month=month)
        if book.state != BookMonth.State.CLOSED:  # another process was faster
            return Release.objects.filter(month=month, lens=Release.Lens.HOME).first()
        if blocks is None:
            BookMonth.objects.filter(month=month).update(state=BookMonth.State.WITHHELD)
            return None
        release = _write(months, rows, _cuts(ledger, blocks), ledger)
        _write_reach(release, reach)
        BookMonth.objects.filter(month__in=months).update(state=BookMonth.State.RELEASED)
        return release


def _write(
    months: Sequence[date], rows: Sequence[Row], cuts: Iterable[Cut], ledger: Ledger
) -> Release:
    city = ledger.cut(frozenset(_parents()))
    release = Release.objects.create(
        lens=Release.Lens.HOME,
        month=months[-1],
        first_month=months[0],
        digest=_digest(rows),
        buyers=city.buyers,
        shops=city.owners,
    )
    Block.objects.bulk_create(
        Block(
            release=release,
            places=sorted(cut.places),
            amount=cut.amount,
            purchases=cut.purchases,
            buyers=cut.buyers,
            shops=cut.owners,
        )
        for cut in cuts
    )
    return release


def _write_reach(release: Release, reach: Iterable[Reach]) -> None:
    ShopReach.objects.bulk_create(
        ShopReach(release=release, umkm_id=shop.umkm_id, buyers=shop.buyers) for shop in reach
    )


def _booked_rows(months: Sequence[date]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(BOOKED_ROWS, {"months": list(months)})
        return [Row(*found) for found in cursor.fetchall()]


def _ledger(rows: Iterable[Row]) -> Ledger:
    return Ledger(rows, safety=releases.safety())


def _cuts(ledger: Ledger, blocks: Iterable[Places]) -> list[Cut]:
    return [ledger.cut(block) for block in sorted(blocks, key=min)]


def _parents() -> dict[str, str]:
    """Every place a home may be in, and the kecamatan it lies in; outside hangs on the root."""
    places = Region.objects.places().values_list("code", "level", "parent_id")
    return {
        code: parent if level == Region.Level.KELURAHAN else ROOT for code, level, parent in places
    }


def _digest(rows: Iterable[Row]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        values = [row.place, row.buyer, row.owner, row.amount, row.purchases]
        digest.update(json.dumps(values).encode() + b"\n")
    return digest.hexdigest()


def _next_to_close() -> date | None:
    """The month after the last closed one, else the first month of the ledger."""
    last = releases.last_closed()
    if last is not None:
        return next_month(last)
    first: date | None = Purchase.objects.aggregate(first=Min("book_month"))["first"]
    return first


def _may_close_on(month: date, today: date) -> bool:
    """Ended, and the closing day of the month after it has come."""
    after = next_month(month)
    return today >= after.replace(day=settings.CLOSING_DAY)


def _withheld_before(month: date) -> list[date]:
    """The withheld months right before `month`, oldest first: they are released with it."""
    found = BookMonth.objects.filter(month__lt=month, state=BookMonth.State.WITHHELD)
    return list(found.order_by("month").values_list("month", flat=True))
