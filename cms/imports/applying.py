"""Lines of a checked file become pages: new ones by the hundred, changed ones each with a revision.

A piece is one transaction: it looks at the catalogue again, writes pages and lines together, and so
can be broken off anywhere and begun again.
"""

from collections.abc import Sequence
from typing import Any

from cms.bulk import add_pages
from cms.bulk_edits import Edit, open_pages, save_edits
from cms.imports.columns import Understood
from cms.imports.filling import MODELS, fill, parts
from cms.imports.pieces import do_piece, lock_pages, page_of, save_lines
from cms.imports.planning import Action, Plan, plan_rows
from cms.models import ImportLine, ImportRun, UmkmIndexPage

PIECE = 100
"""Lines in one transaction: an editor who saves meanwhile waits for less than a second or two."""
WRITTEN = [
    "action",
    "outcome",
    "before",
    "after",
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
    if lines:
        catalogue = UmkmIndexPage.objects.get()
        lock_pages([catalogue.pk])
        do_piece(lines, lambda some: _carry(run, some, catalogue), refuse=_refuse)
        save_lines(lines, WRITTEN)
    return len(lines)


def _refuse(line: ImportLine) -> None:
    line.action, line.outcome = Action.REFUSE, ImportLine.Outcome.WAITING
    line.before, line.after, line.revision_before, line.revision_after = {}, {}, None, None


def _carry(run: ImportRun, lines: Sequence[ImportLine], catalogue: UmkmIndexPage) -> None:
    planned = _planned(run, lines)
    for line, plan in planned:
        line.action, line.page_id = plan.action, plan.page
        line.before, line.after = plan.before, plan.after
        line.reasons = [refusal.stored() for refusal in plan.refusals]
    _create(run, [each for each in planned if each[1].action == Action.CREATE], catalogue)
    _change(run, [each for each in planned if each[1].action == Action.CHANGE])


def _planned(run: ImportRun, lines: Sequence[ImportLine]) -> list[Planned]:
    """What each line leads to now, with its page locked until the commit.

    Pages that the dry run did not know are locked when they are found, and looked at once more.
    """
    rows = [Understood(line.row, line.values, []) for line in lines]
    locked = {line.page_id for line in lines if line.page_id}
    lock_pages(locked)
    plans = plan_rows(run.kind, rows)
    found = {plan.page for plan in plans if plan.page} - locked
    if found:
        lock_pages(found)
        plans = plan_rows(run.kind, rows)
    return list(zip(lines, plans, strict=True))


def _create(run: ImportRun, planned: Sequence[Planned], catalogue: UmkmIndexPage) -> None:
    below = [plan.shop or catalogue.pk for _line, plan in planned]
    parents = lock_pages(below)
    pages: list[Any] = [MODELS[run.kind]() for _each in planned]
    for page, (_line, plan) in zip(pages, planned, strict=True):
        fill(page, plan.after)
    add_pages(pages, parents=[parents[pk] for pk in below], live=run.publishes, by=run.by)
    for (line, _plan), page in zip(planned, pages, strict=True):
        _note(line, page)


def _change(run: ImportRun, planned: Sequence[Planned]) -> None:
    pages = open_pages(MODELS[run.kind], [plan.page for _line, plan in planned if plan.page])
    edits = []
    for line, _plan in planned:
        page = pages[page_of(line)]
        line.revision_before = page.latest_revision_id
        edits.append(edit_of(page, line.after, publishes=run.publishes and page.live))
    save_edits(edits, by=run.by)
    for line, _plan in planned:
        _note(line, pages[page_of(line)])


def edit_of(page: Any, values: dict[str, Any], *, publishes: bool) -> Edit:
    """A page with a row's words in it. Raises `ValidationError` if the page does not take them."""
    former_title = page.title
    fill(page, values)
    page.clean_fields(exclude=[field.name for field in page._meta.fields if field.remote_field])
    return Edit(page, parts(values), former_title, publishes)


def _note(line: ImportLine, page: Any) -> None:
    """How the import left a page: what is otherwise later was edited."""
    line.page_id = page.pk
    line.revision_after = page.latest_revision_id
    line.was_live = page.live
    line.outcome = ImportLine.Outcome.APPLIED
