"""The data appendix as XLSX: numbers, tables of chapters, platforms or entries, definitions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from openpyxl import Workbook

from core.downloads import bytes_of
from core.lists import bold_cells, safe_cell
from reporting.documents.publication import appendix_cells, appendix_head, printed
from reporting.models import Publication

DEMO = "演示数据"
NUMBERS = [
    "章节",
    "代码",
    "指标",
    "数值",
    "单位",
    "上年",
    "增减",
    "有数平台",
    "全部平台",
    "合计方法",
]


def publication_xlsx(publication: Publication) -> bytes:
    """Every number of the publication, as numbers; written row by row."""
    snapshot = publication.snapshot or {}
    content = printed(publication)
    book = Workbook(write_only=True)
    _sheet(book, "封面", None, [[content["title"]], *content["facts"]], snapshot)
    if snapshot["numbers"]:
        _sheet(book, "主要数字", NUMBERS, _numbers(snapshot), snapshot)
    tables = _tables(snapshot, content)
    if tables:
        _sheet(book, "图表数据", None, tables, snapshot)
    rows = publication.entries.iterator(chunk_size=500)
    if "columns" in snapshot:
        lines = (
            [cell if place < 4 else _number(cell) for place, cell in
             enumerate(appendix_cells(snapshot, row))]
            for row in rows
        )  # fmt: skip
        _sheet(book, "各平台", appendix_head(snapshot), lines, snapshot)
    elif snapshot["kind"] == "handbook":
        _sheet(book, "服务能力", _OFFER_HEAD, _offers(rows), snapshot)
    else:
        _sheet(book, "案例", _CASE_HEAD, _stories(rows), snapshot)
    if content["definitions"]:
        _sheet(book, "指标口径", content["heads"]["definitions"], content["definitions"], snapshot)
    return bytes_of(book)


def _sheet(
    book: Workbook, title: str, head: Sequence[str] | None, rows: Iterable[Sequence[Any]],
    snapshot: dict[str, Any],
) -> None:  # fmt: skip
    sheet = book.create_sheet(title)
    if snapshot["is_demo"]:
        sheet.append([DEMO])
    if head:
        sheet.append(bold_cells(sheet, head))
    for row in rows:
        sheet.append([safe_cell(cell) for cell in row])


def _number(text: Any) -> Any:
    """A cell that a spreadsheet can add up; text stays text, nothing stays nothing."""
    if text in (None, ""):
        return None
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        return text
    return int(value) if value == value.to_integral_value() else value


def _numbers(snapshot: dict[str, Any]) -> list[list[Any]]:
    titles: dict[str, str] = {}
    for chapter in snapshot["chapters"]:
        for code in chapter["numbers"]:
            titles.setdefault(code, chapter["title"])
    lines = []
    for code, number in snapshot["numbers"].items():
        if number["value"] is None:
            continue
        known = snapshot["definitions"][code]
        lines.append(
            [titles.get(code, ""), code, known["name"], _number(number["value"]), known["unit"],
             _number(number["last"]), number["change_words"], number["n"], number["of"],
             known["method"]]
        )  # fmt: skip
    return lines


def _tables(snapshot: dict[str, Any], content: dict[str, Any]) -> list[list[Any]]:
    lines: list[list[Any]] = []
    for chapter in content["chapters"]:
        for block in chapter["blocks"]:
            lines += [[chapter["title"], block["title"]], list(block["head"])]
            for row in block["rows"]:
                lines.append(
                    [_number(cell.replace(",", "")) if place in block["numeric"] else cell
                     for place, cell in enumerate(row)]
                )  # fmt: skip
            lines.append([])
    return lines


_OFFER_HEAD = ["平台", "地区", "能力", "说明", "工艺", "规模", "成熟度", "物料", "执行标准", "资质",
               "价格", "周期", "最近确认", "参数"]  # fmt: skip


def _offers(rows: Iterable[Any]) -> Iterable[list[str]]:
    for row in rows:
        for offer in row.data["capabilities"]:
            facts = dict(offer["facts"])
            parameters = "；".join(" ".join(pair) for pair in offer["parameters"])
            yield [row.title, row.group, offer["title"], offer["text"],
                   *(facts.get(name, "") for name in _OFFER_HEAD[4:-1]), parameters]  # fmt: skip


_CASE_HEAD = ["领域", "案例", "平台", "服务企业", "内容", "成效", "企业确认的成果", "来源"]


def _stories(rows: Iterable[Any]) -> Iterable[list[str]]:
    for row in rows:
        facts = dict(row.data["facts"])
        proven = "；".join(f"{kind} {day}（{grade}）" for kind, _, day, grade in
                          row.data["outcomes"])  # fmt: skip
        yield [row.group, row.title, facts.get("平台", ""), facts.get("服务企业", ""),
               row.data["summary"], row.data["result"], proven, facts.get("来源", "")]  # fmt: skip


def publication_json(publication: Publication) -> bytes:
    """The snapshot with the texts and entries: what the other formats are made of."""
    snapshot = publication.snapshot or {}
    content = {
        **snapshot,
        "sha256": publication.sha256,
        "content_sha256": publication.content_sha256,
        "texts": {row.chapter: row.text for row in publication.sections.order_by("order")},
        "entries": [
            {"key": row.key, "title": row.title, "group": row.group, **row.data}
            for row in publication.entries.iterator(chunk_size=500)
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
