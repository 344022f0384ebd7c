"""A file is brought, and read into lines that say what each row would lead to: the dry run."""

import hashlib
import logging
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from cms.imports.columns import Choices, Table, Understood, as_table, understand
from cms.imports.planning import Plan, plan_rows
from cms.models import ImportLine, ImportRun
from core.refusals import Refusal, Refused, SheetReason
from core.sheets import MOST_BYTES, Sheet, read_sheet

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
"""A file that ends every worker that opens it is not opened again."""
LONGEST_FILE_NAME = 200


@transaction.atomic
def bring_file(*, content: bytes, file_name: str, by: User | None = None) -> ImportRun:
    """Keep a file to be read; one that is too large is not even kept."""
    too_large = Refusal(SheetReason.TOO_LARGE, facts={"most": MOST_BYTES // 1024**2})
    refused = too_large if len(content) > MOST_BYTES else None
    return ImportRun.objects.create(
        by=by,
        file_name=file_name[-LONGEST_FILE_NAME:],
        digest=hashlib.sha256(content).hexdigest(),
        content=None if refused else content,
        state=ImportRun.State.FAILED if refused else ImportRun.State.UPLOADED,
        refusal=refused.stored() if refused else None,
    )


def check_file(run_id: int) -> None:
    """Read a file and write its lines; done twice, the second finds it done."""
    run = ImportRun.objects.filter(pk=run_id, state=ImportRun.State.UPLOADED).first()
    if run is None:
        return
    run.attempts += 1
    run.save(update_fields=["attempts", "touched_at"])
    try:
        if run.attempts > MOST_ATTEMPTS:
            raise Refused(SheetReason.DAMAGED)
        sheet = read_sheet(bytes(run.content or b""))
        table = as_table(sheet)
    except Refused as refused:
        _fail(run, refused)
    else:
        _write_lines(run, sheet, table)


@transaction.atomic
def _fail(run: ImportRun, refused: Refused) -> None:
    if _is_still_unread(run):
        run.state = ImportRun.State.FAILED
        run.refusal = refused.refusal.stored()
        run.content = None
        run.finished_at = timezone.now()
        run.save(update_fields=["state", "refusal", "content", "finished_at", "touched_at"])
        logger.info("import not readable", extra={"run": run.pk, "reason": str(refused)})


@transaction.atomic
def _write_lines(run: ImportRun, sheet: Sheet, table: Table) -> None:
    if not _is_still_unread(run):
        return
    choices = Choices()
    rows = [understand(line, table, choices) for line in table.lines]
    lines = _lines(run, rows, plan_rows(table.kind, rows))
    ImportLine.objects.bulk_create(lines, batch_size=500)
    run.kind = table.kind
    run.has_merged_cells = sheet.has_merged_cells
    run.state = ImportRun.State.CHECKED
    run.content = None
    run.save(update_fields=["kind", "has_merged_cells", "state", "content", "touched_at"])
    logger.info("import checked", extra={"run": run.pk, "rows": len(lines)})


def _is_still_unread(run: ImportRun) -> bool:
    """Whether no second worker was faster; its row is locked until the commit."""
    unread = ImportRun.objects.select_for_update(no_key=True).filter(
        pk=run.pk, state=ImportRun.State.UPLOADED
    )
    return unread.exists()


def _lines(run: ImportRun, rows: Sequence[Understood], plans: Sequence[Plan]) -> list[ImportLine]:
    return [_line(run, row, plan) for row, plan in zip(rows, plans, strict=True)]


def _line(run: ImportRun, row: Understood, plan: Plan) -> ImportLine:
    return ImportLine(
        run=run,
        row=row.row,
        name=_name(row),
        action=plan.action,
        values=row.values,
        before=plan.before,
        after=plan.after,
        reasons=[refusal.stored() for refusal in plan.refusals],
        page_id=plan.page,
    )


def _name(row: Understood) -> str:
    """What a row is about: its title, with the shop of a product."""
    title = row.values.get("title", row.values.get("code", ""))
    shop = row.values.get("shop_name")
    return f"{title} ({shop})" if shop else str(title)
