"""A finished import is taken back, where its pages still stand as it left them.

What somebody edited, published, withdrew or built upon since is theirs: it is kept, and told why.
"""

from collections.abc import Sequence
from dataclasses import replace

from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page, Revision

from accounts.models import User
from cms.bulk_edits import open_pages, save_edits
from cms.bulk_removal import remove_pages
from cms.imports.applying import edit_of
from cms.imports.filling import MODELS
from cms.imports.pieces import do_piece, lock_pages, page_of, save_lines
from cms.imports.reasons import Reason
from cms.models import ImportLine, ImportRun
from core.refusals import Refusal
from marketplace import keeping

PIECE = 100
Outcome, Action = ImportLine.Outcome, ImportLine.Action


def undo_piece(run: ImportRun, *, by: User | None) -> int:
    """Take back the next lines, the last of the file first; how many there were."""
    lines = list(run.lines.standing()[:PIECE])
    pages = lock_pages(line.page_id for line in lines if line.page_id)
    standing = [line for line in lines if _stands(line, pages)]
    made = [line for line in standing if line.action == Action.CREATE]
    changed = [line for line in standing if line.action == Action.CHANGE]
    do_piece(
        _with_nobody_needing(made, pages, by), lambda some: _remove(run, some, by), refuse=_keep
    )
    do_piece(changed, lambda some: _revert(run, some, by), refuse=_keep)
    save_lines(lines, ["outcome", "reasons"])
    return len(lines)


def _keep(line: ImportLine, why: Reason | None = None) -> None:
    line.outcome = Outcome.KEPT
    if why:
        line.reasons = [Refusal(why).stored()]


def _stands(line: ImportLine, pages: dict[int, Page]) -> bool:
    """Whether a page is as the import left it; else what becomes of its line."""
    page = pages.get(line.page_id or 0)
    if page is None:
        line.outcome = Outcome.UNDONE  # deleted by somebody already
    elif page.latest_revision_id != line.revision_after or page.live != line.was_live:
        _keep(line, Reason.EDITED_SINCE)
    elif page.locked:
        _keep(line, Reason.LOCKED)
    else:
        return True
    return False


def _with_nobody_needing(
    lines: Sequence[ImportLine], pages: dict[int, Page], by: User | None
) -> list[ImportLine]:
    """New pages that may be deleted; where money went there, only the page leaves the view."""
    needed = keeping.needed([pages[page_of(line)] for line in lines])
    free = []
    for line in lines:
        if pages[page_of(line)].numchild:
            _keep(line, Reason.HAS_PRODUCTS)
        elif line.page_id in needed:
            page = pages[page_of(line)].specific
            UnpublishPageAction(page, user=by).execute(skip_permission_checks=True)
            line.outcome = Outcome.UNPUBLISHED
        else:
            free.append(line)
    return free


def _remove(run: ImportRun, lines: Sequence[ImportLine], by: User | None) -> None:
    pages = MODELS[run.kind]._default_manager.in_bulk([page_of(line) for line in lines])
    remove_pages(list(pages.values()), by=by)
    for line in lines:
        line.outcome = Outcome.UNDONE


def _revert(run: ImportRun, lines: Sequence[ImportLine], by: User | None) -> None:
    """Let pages say again what they said before, each as a revision that tells which it repeats."""
    pages = open_pages(MODELS[run.kind], [page_of(line) for line in lines])
    revisions = [line.revision_before for line in lines if line.revision_before]
    former = Revision.objects.defer("content").in_bulk(revisions)
    edits = []
    for line in lines:
        edit = edit_of(pages[page_of(line)], line.before, publishes=line.was_live)
        edits.append(replace(edit, reverts=former.get(line.revision_before or 0)))
    save_edits(edits, by=by)
    for line in lines:
        line.outcome = Outcome.UNDONE
