"""Cells of the fill-in template: text stays text, what was typed is read as it was typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reporting.enums import Kind

BOLD = Font(bold=True)
GREY = PatternFill("solid", fgColor="EEEEEE")
OPEN = Protection(locked=False)


def write(cell: Cell, value: Any) -> None:
    """Text stays text: a spreadsheet will not run what somebody typed as a formula."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def widths(sheet: Worksheet, given: Sequence[int]) -> None:
    """Column widths, from the first."""
    for place, width in enumerate(given, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width


def raw_of(kind: str, cell: Cell) -> Any:
    """What was typed into a cell, for an indicator of `kind`."""
    value = cell.value
    if value is None:
        return None
    if kind == Kind.DATE and hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    if isinstance(value, bool):
        return "是" if value else "否"
    # a spreadsheet holds 12.3 as a binary float; its shortest spelling is what was typed
    return repr(value) if isinstance(value, float) else str(value)
