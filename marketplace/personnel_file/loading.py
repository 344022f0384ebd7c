"""The personnel file by command: all of it, or none of it with every bad row named."""

from collections.abc import Iterable
from pathlib import Path

from django.db import transaction

from core.locks import WRITE_PERSONNEL, wait_alone
from core.refusals import Refused
from core.sheets import read_sheet
from marketplace.personnel_file.planning import Leads, Plan, plan_rows
from marketplace.personnel_file.reading import Cells, Reader, table_of
from marketplace.personnel_file.reasons import told
from marketplace.personnel_file.writing import write_plans
from marketplace.tables import BadRow, Loaded, TableRefused


def load_people(path: Path, *, dry_run: bool = False) -> Loaded:
    """Import the personnel office's CSV or XLSX; `dry_run` only counts. See `import_people`."""
    try:
        rows = table_of(read_sheet(path.read_bytes() if path.is_file() else b""))
    except Refused as refused:
        raise TableRefused([BadRow(1, told(refused.refusal.stored()))]) from refused
    return import_people(rows, dry_run=dry_run)


@transaction.atomic
def import_people(rows: Iterable[Cells], *, dry_run: bool = False) -> Loaded:
    """Enter the people who are new and renew the others; the same rows again change nothing.

    A new person's home and agency hold from `valid_from`; a known person's move is dated today or
    later. `home_kelurahan` is a Kemendagri code, an unmistakable name, or "luar kota". A home that
    the person chose since the file last told another one stands.
    Raises `TableRefused` with every bad row, by line and reason; then nothing is imported.
    """
    wait_alone(WRITE_PERSONNEL)
    reader = Reader()
    plans = plan_rows([reader.understand(row) for row in rows], locking=not dry_run)
    bad = [BadRow(plan.row, told(refusal.stored())) for plan in plans for refusal in plan.refusals]
    if bad:
        raise TableRefused(bad)
    if not dry_run:
        write_plans(plans, by=None, purpose="load_asn")
    return _counted(plans)


def _counted(plans: list[Plan]) -> Loaded:
    created = sum(plan.leads(Leads.CREATED) for plan in plans)
    unchanged = sum(plan.leads(Leads.SAME) for plan in plans)
    return Loaded(created=created, changed=len(plans) - created - unchanged, unchanged=unchanged)
