"""The way of an import: brought, checked, started, done, undone; a person takes each first step.

A worker moves a run piece by piece. Every piece is committed with its lines, so a worker that dies
loses one piece at most, and whoever comes next goes on where the lines say.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from cms.imports.applying import apply_piece
from cms.imports.checking import check_file
from cms.imports.undoing import undo_piece
from cms.models import ImportLine, ImportRun
from core import audit

logger = logging.getLogger(__name__)

State = ImportRun.State
STALE_AFTER = timedelta(seconds=45)
"""A run that nobody moved for so long lost its worker."""


class NotNow(Exception):
    """The run is not in the state from which this step is taken."""


@transaction.atomic
def start_import(run: ImportRun, *, by: User | None, publishes: bool) -> ImportRun:
    """Let a checked file become pages, live ones or drafts. Raises `NotNow`."""
    run = _locked(run, State.CHECKED)
    run.by, run.publishes = by, publishes
    audit.record(actor=by, action="import.started", subject=run, detail={"publishes": publishes})
    return _step(run, State.RUNNING)


@transaction.atomic
def undo_import(run: ImportRun, *, by: User | None) -> ImportRun:
    """Take a finished import back, as far as its pages stand as it left them. Raises `NotNow`."""
    run = _locked(run, State.DONE)
    run.by = by
    audit.record(actor=by, action="import.undone", subject=run)
    return _step(run, State.UNDOING)


def carry(run_id: int, *, seconds: float) -> bool:
    """Move a run until it rests or the time is over; whether it has further to go."""
    ends = time.monotonic() + seconds
    check_file(run_id)
    moving = True
    while moving and time.monotonic() < ends:
        moving = _carry_piece(run_id)
    return moving


def stale_runs() -> Iterable[int]:
    """Runs that a worker left lying."""
    before = timezone.now() - STALE_AFTER
    moving = ImportRun.objects.filter(state__in=ImportRun.MOVING, touched_at__lt=before)
    return moving.order_by("pk").values_list("pk", flat=True)


@transaction.atomic(durable=True)
def _carry_piece(run_id: int) -> bool:
    """One piece in one transaction. A run that another worker holds is left to it."""
    rows = ImportRun.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    run = rows.filter(pk=run_id, state__in=[State.RUNNING, State.UNDOING]).first()
    if run is None:
        return False
    forward = run.state == State.RUNNING
    carried = apply_piece(run) if forward else undo_piece(run, by=run.by)
    if carried:
        run.save(update_fields=["touched_at"])
        return True
    run.finished_at = timezone.now()
    _step(run, State.DONE if forward else State.UNDONE)
    logger.info("import finished", extra={"run": run.pk, "state": run.state})
    return False


def _locked(run: ImportRun, state: str) -> ImportRun:
    rows = ImportRun.objects.select_for_update(no_key=True).filter(pk=run.pk, state=state)
    locked = rows.first()
    if locked is None:
        raise NotNow
    return locked


def _step(run: ImportRun, state: str) -> ImportRun:
    run.state = state
    run.save(update_fields=["by", "publishes", "state", "finished_at", "touched_at"])
    return run


# --- What became of a run ------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """How many rows of a file lead to what, and how far the work on them is."""

    actions: Counter[str]
    outcomes: Counter[str]
    waiting: int

    @property
    def total(self) -> int:
        return self.actions.total()

    @property
    def to_carry(self) -> int:
        """Rows that lead to a page."""
        return self.actions[ImportLine.Action.CREATE] + self.actions[ImportLine.Action.CHANGE]

    @property
    def carried(self) -> int:
        return self.to_carry - self.waiting

    @property
    def undone(self) -> int:
        """Rows whose undo has been decided."""
        return self.carried - self.outcomes[ImportLine.Outcome.APPLIED]


def tally(run: ImportRun) -> Tally:
    """Count the lines of a run."""
    actions: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    counted = run.lines.order_by().values_list("action", "outcome").annotate(Count("pk"))
    for action, outcome, number in counted:
        actions[action] += number
        outcomes[outcome] += number
    return Tally(actions, outcomes, waiting=run.lines.waiting().count())
