"""The fill-in template: out with everything there is, in again with errors by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from core.downloads import bytes_of
from core.errors import DomainError
from reporting.documents.cells import BOLD, GREY, OPEN, raw_of, widths, write
from reporting.documents.plan_sheet import FilledPlan, Planned, add_plan, read_plan
from reporting.enums import NullReason
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


def template_xlsx(
    report: AnnualReport, lines: Sequence[Line], plan: Planned, baseline: Planned
) -> bytes:
    """The report as a workbook: computed cells locked, the rest open, lists and next year's
    `plan` on their own sheets; `baseline` is what a year ago was planned for this one."""
    book = Workbook()
    main: Worksheet = book.active  # type: ignore[assignment]
    main.title = MAIN
    mark = "（演示数据）" if report.platform.is_demo else ""
    write(
        main.cell(1, 1),
        f"{report.platform} {report.cycle.year} 年度报告{mark}",
    )
    main.cell(1, 1).font = Font(bold=True, size=14)
    write(
        main.cell(2, 1),
        "只填白色单元格；没有发生填 0，没有这个数请选空值原因；“版本”一列请勿改动。"
        "下年度计划在最后一张工作表。",
    )
    for place, label in enumerate(HEAD, 1):
        main.cell(FIRST - 1, place, label).font = BOLD
    widths(main, WIDTHS)
    reasons = DataValidation("list", formula1=f'"{",".join(map(str, NullReason.labels))}"')
    main.add_data_validation(reasons)
    for row, line in enumerate(lines, FIRST):
        _line(book, main, row, line, reasons)
    main.freeze_panes = main.cell(FIRST, 3)
    main.protection.sheet = True
    add_plan(book, lines, plan, baseline)
    return bytes_of(book)


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
        write(main.cell(row, place), value)
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
        sheet.cell(1, place, column["label"]).font = BOLD
        sheet.column_dimensions[get_column_letter(place)].width = 26
        if "choices" in column:
            allowed = DataValidation("list", formula1=f'"{",".join(column["choices"])}"')
            sheet.add_data_validation(allowed)
            letter = get_column_letter(place)
            allowed.add(f"{letter}2:{letter}{SPARE_ROWS + 1}")
    for row, entry in enumerate(line.value or [], 2):
        for place, column in enumerate(columns, 1):
            write(sheet.cell(row, place), entry.get(column["name"]))


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
    plan: FilledPlan = field(default_factory=FilledPlan)
    rows: dict[str, list[int]] = field(default_factory=dict)  # of a list, where each entry stands

    def place_of(self, code: str, error: DomainError) -> str:
        """The cell that an error of an indicator is about: of a list, the one it names."""
        _code, *inside = (error.field or "").split(":")
        if len(inside) != 2 or code not in self.rows:
            return self.places.get(code, code)
        entry, column = int(inside[0]), int(inside[1])
        return f"{code}!{get_column_letter(column)}{self.rows[code][entry - 1]}"


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
    filled = Filled(plan=read_plan(book))
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
    if indicator.columns:
        raw: Any = _rows(book, line, filled)
        filled.places[indicator.code] = f"{indicator.code}!A2"
    else:
        raw = raw_of(indicator.kind, main.cell(row, VALUE))
    filled.typed.append(Typed(raw=raw, null_reason=reasons.get(label, ""), **typed))


def _rows(book: Workbook, line: Line, filled: Filled) -> list[dict[str, Any]]:
    code, columns = line.indicator.code, line.indicator.columns
    if code not in book.sheetnames:
        return as_json(line.value) or []
    sheet = book[code]
    found, places = [], []
    for row in range(2, sheet.max_row + 1):
        cells = [raw_of("text", sheet.cell(row, place)) for place in range(1, len(columns) + 1)]
        if any(cell not in (None, "") for cell in cells):
            found.append({c["name"]: cell for c, cell in zip(columns, cells, strict=True)})
            places.append(row)
    filled.rows[code] = places
    return found
