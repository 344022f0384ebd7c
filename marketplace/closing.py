"""Closing a month: its rows are fixed, cut into safe blocks and released, once.

In two steps that can be resumed: a transaction of milliseconds lets no more rows in; then the
blocks are computed from rows that no longer change and written in one transaction. See
docs/figures.md.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from core.calendar import last_day, next_month, previous_month
from marketplace import booked, books, counter, recognition, releases
from marketplace.blocks import ROOT, Cut
from marketplace.booked import Booked
from marketplace.errors import MonthNotClosable
from marketplace.lenses import MonthCut, World, cut_month
from marketplace.models import (
    Agency,
    Block,
    BookMonth,
    Category,
    Lens,
    Purchase,
    Region,
    Release,
    Residents,
    ShopReach,
    ShopTakings,
    Spread,
    Staff,
    Stayed,
    Turnout,
)
from marketplace.reach import Reach, reached_by
from marketplace.rounding import rounded, rounding_unit
from marketplace.spread import Spreading, measure_spread
from marketplace.takings import Taken, taken_by_shop
from marketplace.turnout import Counted, count_residents, count_staff, count_turnout

CLOSING_TIMEOUT = "60s"


@dataclass(frozen=True)
class Preview:
    """What closing would release: the blocks, or None if the month would wait for the next."""

    months: tuple[date, ...]
    month: MonthCut | None

    @property
    def blocks(self) -> list[Cut] | None:
        """The blocks of the lens of homes."""
        return self.month.of(Lens.HOME) if self.month else None


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
    rows = booked.rows(months, as_of=timezone.now())
    may_go = counter.rest_is_safe(months)
    return Preview(months, _cut(rows, months) if may_go else None)


def months_due(today: date) -> list[date]:
    """The ended months that are not yet released, in order, once CLOSING_DAY has come."""
    first = BookMonth.objects.filter(state=BookMonth.State.CLOSED).aggregate(first=Min("month"))
    month = first["first"] or _next_to_close()
    due = []
    while month is not None and today >= books.closes_on(month):
        due.append(month)
        month = next_month(month)
    return due


@dataclass(frozen=True)
class Computed:
    """All that one closing releases, and the digest of the rows that it stands for."""

    digest: str
    cut: MonthCut
    reach: list[Reach]
    turnout: list[Counted]
    spread: Spreading
    residents: dict[str, int]
    staff: dict[int, int]
    taken: list[Taken]
    unit: int


@transaction.atomic(durable=True)
def _mark_closed(month: date) -> None:
    """Milliseconds: wait for the recordings under way, then let no more in.

    The month before is locked as well: while nothing is closed yet, a purchase under way there
    decides which month is the first one.
    """
    books.lock_month(previous_month(month))
    books.lock_month(month)
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
    found = _computed(months) if counter.rest_is_safe(months) else None
    with transaction.atomic(durable=True):
        book = BookMonth.objects.select_for_update().get(month=month)
        if book.state != BookMonth.State.CLOSED:  # another process was faster
            return Release.objects.filter(month=month, lens=Lens.HOME).first()
        if found is None:
            BookMonth.objects.filter(month=month).update(state=BookMonth.State.WITHHELD)
            return None
        release = _write(months, found)
        BookMonth.objects.filter(month__in=months).update(state=BookMonth.State.RELEASED)
        recognition.count_anew(months[-1])
        return release


def _computed(months: Sequence[date]) -> Computed | None:
    """All that is released of these months, or None if the city as a whole is unsafe."""
    book = BookMonth.objects.get(month=months[-1])
    with transaction.atomic(), _collector_at_rest():
        with connection.cursor() as cursor:
            # Between two statements it reckons for long; it holds nothing that anybody waits for.
            cursor.execute(
                f"SET LOCAL statement_timeout = '{CLOSING_TIMEOUT}';"
                " SET LOCAL idle_in_transaction_session_timeout = 0"
            )
        rows = booked.rows(months, as_of=book.closed_at)
        cut = _cut(rows, months)
        if cut is None:
            return None
        unit = rounding_unit(cut.city.amount)
        agencies = [each.keys for each in cut.of(Lens.AGENCY)]
        ledger = cut.ledgers[Lens.AGENCY]
        return Computed(
            digest=booked.digest(rows),
            cut=cut,
            reach=list(reached_by(months[-1])),
            turnout=count_turnout(ledger, agencies, months=months),
            spread=measure_spread(rows, months=months),
            residents=count_residents(last_day(months[-1])),
            staff=count_staff(last_day(months[-1])),
            taken=taken_by_shop(rows, safety=releases.safety(), unit=unit),
            unit=unit,
        )


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Python's cycle collector away: all that is made here is held to the end, and without it the
    reckoning takes half the time."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


def _cut(rows: Sequence[Booked], months: Sequence[date]) -> MonthCut | None:
    return cut_month(rows, world=_world(), months=months, safety=releases.safety())


def _write(months: Sequence[date], found: Computed) -> Release:
    """The releases of all lenses with what hangs on them; returns that of homes."""
    written = {
        cut.lens: Release.objects.create(
            lens=cut.lens,
            month=months[-1],
            first_month=months[0],
            digest=found.digest,
            buyers=found.cut.city.buyers,
            shops=found.cut.city.owners,
            unit=cut.unit,
        )
        for cut in found.cut.lenses
    }
    for cut in found.cut.lenses:
        Block.objects.bulk_create(_block(written[cut.lens], block) for block in cut.cuts)
    _write_people(written[Lens.HOME], written[Lens.AGENCY], found)
    _write_shops(written[Lens.HOME], written.get(Lens.SHOP), found)
    return written[Lens.HOME]


def _block(release: Release, cut: Cut) -> Block:
    return Block(
        release=release,
        keys=sorted(cut.keys),
        amount=rounded(cut.amount, release.unit),
        purchases=cut.purchases,
        buyers=cut.buyers,
        shops=cut.owners,
    )


def _write_people(home: Release, agency: Release, found: Computed) -> None:
    Residents.objects.bulk_create(
        Residents(release=home, place_id=place, asn=count)
        for place, count in found.residents.items()
    )
    Staff.objects.bulk_create(
        Staff(release=home, agency_id=agency_id, asn=count)
        for agency_id, count in found.staff.items()
    )
    Turnout.objects.bulk_create(
        Turnout(release=agency, **(vars(counted) | {"agencies": sorted(counted.agencies)}))
        for counted in found.turnout
    )


def _write_shops(home: Release, shop: Release | None, found: Computed) -> None:
    ShopReach.objects.bulk_create(
        ShopReach(release=home, umkm_id=reach.umkm_id, buyers=reach.buyers) for reach in found.reach
    )
    ShopTakings.objects.bulk_create(
        ShopTakings(release=home, unit=found.unit, **vars(taken)) for taken in found.taken
    )
    Spread.objects.create(release=home, **vars(found.spread))
    Stayed.objects.bulk_create(
        Stayed(
            release=shop,
            place_id=stayed.place,
            of_spent=stayed.of_spent,
            of_received=stayed.of_received,
        )
        for stayed in (found.cut.stayed if shop else ())
    )


def _world() -> World:
    """Every place a home or a shop may be in, and the kecamatan it lies in; outside hangs on the
    root. Every agency and every kind of shop, also those without a purchase."""
    places = Region.objects.places().values_list("code", "level", "parent_id")
    return World(
        parents={
            code: parent if level == Region.Level.KELURAHAN else ROOT
            for code, level, parent in places
        },
        agencies=list(Agency.objects.order_by("code").values_list("code", flat=True)),
        categories=list(Category.objects.order_by("slug").values_list("slug", flat=True)),
    )


def _next_to_close() -> date | None:
    """The month after the last closed one, else the first month of the ledger."""
    last = books.last_closed()
    if last is not None:
        return next_month(last)
    first: date | None = Purchase.objects.aggregate(first=Min("book_month"))["first"]
    return first


def _withheld_before(month: date) -> list[date]:
    """The withheld months right before `month`, oldest first: they are released with it."""
    found = BookMonth.objects.filter(month__lt=month, state=BookMonth.State.WITHHELD)
    return list(found.order_by("month").values_list("month", flat=True))
