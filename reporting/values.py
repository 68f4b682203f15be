"""Values as people type and read them: cleaning by kind, words by kind. Knows no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import normalize

from core.errors import DomainError
from core.templatetags.portal_format import plain
from reporting.enums import Kind
from reporting.models import Indicator

LIMIT = Decimal(10) ** 14
TEXT_LENGTH = 3000
CELL_LENGTH = 500
YES = frozenset({"是", "true", "True", "1", "yes", "有"})
NO = frozenset({"否", "false", "False", "0", "no", "无"})


def clean(indicator: Indicator, raw: Any, choices: Mapping[str, str] | None = None) -> Any:
    """The value that `raw` (form, cell, JSON) means for the indicator; None for nothing typed.

    Numbers accept full-width digits and thousands separators. `choices` is code → name; names are
    understood too. DomainError `invalid_value` with the indicator's code as field; in a list's row
    `CODE:row:column`, both counted from 1.
    """
    if raw is None or raw == [] or (isinstance(raw, str) and not raw.strip()):
        return None
    if indicator.is_number:
        return _number(indicator, raw)
    if indicator.kind == Kind.BOOL:
        return _bool(indicator, raw)
    if indicator.kind == Kind.DATE:
        return _day(indicator, raw)
    if indicator.kind == Kind.ENUM:
        return _choice(indicator, str(raw).strip(), choices or {})
    if indicator.kind == Kind.LIST:
        return _list(indicator, raw, choices or {})
    text = str(raw).strip()
    if len(text) > TEXT_LENGTH:
        raise _wrong(indicator, f"不超过 {TEXT_LENGTH} 字，现有 {len(text)} 字。")
    return text


def _wrong(indicator: Indicator, message: str, at: str = "") -> DomainError:
    return DomainError("invalid_value", f"{indicator.name}：{message}", f"{indicator.code}{at}")


def number(raw: Any) -> Decimal:
    """A number as typed: full-width digits and separators allowed. ValueError when it is none."""
    if isinstance(raw, bool):
        raise ValueError
    text = normalize("NFKC", str(raw)).replace(",", "").replace(" ", "").rstrip("%")
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ValueError from error
    if not value.is_finite():
        raise ValueError
    return value


def _number(indicator: Indicator, raw: Any) -> Decimal:
    try:
        value = number(raw)
    except ValueError as error:
        raise _wrong(indicator, f"请填数字，不带单位；“{raw}”不是数字。") from error
    if value < 0 or value >= LIMIT:
        raise _wrong(indicator, "不能为负数，也不能这样大。")
    if value != round(value, indicator.decimals):
        wanted = "整数" if indicator.kind == Kind.INT else "最多两位小数"
        raise _wrong(indicator, f"请填{wanted}。")
    if indicator.kind == Kind.PCT and value > 100:
        raise _wrong(indicator, "百分比不能超过 100。")
    return value


def _bool(indicator: Indicator, raw: Any) -> bool:
    text = str(raw).strip()
    if text in YES:
        return True
    if text in NO:
        return False
    raise _wrong(indicator, "请填“是”或“否”。")


def _day(indicator: Indicator, raw: Any) -> str:
    try:
        return date.fromisoformat(str(raw).strip()[:10]).isoformat()
    except ValueError as error:
        raise _wrong(indicator, "请填日期，如 2026-05-01。") from error


def _choice(indicator: Indicator, text: str, choices: Mapping[str, str]) -> str:
    if text in choices:
        return text
    by_name = {name: code for code, name in choices.items()}
    if text in by_name:
        return by_name[text]
    raise _wrong(indicator, f"没有“{text}”这个选项，可选：{'、'.join(choices.values())}。")


def _list(indicator: Indicator, raw: Any, choices: Mapping[str, str]) -> list[Any] | None:
    if not indicator.columns:
        parts = raw if isinstance(raw, list | tuple) else normalize("NFKC", str(raw)).split("、")
        texts = [str(part).strip() for part in parts if str(part).strip()]
        return [_choice(indicator, text, choices) for text in texts] or None
    if not isinstance(raw, list | tuple):
        raise _wrong(indicator, "请逐行填写。")
    rows = [_row(indicator, line, number) for number, line in enumerate(raw, 1)]
    return [row for row in rows if row] or None


def _row(indicator: Indicator, line: Any, place: int) -> dict[str, Any]:
    """One row by its columns; {} for a row without content."""
    if not isinstance(line, Mapping):
        raise _wrong(indicator, f"第 {place} 行不完整。")
    row, lacking = {}, []
    for across, column in enumerate(indicator.columns, 1):
        cell = line.get(column["name"])
        text = "" if cell is None else str(cell).strip()
        if text:
            row[column["name"]] = _cell(indicator, column, text, (place, across))
        else:
            lacking.append((across, column["label"]))
    if row and lacking:
        labels = "、".join(label for _across, label in lacking)
        raise _wrong(indicator, f"第 {place} 行缺少{labels}。", f":{place}:{lacking[0][0]}")
    return row


def _cell(
    indicator: Indicator, column: Mapping[str, Any], text: str, place: tuple[int, int]
) -> str:
    row, at = place[0], f":{place[0]}:{place[1]}"
    where = f"第 {row} 行“{column['label']}”"
    if "choices" in column and text not in column["choices"]:
        raise _wrong(indicator, f"{where}可选：{'、'.join(column['choices'])}。", at)
    if column.get("kind") in {Kind.INT, Kind.DEC}:
        try:
            value = number(text)
        except ValueError as error:
            raise _wrong(indicator, f"{where}请填数字。", at) from error
        places = 0 if column["kind"] == Kind.INT else 2
        if value < 0 or value != round(value, places):
            raise _wrong(indicator, f"{where}不能为负数，最多 {places} 位小数。", at)
        return str(value)
    if len(text) > CELL_LENGTH:
        raise _wrong(indicator, f"{where}不超过 {CELL_LENGTH} 字。", at)
    return text


def columns_of(indicator: Indicator, value: Any) -> dict[str, Any]:
    """The three stored columns that hold `value`: number, text, data."""
    empty: dict[str, Any] = {"number": None, "text": "", "data": None}
    if value is None:
        return empty
    if indicator.is_number:
        return empty | {"number": value}
    if indicator.kind in {Kind.BOOL, Kind.LIST}:
        return empty | {"data": value}
    return empty | {"text": str(value)}


def as_json(value: Any) -> Any:
    """A value for snapshots and the API: numbers as exact text, without trailing zeros."""
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value


def in_words(indicator: Indicator, value: Any, choices: Mapping[str, str] | None = None) -> str:
    """What people read; empty for no value."""
    names = choices or {}
    if value is None:
        return ""
    if indicator.is_number:
        return plain(value)
    if indicator.kind == Kind.BOOL:
        return "是" if value else "否"
    if indicator.kind == Kind.ENUM:
        return str(names.get(value, value))
    if indicator.kind == Kind.LIST:
        if not indicator.columns:
            return "、".join(str(names.get(code, code)) for code in value)
        return "；".join(_row_in_words(indicator.columns, row) for row in value)
    return str(value)


def _row_in_words(columns: Sequence[Mapping[str, Any]], row: Mapping[str, Any]) -> str:
    cells = (row.get(column["name"]) for column in columns)
    return " ".join(str(cell) for cell in cells if cell not in (None, ""))
