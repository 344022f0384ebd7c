"""Lines of a checked file become pages: new ones by the hundred, changed ones each with a revision.

A piece is one transaction: it looks at the catalogue again, writes pages and lines together, and so
can be broken off anywhere and begun again.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.models import Page

from accounts.models import User
from cms.bulk import add_pages
from cms.imports.columns import Understood, Values
from cms.imports.planning import COORDINATES, FIELDS, MODELS, Action, Plan, plan_rows
from cms.imports.reasons import Reason, Refusal
from cms.models import ImportLine, ImportRun, UmkmIndexPage

PIECE = 50
"""Lines in one transaction: an editor who saves meanwhile waits for less than a second or two."""
WRITTEN = [
    "action",
    "outcome",
    "before",
    "reasons",
    "page",
    "revision_before",
    "revision_after",
    "was_live",
]

Planned = tuple[ImportLine, Plan]


def apply_piece(run: ImportRun) -> int:
    """Carry the next lines into the catalogue; how many there were."""
    lines = list(run.lines.waiting()[:PIECE])
    if not lines:
        return 0
    catalogue = UmkmIndexPage.objects.get()
    _lock([catalogue.pk])
    plans = plan_rows(run.kind, [Understood(line.row, line.values, []) for line in lines])
    planned = list(zip(lines, plans, strict=True))
    for line, plan in planned:
        line.action, line.page_id, line.before = plan.action, plan.page, plan.before
        line.reasons = [refusal.stored() for refusal in plan.refusals]
    _create(run, [each for each in planned if each[1].action == Action.CREATE], catalogue)
    for line, plan in planned:
        if plan.action == Action.CHANGE:
            _change(run, line)
    ImportLine.objects.bulk_update(lines, WRITTEN)
    return len(lines)


def _lock(pages: Sequence[int]) -> dict[int, Page]:
    """Pages below which others are added, as they stand, with their rows locked in one order."""
    rows = Page.objects.select_for_update(no_key=True).order_by("pk").filter(pk__in=pages)
    return {page.pk: page for page in rows}


# --- New pages -----------------------------------------------------------------------------------


def _create(run: ImportRun, planned: Sequence[Planned], catalogue: UmkmIndexPage) -> None:
    below = [plan.shop or catalogue.pk for _line, plan in planned]
    parents = _lock(list(set(below)))
    pages = [_new_page(run.kind, line.values) for line, _plan in planned]
    add_pages(pages, parents=[parents[pk] for pk in below], live=run.publishes, by=run.by)
    for (line, _plan), page in zip(planned, pages, strict=True):
        _note(line, page)


def _new_page(kind: str, values: Values) -> Any:
    page = MODELS[kind]()
    _fill(kind, page, values)
    return page


def _fill(kind: str, page: Any, values: Values) -> None:
    """Let a page say what a row says."""
    for key in FIELDS[kind]:
        if key in values:
            value = values[key]
            exact = key in COORDINATES and value is not None
            setattr(page, key, Decimal(value) if exact else value)


def _note(line: ImportLine, page: Any) -> None:
    """How the import left a page: what is otherwise later was edited."""
    line.page_id = page.pk
    line.revision_after = page.latest_revision_id
    line.was_live = page.live
    line.outcome = ImportLine.Outcome.APPLIED


# --- Changed pages -------------------------------------------------------------------------------


def _change(run: ImportRun, line: ImportLine) -> None:
    try:
        with transaction.atomic():
            _write_change(run, line)
    except ValidationError as error:
        said = "; ".join(error.messages)
        line.action = Action.REFUSE
        line.reasons = [Refusal(Reason.PAGE_REFUSES, facts={"said": said}).stored()]


def _write_change(run: ImportRun, line: ImportLine) -> None:
    stands = MODELS[run.kind].objects.get(pk=line.page_id)
    if stands.latest_revision_id is None:  # loaded without history: what it said comes first
        stands.save_revision(changed=False, clean=False)
    page = stands.get_latest_revision_as_object()
    line.revision_before = stands.latest_revision_id
    _fill(run.kind, page, line.values)
    _save(page, by=run.by, publishes=run.publishes and stands.live)
    _note(line, MODELS[run.kind].objects.get(pk=line.page_id))


def _save(page: Any, *, by: User | None, publishes: bool) -> None:
    """A revision in the page's history; the right to publish was asked for when the run began."""
    revision = page.save_revision(user=by, log_action=True)
    if publishes:
        revision.publish(user=by, skip_permission_checks=True)
