"""The fill-in template: out with everything there is, in again with errors by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from core.errors import DomainError
from reporting.enums import Kind, NullReason
from reporting.models import AnnualReport
from reporting.selectors.indicators import choices_of
from reporting.selectors.sheets import Line
from reporting.services.filling import Typed
from reporting.values import as_json, in_words

MAIN = "年度报告"
HEAD = ["代码", "名称", "单位", "来源", "上年", "今年", "空值原因", "说明", "版本", "口径"]
WIDTHS = [10, 32, 10, 10, 18, 24, 12, 36, 7, 60]
FIRST = 4  # the first row of indicators
VALUE, REASON, NOTE, VERSION = 6, 7, 8, 9
SPARE_ROWS = 30
GREY = PatternFill("solid", fgColor="EEEEEE")
OPEN = Protection(locked=False)


def template_xlsx(report: AnnualReport, lines: Sequence[Line]) -> bytes:
    """The report as a workbook: computed cells locked, the rest open, lists on their own sheets."""
    book = Workbook()
    main: Worksheet = book.active  # type: ignore[assignment]
    main.title = MAIN
    mark = "（演示数据）" if report.platform.is_demo else ""
    _write(
        main.cell(1, 1),
        f"{report.platform} {report.cycle.year} 年度报告{mark}",
    )
    main.cell(1, 1).font = Font(bold=True, size=14)
    _write(
        main.cell(2, 1),
        "只填白色单元格；没有发生填 0，没有这个数请选空值原因；“版本”一列请勿改动。",
    )
    for place, (label, width) in enumerate(zip(HEAD, WIDTHS, strict=True), 1):
        main.cell(FIRST - 1, place, label).font = Font(bold=True)
        main.column_dimensions[get_column_letter(place)].width = width
    reasons = DataValidation("list", formula1=f'"{",".join(map(str, NullReason.labels))}"')
    main.add_data_validation(reasons)
    for row, line in enumerate(lines, FIRST):
        _line(book, main, row, line, reasons)
    main.freeze_panes = main.cell(FIRST, 3)
    main.protection.sheet = True
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write(cell: Cell, value: Any) -> None:
    """Text stays text: a spreadsheet will not run what somebody typed as a formula."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _line(book: Workbook, main: Worksheet, row: int, line: Line, reasons: DataValidation) -> None:
    indicator, stored = line.indicator, line.row
    is_rows = bool(indicator.columns) and indicator.is_manual
    shown: Any = f"见工作表“{indicator.code}”" if is_rows else _cell(line)
    reason = stored.get_null_reason_display() if stored and indicator.is_manual else ""
    cells = [
        indicator.code, indicator.name, indicator.unit, str(indicator.get_fill_display()),
        line.last_words, shown, reason, stored.note if stored else "",
        stored.version if stored else 0, indicator.definition,
    ]  # fmt: skip
    for place, value in enumerate(cells, 1):
        _write(main.cell(row, place), value)
    main.cell(row, NOTE).protection = OPEN
    if not indicator.is_manual:
        main.cell(row, VALUE).fill = GREY
        return
    main.cell(row, REASON).protection = OPEN
    reasons.add(main.cell(row, REASON))
    if is_rows:
        _list_sheet(book, line)
    else:
        main.cell(row, VALUE).protection = OPEN


def _cell(line: Line) -> Any:
    """What stands in the cell: numbers as numbers, codes as words."""
    if line.value is None:
        return None
    if line.indicator.is_number:
        return line.value
    return in_words(line.indicator, line.value, dict(choices_of(line.indicator)))


def _list_sheet(book: Workbook, line: Line) -> None:
    sheet = book.create_sheet(line.indicator.code)
    columns = line.indicator.columns
    for place, column in enumerate(columns, 1):
        sheet.cell(1, place, column["label"]).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = 26
        if "choices" in column:
            allowed = DataValidation("list", formula1=f'"{",".join(column["choices"])}"')
            sheet.add_data_validation(allowed)
            letter = get_column_letter(place)
            allowed.add(f"{letter}2:{letter}{SPARE_ROWS + 1}")
    for row, entry in enumerate(line.value or [], 2):
        for place, column in enumerate(columns, 1):
            _write(sheet.cell(row, place), entry.get(column["name"]))


@dataclass(frozen=True)
class CellError:
    """What is wrong, and in which cell."""

    place: str
    message: str


@dataclass
class Filled:
    """What a workbook says, and where each indicator's value stands."""

    typed: list[Typed] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    errors: list[CellError] = field(default_factory=list)


def read_template(content: bytes, lines: Mapping[str, Line]) -> Filled:
    """Read a filled template. DomainError `not_template` when it is none; otherwise every line is
    read, and what cannot be read is an error of its cell."""
    try:
        book = load_workbook(BytesIO(content), data_only=True)
        main = book[MAIN]
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise DomainError("not_template", "这不是本平台的填报模板，请重新下载。", "file") from error
    if [cell.value for cell in main[FIRST - 1]][: len(HEAD)] != HEAD:
        raise DomainError("not_template", "模板的表头被改动，请重新下载模板。", "file")
    filled = Filled()
    for row in range(FIRST, main.max_row + 1):
        code = str(main.cell(row, 1).value or "").strip()
        if code and code not in lines:
            filled.errors.append(CellError(f"{MAIN}!A{row}", f"没有指标“{code}”。"))
        elif code:
            _read_line(book, main, row, lines[code], filled)
    return filled


def _read_line(book: Workbook, main: Worksheet, row: int, line: Line, filled: Filled) -> None:
    indicator = line.indicator
    note = str(main.cell(row, NOTE).value or "").strip()
    version = main.cell(row, VERSION).value
    place = f"{MAIN}!F{row}"
    filled.places[indicator.code] = place
    typed: dict[str, Any] = {
        "code": indicator.code,
        "note": note,
        "version": int(version) if isinstance(version, int | float) else None,
    }
    if not indicator.is_manual:
        filled.typed.append(Typed(**typed))
        return
    label = str(main.cell(row, REASON).value or "").strip()
    reasons = {str(name): value for value, name in NullReason.choices}
    if label and label not in reasons:
        known = "、".join(reasons)
        filled.errors.append(CellError(f"{MAIN}!G{row}", f"没有“{label}”，可选：{known}。"))
        return
    raw = _rows(book, line) if indicator.columns else _raw(indicator.kind, main.cell(row, VALUE))
    if indicator.columns:
        filled.places[indicator.code] = f"{indicator.code}!A2"
    filled.typed.append(Typed(raw=raw, null_reason=reasons.get(label, ""), **typed))


def _raw(kind: str, cell: Cell) -> Any:
    value = cell.value
    if value is None:
        return None
    if kind == Kind.DATE and hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    if isinstance(value, bool):
        return "是" if value else "否"
    # a spreadsheet holds 12.3 as a binary float; its shortest spelling is what was typed
    return repr(value) if isinstance(value, float) else str(value)


def _rows(book: Workbook, line: Line) -> list[dict[str, Any]]:
    if line.indicator.code not in book.sheetnames:
        return as_json(line.value) or []
    sheet = book[line.indicator.code]
    columns = line.indicator.columns
    found = []
    for row in range(2, sheet.max_row + 1):
        cells = [_raw("text", sheet.cell(row, place)) for place in range(1, len(columns) + 1)]
        if any(cell not in (None, "") for cell in cells):
            found.append({c["name"]: cell for c, cell in zip(columns, cells, strict=True)})
    return found
