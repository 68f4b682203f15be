"""A numbered list as XLSX, CSV and JSON, from its frozen rows alone."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from django.utils import timezone
from openpyxl import Workbook

from core.downloads import bytes_of
from core.lists import bold_cells, safe_cell
from core.templatetags.portal_format import day as shown_day
from reporting.enums import ListChange
from reporting.lists.base import CHUNK
from reporting.models import PublishedList
from reporting.selectors.published_lists import DIFFERENCES, changes_of, streamed
from taxonomy.jurisdiction import current_jurisdiction

DEMO = "演示数据"


def stated(edition: PublishedList) -> list[tuple[str, str]]:
    """What every file says of itself."""
    moment = timezone.localtime(edition.frozen_at) if edition.frozen_at else None
    facts = [
        ("清单", edition.title),
        ("期号", f"第 {edition.number} 期"),
        ("发布", f"{current_jurisdiction().owner}，{shown_day(edition.published_at)}"),
        ("数据时间", f"{moment:%Y-%m-%d %H:%M}" if moment else ""),
        ("条数", str(edition.row_count)),
        ("入选条件", "；".join(edition.criteria_words)),
        ("固定链接", f"{settings.SITE_URL}{edition.get_absolute_url()}"),
        ("核验码", edition.verification_code),
        ("内容摘要（SHA-256）", edition.sha256),
    ]
    return [*facts, ("数据性质", DEMO)] if edition.is_demo else facts


def list_xlsx(edition: PublishedList) -> bytes:
    """Two sheets: the rows, and what the edition says of itself. Written row by row."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("清单")
    head = bold_cells(sheet, ["序号", *(column["label"] for column in edition.columns)])
    sheet.append([*head, DEMO] if edition.is_demo else head)
    names = [column["name"] for column in edition.columns]
    for row in streamed(edition):
        line: list[Any] = [row.order, *(safe_cell(row.data.get(name, "")) for name in names)]
        sheet.append([*line, DEMO if row.is_demo else ""] if edition.is_demo else line)
    if edition.previous_id:
        _compared(book.create_sheet("与上一期比较"), edition)
    about = book.create_sheet("说明")
    for pair in stated(edition):
        about.append(list(pair))
    return bytes_of(book)


def _compared(sheet: Any, edition: PublishedList) -> None:
    """Every line that came, left or changed, a changed one field by field."""
    first = edition.columns[0]
    sheet.append([first["label"], "变化", "栏目", "上一期", "本期"])
    for name, rows in DIFFERENCES.items():
        word = str(ListChange(name).label)
        found = rows(edition).iterator(chunk_size=CHUNK)
        if name != ListChange.CHANGED:
            for row in found:
                sheet.append([safe_cell(row.data.get(first["name"], "")), word])
            continue
        while part := list(islice(found, CHUNK)):
            for row, changes in changes_of(edition, part):
                for one in changes:
                    texts = (row.data.get(first["name"], ""), one.before, one.after)
                    title, before, after = (safe_cell(text) for text in texts)
                    sheet.append([title, word, one.label, before, after])


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        return value


def list_csv(edition: PublishedList) -> Iterator[str]:
    """UTF-8 with BOM for Excel, line by line."""
    writer = csv.writer(_Echo())
    names = [column["name"] for column in edition.columns]
    yield "\ufeff" + writer.writerow(["序号", *(c["label"] for c in edition.columns), "备注"])
    for row in streamed(edition):
        cells = [safe_cell(row.data.get(name, "")) for name in names]
        yield writer.writerow([row.order, *cells, DEMO if row.is_demo else ""])


def list_json(edition: PublishedList) -> Iterator[str]:
    """One object: what the edition says of itself, columns, rows. Written row by row."""
    head = {
        "kind": edition.kind, "number": edition.number, "title": edition.title,
        "published_at": edition.published_at.isoformat() if edition.published_at else None,
        "criteria": edition.criteria_words, "columns": edition.columns,
        "row_count": edition.row_count, "sha256": edition.sha256, "is_demo": edition.is_demo,
    }  # fmt: skip
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": ['
    for place, row in enumerate(streamed(edition)):
        line = {"key": row.key, "url": row.url, "is_demo": row.is_demo} | row.data
        yield (",\n" if place else "\n") + json.dumps(line, ensure_ascii=False)
    yield "\n]}\n"
