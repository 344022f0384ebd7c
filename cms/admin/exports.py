"""Wagtail's spreadsheets, with no cell that a spreadsheet program would take for a formula."""

from typing import Any

from core.spreadsheets import guarded


class PlainCells:
    """Before Wagtail's export mixin: text that begins like a formula gets an apostrophe in CSV.

    In XLSX Wagtail itself writes such text as text.
    """

    FORMAT_CSV: str

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        """What is written into a cell."""
        said = super().preprocess_field_value(field, value, export_format)  # type: ignore[misc]
        in_csv = isinstance(said, str) and export_format == self.FORMAT_CSV
        return guarded(said) if in_csv else said
