"""The way of a personnel file: brought, checked, started by a person, done; or dropped.

A worker carries it over piece by piece, each committed with its lines: one that dies loses a piece
at most, and the next goes on. What is done is what was shown: a row that would by now lead to
something else is refused.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import audit, logs, secrets
from core.locks import WRITE_PERSONNEL, wait_alone
from core.refusals import Refusal, Refused, SheetReason
from core.sheets import MOST_BYTES, read_sheet
from marketplace.models import PersonnelLine, PersonnelRun
from marketplace.personnel_file.lines import Kept, opened, sealed_line, stored
from marketplace.personnel_file.planning import Leads, Plan, plan_rows
from marketplace.personnel_file.reading import Cells, Reader, table_of
from marketplace.personnel_file.reasons import Reason
from marketplace.personnel_file.writing import write_plans

logger = logging.getLogger(__name__)

State = PersonnelRun.State
PIECE = 200
"""Rows in one transaction: who buys meanwhile never waits for long."""
STALE_AFTER = timedelta(seconds=45)
KEPT = timedelta(days=1)
MOST_ATTEMPTS = 3
"""A file that ends every worker that opens it is not opened again."""
ALL = "rows"


class NotNow(Exception):
    """The run is not in the state from which this step is taken."""


# --- What a person does --------------------------------------------------------------------------


@transaction.atomic
def bring_file(*, content: bytes, file_name: str, by: User) -> PersonnelRun:
    """Keep a file, encrypted, until a worker reads it within seconds."""
    too_large = len(content) > MOST_BYTES
    refusal = Refusal(SheetReason.TOO_LARGE, facts={"most": MOST_BYTES // 1024**2})
    run = PersonnelRun.objects.create(
        by=by,
        file_name=str(logs.mask(file_name))[-200:],
        content=None if too_large else secrets.encrypt_bytes(content),
        state=State.FAILED if too_large else State.UPLOADED,
        refusal=refusal.stored() if too_large else None,
    )
    audit.record(actor=by, action="personnel.brought", subject=run)
    return run


@transaction.atomic
def start(run: PersonnelRun, *, by: User) -> PersonnelRun:
    """Let what the dry run showed be written. Raises `NotNow`."""
    run = _locked(run)
    run.by = by
    audit.record(actor=by, action="personnel.started", subject=run)
    return _step(run, State.RUNNING)


@transaction.atomic
def drop(run: PersonnelRun, *, by: User) -> PersonnelRun:
    """Forget a file that was only looked at. Raises `NotNow`."""
    run = _locked(run)
    audit.record(actor=by, action="personnel.dropped", subject=run)
    return _drop(run)


def _locked(run: PersonnelRun) -> PersonnelRun:
    rows = PersonnelRun.objects.select_for_update(no_key=True)
    locked = rows.filter(pk=run.pk, state=State.CHECKED).first()
    if locked is None:
        raise NotNow
    return locked


def _step(run: PersonnelRun, state: str) -> PersonnelRun:
    run.state = state
    run.save(update_fields=["by", "state", "counts", "content", "finished_at", "touched_at"])
    return run


def _drop(run: PersonnelRun) -> PersonnelRun:
    run.lines.all().delete()
    run.content, run.finished_at = None, timezone.now()
    return _step(run, State.DROPPED)


# --- What workers do -----------------------------------------------------------------------------


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
    moving = PersonnelRun.objects.filter(state__in=PersonnelRun.MOVING, touched_at__lt=before)
    return moving.order_by("pk").values_list("pk", flat=True)


def forget() -> int:
    """Drop every file that was not finished within a day; how many there were."""
    before = timezone.now() - KEPT
    waiting = [State.UPLOADED, State.CHECKED, State.RUNNING]
    dropped = 0
    for pk in PersonnelRun.objects.filter(state__in=waiting, created_at__lt=before).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            rows = PersonnelRun.objects.select_for_update(no_key=True, skip_locked=True)
            run = rows.filter(pk=pk, state__in=waiting).first()
            if run is not None:
                _drop(run)
                dropped += 1
    return dropped


def check_file(run_id: int) -> None:
    """Read a file and write its lines: the dry run. Done twice, the second finds it done."""
    run = PersonnelRun.objects.filter(pk=run_id, state=State.UPLOADED).first()
    if run is None:
        return
    run.attempts += 1
    run.save(update_fields=["attempts", "touched_at"])
    try:
        if run.attempts > MOST_ATTEMPTS:
            raise Refused(SheetReason.DAMAGED)
        rows = table_of(read_sheet(secrets.decrypt_bytes(bytes(run.content or b""))))
    except Refused as refused:
        _fail(run, refused)
    else:
        _write_lines(run, rows)


@transaction.atomic
def _fail(run: PersonnelRun, refused: Refused) -> None:
    if _is_still_unread(run):
        run.state, run.content = State.FAILED, None
        run.refusal = refused.refusal.stored()
        run.finished_at = timezone.now()
        run.save(update_fields=["state", "content", "refusal", "finished_at", "touched_at"])
        logger.info("personnel file not readable", extra={"run": run.pk, "reason": str(refused)})


@transaction.atomic
def _write_lines(run: PersonnelRun, rows: Sequence[Cells]) -> None:
    if not _is_still_unread(run):
        return
    reader = Reader()
    plans = plan_rows([reader.understand(row) for row in rows])
    lines = [sealed_line(run, row, plan) for row, plan in zip(rows, plans, strict=True)]
    PersonnelLine.objects.bulk_create(lines, batch_size=500)
    run.content, run.counts = None, _counted(lines)
    _step(run, State.CHECKED)
    logger.info("personnel file checked", extra={"run": run.pk, "rows": len(lines)})


def _is_still_unread(run: PersonnelRun) -> bool:
    """Whether no second worker was faster; its row is locked until the commit."""
    rows = PersonnelRun.objects.select_for_update(no_key=True)
    return rows.filter(pk=run.pk, state=State.UPLOADED).exists()


def _counted(lines: Iterable[PersonnelLine]) -> dict[str, int]:
    counts = Counter(what for line in lines for what in [ALL, *line.leads_to])
    return dict(counts)


@transaction.atomic(durable=True)
def _carry_piece(run_id: int) -> bool:
    """One piece in one transaction. A run that another worker holds is left to it."""
    rows = PersonnelRun.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    run = rows.filter(pk=run_id, state=State.RUNNING).select_related("by").first()
    if run is None:
        return False
    lines = list(run.lines.filter(is_waiting=True).order_by("row")[:PIECE])
    if lines:
        _apply(run, lines)
        run.save(update_fields=["touched_at"])
        return True
    _finish(run)
    return False


def _apply(run: PersonnelRun, lines: Sequence[PersonnelLine]) -> None:
    wait_alone(WRITE_PERSONNEL)
    reader = Reader()
    kept = [opened(line) for line in lines]
    rows = [Cells(line.row, said.cells) for line, said in zip(lines, kept, strict=True)]
    plans = plan_rows([reader.understand(row) for row in rows], locking=True)
    for line, said, plan in zip(lines, kept, plans, strict=True):
        if not _is_as_shown(line, said, plan):
            plan.refusals = [Refusal(Reason.MEANWHILE)]
            line.leads_to, line.reasons = [Leads.REFUSED], stored(plan.refusals)
            line.save(update_fields=["leads_to", "reasons"])
    write_plans(plans, by=run.by, purpose=f"personnel file {run.pk}")
    run.lines.filter(pk__in=[line.pk for line in lines]).update(is_waiting=False)


def _is_as_shown(line: PersonnelLine, said: Kept, plan: Plan) -> bool:
    now = plan.asn.pk if plan.asn else None
    changes = [change.stored() for change in plan.changes]
    return (line.leads_to, said.asn, said.changes) == (plan.leads_to, now, changes)


def _finish(run: PersonnelRun) -> None:
    """Of the people in the file nothing is kept here: only where rows were refused, and why."""
    lines = run.lines.only("run", "row", "leads_to")
    run.counts = _counted(lines)
    run.lines.exclude(leads_to__contains=[Leads.REFUSED]).delete()
    run.lines.update(sealed="")
    run.finished_at = timezone.now()
    _step(run, State.DONE)
    logger.info("personnel file carried over", extra={"run": run.pk})
