"""What is kept of a row between its dry run and its import: all that is a person's, encrypted."""

import json
from dataclasses import dataclass
from typing import Any

from core import secrets
from core.refusals import Refusal
from marketplace import nip
from marketplace.models import PersonnelLine, PersonnelRun
from marketplace.nip import SEPARATORS
from marketplace.personnel_file.planning import Plan
from marketplace.personnel_file.reading import Cells


@dataclass(frozen=True)
class Kept:
    """An opened line. `asn` is the key of whom it is about; a change is as `Change.stored` says."""

    cells: dict[str, str]
    asn: int | None
    changes: list[list[str]]

    @property
    def name(self) -> str:
        return self.cells.get("name", "")

    @property
    def masked_nip(self) -> str:
        """Nothing of what is no number: anything may have been typed there."""
        digits = SEPARATORS.sub("", self.cells.get("nip", ""))
        return nip.mask(digits) if digits.isdecimal() and len(digits) == nip.DIGITS else ""


def sealed_line(run: PersonnelRun, row: Cells, plan: Plan) -> PersonnelLine:
    """The line to keep of a row and its plan."""
    kept = {
        "cells": dict(row.cells),
        "asn": plan.asn.pk if plan.asn else None,
        "changes": [change.stored() for change in plan.changes],
    }
    return PersonnelLine(
        run=run,
        row=row.row,
        leads_to=plan.leads_to,
        is_waiting=plan.writes,
        sealed=secrets.encrypt(json.dumps(kept)),
        reasons=stored(plan.refusals),
    )


def opened(line: PersonnelLine) -> Kept:
    """What a line says; nothing once it was carried over."""
    kept: dict[str, Any] = json.loads(secrets.decrypt(line.sealed)) if line.sealed else {}
    return Kept(kept.get("cells", {}), kept.get("asn"), kept.get("changes", []))


def stored(refusals: list[Refusal]) -> list[dict[str, Any]]:
    return [refusal.stored() for refusal in refusals]
