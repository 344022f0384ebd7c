"""Loading the kinds of shops from CSV."""

import re
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.models import Category
from marketplace.tables import (
    CellRefused,
    Loaded,
    Row,
    each_row,
    needed,
    read_rows,
    refuse_repeated,
    save_all,
)

COLUMNS = ["slug", "name_id", "name_en"]
"""What a file must have; the order of its lines is the order in which categories are shown."""


@transaction.atomic
def load_categories(path: Path) -> Loaded:
    """Load categories in both languages; an unchanged file changes nothing.

    Raises `TableRefused` with every bad row; then nothing is loaded.
    """
    rows = read_rows(path, columns=COLUMNS)
    refuse_repeated(rows, "slug")
    positions = {row.line: position for position, row in enumerate(rows)}
    categories = each_row(rows, lambda row: _category(row, position=positions[row.line]))
    return save_all(categories, key="slug", columns=["name", "name_en", "position"])


def _category(row: Row, *, position: int) -> Category:
    slug = needed(row, "slug", most=50)
    if not re.fullmatch(r"[a-z0-9_-]+", slug):
        raise CellRefused(_("slug holds small letters, digits, - and _ only"))
    return Category(
        slug=slug,
        name=needed(row, "name_id", most=60),
        name_en=needed(row, "name_en", most=60),
        position=position,
    )
