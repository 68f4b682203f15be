"""Next year's targets as a sheet of the fill-in template: out, and in again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook

from reporting.documents.cells import BOLD, OPEN, raw_of, widths, write
from reporting.models import PlanTarget
from reporting.selectors.sheets import Line
from reporting.values import as_json

PLAN = "下年度计划"
HEAD = ["代码", "名称", "单位", "上年所定目标", "今年完成", "下年目标", "措施", "版本"]
WIDTHS = [10, 32, 10, 14, 14, 16, 50, 8]
FIRST = 2  # the first row of targets
TARGET, NOTE, VERSION = 6, 7, 8
Planned = Mapping[str, PlanTarget]


@dataclass
class FilledPlan:
    """What the sheet says: code → (target, measures), the version seen, where it stands."""

    targets: dict[str, tuple[Any, str]] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


def add_plan(book: Workbook, lines: Sequence[Line], plan: Planned, baseline: Planned) -> None:
    """The sheet of targets, those that every plan must have on top."""
    sheet = book.create_sheet(PLAN)
    for place, label in enumerate(HEAD, 1):
        sheet.cell(1, place, label).font = BOLD
    widths(sheet, WIDTHS)
    listed = [line for line in lines if line.indicator.can_be_planned]
    listed.sort(key=lambda line: line.indicator.options.get("plan") != "required")
    for row, line in enumerate(listed, FIRST):
        code, indicator = line.indicator.code, line.indicator
        mine, base = plan.get(code), baseline.get(code)
        is_required = indicator.options.get("plan") == "required"
        cells = [
            code, f"{indicator.name}（必填）" if is_required else indicator.name, indicator.unit,
            base.target if base else None, line.value, mine.target if mine else None,
            mine.note if mine else "", mine.version if mine else "",
        ]  # fmt: skip
        for place, value in enumerate(cells, 1):
            write(sheet.cell(row, place), value)
        sheet.cell(row, TARGET).protection = OPEN
        sheet.cell(row, NOTE).protection = OPEN
    sheet.freeze_panes = sheet.cell(FIRST, 3)
    sheet.protection.sheet = True


def read_plan(book: Workbook) -> FilledPlan:
    """What stands in the sheet; nothing where a template has none or its head was changed."""
    filled = FilledPlan()
    if PLAN not in book.sheetnames:
        return filled
    sheet = book[PLAN]
    if [cell.value for cell in sheet[1]][: len(HEAD)] != HEAD:
        return filled
    for row in range(FIRST, sheet.max_row + 1):
        code = str(sheet.cell(row, 1).value or "").strip()
        if not code:
            continue
        note = str(sheet.cell(row, NOTE).value or "").strip()
        filled.targets[code] = (as_json(raw_of("dec", sheet.cell(row, TARGET))), note)
        filled.seen[code] = str(sheet.cell(row, VERSION).value or "")
        filled.places[code] = f"{PLAN}!F{row}"
    return filled
