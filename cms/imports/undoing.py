"""A finished import is taken back, where its pages still stand as it left them.

What somebody edited, published, withdrew or built upon since is theirs: it is kept, and told.
"""

from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page, Revision

from accounts.models import User
from cms.models import ImportLine, ImportRun
from marketplace import keeping

PIECE = 25
Outcome = ImportLine.Outcome


def undo_piece(run: ImportRun, *, by: User | None) -> int:
    """Take back the next lines, the last of the file first; how many there were."""
    lines = list(run.lines.standing()[:PIECE])
    for line in lines:
        line.outcome = _undone(line, by)
    ImportLine.objects.bulk_update(lines, ["outcome"])
    return len(lines)


def _undone(line: ImportLine, by: User | None) -> str:
    page = Page.objects.select_for_update(no_key=True).filter(pk=line.page_id).first()
    if page is None:
        return Outcome.UNDONE  # deleted by somebody already
    if not _stands_as_left(line, page):
        return Outcome.KEPT
    if line.action == ImportLine.Action.CREATE:
        return _remove(page.specific, by)
    return _revert(line, by)


def _stands_as_left(line: ImportLine, page: Page) -> bool:
    same = page.latest_revision_id == line.revision_after and page.live == line.was_live
    return bool(same and not page.locked)


def _remove(page: Any, by: User | None) -> str:
    """Delete a page that the import made; where money went there, only its page leaves the view."""
    if page.numchild:
        return Outcome.KEPT
    if keeping.is_needed(page):
        UnpublishPageAction(page, user=by).execute(skip_permission_checks=True)
        return Outcome.UNPUBLISHED
    try:
        with transaction.atomic():
            DeletePageAction(page, user=by).execute(skip_permission_checks=True)
    except ProtectedError:  # something else points at it
        return Outcome.KEPT
    return Outcome.UNDONE


def _revert(line: ImportLine, by: User | None) -> str:
    """Make the revision before the import the page's newest one."""
    former = Revision.objects.filter(pk=line.revision_before).first()
    if former is None:
        return Outcome.KEPT
    page = former.as_object()
    revision = page.save_revision(
        user=by, log_action="wagtail.revert", previous_revision=former, clean=False
    )
    if line.was_live:
        revision.publish(user=by, previous_revision=former, skip_permission_checks=True)
    return Outcome.UNDONE
