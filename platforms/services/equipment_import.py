"""Equipment from a spreadsheet: every error by row and column, nothing half written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any, BinaryIO
from zipfile import BadZipFile

from django.db import transaction
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from core.errors import DomainError
from platforms.enums import Origin
from platforms.facts import label_of
from platforms.models import Equipment, Platform
from platforms.services.listings import create_listing

MAX_ROWS = 500
EXAMPLE = (
    "500L 搪玻璃反应釜", "K500", "某某机械", "国产", 2, 480000, "2022-05-01", 2032,
    "工作温度 -20–200 ℃", "是", 320, 1200,
)  # fmt: skip
COLUMNS = (
    "name", "model_number", "maker", "origin", "quantity", "value_yuan", "acquired_date",
    "renewal_year", "specification", "is_open", "hourly_price_yuan", "open_hours_yearly",
)  # fmt: skip
ORIGINS = {str(label): value for value, label in Origin.choices}
YES_NO = {"是": True, "否": False}


@dataclass(frozen=True)
class CellError:
    """What is wrong in one cell; `row` is that of the spreadsheet."""

    row: int
    column: str
    message: str


class ImportErrors(DomainError):
    """The file was read and nothing was written; `errors` says what to correct."""

    def __init__(self, errors: list[CellError]) -> None:
        super().__init__(
            "import_errors", f"有 {len(errors)} 处需要更正，没有写入任何内容。", "file"
        )
        self.errors = errors


def headings() -> list[str]:
    """The first row of the spreadsheet: the Chinese names of the columns."""
    return [label_of(Equipment, name) for name in COLUMNS]


def equipment_template() -> bytes:
    """An XLSX with the headings and one row to be overwritten."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 -- a new workbook has a sheet
    sheet.title = "仪器设备"
    sheet.append(headings())
    sheet.append(EXAMPLE)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


@transaction.atomic
def import_equipment(*, actor: Any, platform: Platform, file: BinaryIO, now: datetime) -> int:
    """Make a draft of every row; return how many. All rows or none.

    Raises Refused, DomainError `file` (not our spreadsheet), or ImportErrors with every wrong
    cell at once.
    """
    errors: list[CellError] = []
    rows = read_rows(file, headings())
    for number, cells in rows:
        values, wrong = _values(number, cells)
        errors += wrong
        if wrong:
            continue
        try:
            with transaction.atomic():
                create_listing(
                    actor=actor, model=Equipment, platform=platform, values=values, now=now
                )
        except DomainError as error:
            if error.code != "invalid":
                raise
            errors.append(CellError(number, _label(error.field), error.message))
    if errors:
        raise ImportErrors(errors)
    return len(rows)


def _label(field: str | None) -> str:
    return label_of(Equipment, field) if field else "整行"


def read_rows(file: BinaryIO, columns: list[str]) -> list[tuple[int, list[Any]]]:
    """Numbered rows below the first, which must be `columns`; without empty ones.

    Raises DomainError `file`: not a spreadsheet, other columns, nothing in it, too many rows.
    """
    try:
        book = load_workbook(file, read_only=True, data_only=True)
        table = list(book.worksheets[0].iter_rows(values_only=True, max_row=MAX_ROWS + 2))
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, IndexError) as error:
        raise DomainError("file", "不是可读取的 Excel 表格（.xlsx）。", "file") from error
    first = [str(cell or "").strip() for cell in table[0]] if table else []
    if first[: len(columns)] != columns:
        raise DomainError("file", "首行与模板不符，请下载模板填写，不要改动首行。", "file")
    rows = [
        (number, list(cells))
        for number, cells in enumerate(table[1:], 2)
        if any(cell not in (None, "") for cell in cells)
    ]
    if not rows:
        raise DomainError("file", "表格里没有内容。", "file")
    if len(rows) > MAX_ROWS:
        raise DomainError("file", f"一次最多导入 {MAX_ROWS} 行，请分几次导入。", "file")
    return rows


def _values(number: int, cells: list[Any]) -> tuple[dict[str, Any], list[CellError]]:
    """The facts of one row, or what is wrong with its cells."""
    values: dict[str, Any] = {}
    errors = []
    for name, label, cell in zip(COLUMNS, headings(), cells, strict=False):
        text = str(cell).strip() if cell is not None else ""
        if not text and name != "name":
            continue
        try:
            values[name] = _value(name, cell, text)
        except ValueError as error:
            errors.append(CellError(number, label, str(error)))
    return values, errors


def _value(name: str, cell: Any, text: str) -> Any:
    """One cell as its field takes it; ValueError in Chinese."""
    if name == "origin":
        return _one_of(ORIGINS, text)
    if name == "is_open":
        return _one_of(YES_NO, text)
    if name == "acquired_date":
        return _date(cell, text)
    if name in {"quantity", "renewal_year", "open_hours_yearly"}:
        number = _number(text)
        if number != number.to_integral_value() or number < 0:
            raise ValueError("请填整数。")
        return int(number)
    if name in {"value_yuan", "hourly_price_yuan"}:
        return _number(text)
    return text


def _one_of(choices: dict[str, Any], text: str) -> Any:
    if text not in choices:
        raise ValueError(f"“{text}”不在可选范围内，请填：{'、'.join(choices)}。")
    return choices[text]


def _date(cell: Any, text: str) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    try:
        return date.fromisoformat(text.replace("/", "-").replace(".", "-"))
    except ValueError as error:
        raise ValueError("请写成 2022-05-01 这样的日期。") from error


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        raise ValueError("请填数字，不带单位。") from error
    if not number.is_finite():
        raise ValueError("请填数字，不带单位。")
    return number
