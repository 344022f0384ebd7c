"""Lines done many at a time, and yet one that cannot be done stops no other."""

import logging
from collections.abc import Callable, Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.db.models import ProtectedError
from wagtail.models import Page

from cms.imports.reasons import Reason
from cms.models import ImportLine
from core.refusals import Refusal
from marketplace.errors import MarketplaceError

logger = logging.getLogger(__name__)

CANNOT_BE = (ValidationError, DataError, IntegrityError, MarketplaceError)
"""What a page's words may lead to; anything else is no line's fault and breaks the piece off."""
Do = Callable[[Sequence[ImportLine]], None]


def do_piece(lines: Sequence[ImportLine], do: Do, *, refuse: Callable[[ImportLine], None]) -> None:
    """Do something with all lines or, where that cannot be, with each half of them.

    A single line that cannot be done is refused and told why. The lines are not saved.
    """
    if not lines:
        return
    try:
        with transaction.atomic():
            do(lines)
    except CANNOT_BE as error:
        if len(lines) == 1:
            lines[0].reasons = [_why(error).stored()]
            refuse(lines[0])
            return
        half = len(lines) // 2
        for some in (lines[:half], lines[half:]):
            do_piece(some, do, refuse=refuse)


def _why(error: Exception) -> Refusal:
    """What is told of it: a database's own words may hold what others wrote."""
    if isinstance(error, ValidationError):
        return Refusal(Reason.PAGE_REFUSES, facts={"said": "; ".join(error.messages)})
    if isinstance(error, ProtectedError):  # a kind of IntegrityError
        return Refusal(Reason.IN_USE)
    logger.info("import line not taken", extra={"error": type(error).__name__})
    return Refusal(Reason.NOT_TAKEN)


def lock_pages(keys: Iterable[int]) -> dict[int, Page]:
    """Pages as they stand, with their rows locked in one order."""
    rows = Page.objects.select_for_update(no_key=True).order_by("pk").filter(pk__in=set(keys))
    return {page.pk: page for page in rows}


def page_of(line: ImportLine) -> int:
    """The key of the page that a line is about, where it is known to have one."""
    assert line.page_id is not None
    return line.page_id


def save_lines(lines: Sequence[ImportLine], columns: Sequence[str]) -> None:
    """Write columns of lines that are there; an upsert, which is quicker than many an update."""
    ImportLine.objects.bulk_create(
        lines, update_conflicts=True, unique_fields=["id"], update_fields=columns
    )
