"""Register entries from a spreadsheet: every kind in one sheet, nothing half written."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import Any, BinaryIO

from django.db import transaction
from openpyxl import Workbook

from core.errors import DomainError, Refused
from core.services import lock, log_activity
from platforms.access import RegisterAccess
from platforms.enums import ManagerLevel, RegisterKind
from platforms.models import Platform
from platforms.registers import KINDS
from platforms.services.equipment_import import CellError, ImportErrors, read_rows
from platforms.services.register import add_once

COLUMNS = {
    "kind": "类别", "title": "名称（姓名、被许可人）", "level": "级别", "patent": "被许可的专利号",
    "number": "编号（证书、专利、备案）", "started_date": "日期", "ended_date": "截止日期",
    "link": "网址", "note": "说明",
}  # fmt: skip
REGISTER_HEADINGS = list(COLUMNS.values())
EXAMPLE = ("开放数据集", "环氧树脂固化工艺数据集", "", "", "", "2026-03-05", "", "",
           "120 批次的温度、时间和粘度，CSV，每季度更新，注明来源即可使用。")  # fmt: skip
BY_WORD = {row.name: kind for kind, row in KINDS.items()}
LEVELS = {str(label): value for value, label in ManagerLevel.choices}


def register_template(platform: Platform) -> bytes:
    """An XLSX with the headings and an example, and on a second sheet what each kind needs."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 -- a new workbook has a sheet
    sheet.title = "登记事项"
    sheet.append(REGISTER_HEADINGS)
    sheet.append(EXAMPLE)
    told = book.create_sheet("怎么填")
    told.append(("类别", "填哪些（*必填）", "计入"))
    for row in KINDS.values():
        marked = (f"{row.label(name)}{'*' if name in row.required else ''}" for name in row.fields)
        told.append((row.name, "、".join(marked), row.counted))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


@transaction.atomic
def import_entries(*, actor: Any, platform: Platform, file: BinaryIO, now: datetime) -> int:
    """Write every row of the filled template, or none; return how many are new. Rows that are
    registered already are left as they are.

    Raises Refused, DomainError `file`, or ImportErrors with every wrong row.
    """
    locked = lock(platform)
    RegisterAccess(actor).require("record", locked)
    errors, created = [], 0
    for number, cells in read_rows(file, REGISTER_HEADINGS):
        try:
            kind, values = _values(cells)
            with transaction.atomic():
                created += add_once(actor, locked, kind, values, now)
        except Refused:
            raise
        except DomainError as error:
            column = COLUMNS.get(error.field or "", "整行")
            errors.append(CellError(number, column, error.message))
    if errors:
        raise ImportErrors(errors)
    log_activity(
        actor=actor, action="platforms.registerentry.import", target=locked, now=now,
        data={"count": created},
    )  # fmt: skip
    return created


def _values(cells: list[Any]) -> tuple[RegisterKind, dict[str, Any]]:
    """The kind and the facts of one row. Raises DomainError at a column."""
    padded = [*cells, *[None] * len(COLUMNS)]
    given = {
        name: cell for name, cell in zip(COLUMNS, padded, strict=False) if cell not in (None, "")
    }
    word = str(given.pop("kind", "")).strip()
    if word not in BY_WORD:
        raise DomainError("kind", f"请填：{'、'.join(BY_WORD)}。", "kind")
    values: dict[str, Any] = {}
    for name, cell in given.items():
        text = str(cell).strip()
        if name.endswith("_date"):
            values[name] = _day(cell, name)
        elif name == "level":
            if text not in LEVELS:
                raise DomainError("level", f"请填：{'、'.join(LEVELS)}。", "level")
            values[name] = LEVELS[text]
        else:
            values[name] = text
    if "started_date" not in values:
        label = KINDS[BY_WORD[word]].label("started_date")
        raise DomainError("required", f"请填写{label}。", "started_date")
    return BY_WORD[word], values


def _day(cell: Any, name: str) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    try:
        return date.fromisoformat(str(cell).strip().replace("/", "-").replace(".", "-"))
    except ValueError as error:
        raise DomainError("date", "请写成 2026-03-05 这样的日期。", name) from error
