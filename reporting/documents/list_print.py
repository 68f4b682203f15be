"""What the PDF of a numbered list prints, from the frozen rows of two editions alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reporting.documents.charts import width_of
from reporting.documents.lists import stated
from reporting.documents.publication import verifying
from reporting.enums import ListChange
from reporting.models import PublishedList
from reporting.selectors.published_lists import DIFFERENCES, changes_of, rows_of
from taxonomy.jurisdiction import current_jurisdiction

Json = dict[str, Any]
PRINTED_ROWS = 3000  # more lines are no reading on paper; they are in the other files
PRINTED_CHANGES = 100  # of each kind
WIDEST = 14  # ideographs after which a wider column wins nothing


def printed_list(edition: PublishedList) -> Json:
    """The edition as plain words: facts, criteria, what changed, lines."""
    portal = current_jurisdiction()
    is_short = edition.row_count <= PRINTED_ROWS
    rows = [_line(edition, row) for row in rows_of(edition)] if is_short else []
    head = ["序号", *(column["label"] for column in edition.columns)]
    return {
        "title": edition.title,
        "edition": f"第 {edition.number} 期",
        "portal": portal.title,
        "owner": portal.owner,
        "note": edition.note,
        "is_demo": edition.is_demo,
        "facts": [list(pair) for pair in stated(edition) if pair[0] not in SAID_ELSEWHERE],
        "criteria": edition.criteria_words,
        "difference": difference_words(edition),
        "changes": [part for name in DIFFERENCES if (part := _changes(edition, name))],
        "count": edition.row_count,
        "head": head,
        "rows": rows,
        "widths": _widths(head[1:], (row[1:] for row in rows)),
        "code": edition.verification_code,
        **verifying(edition.verification_code),
    }


SAID_ELSEWHERE = {"清单", "期号", "入选条件"}


def difference_words(edition: PublishedList) -> str:
    """What changed since the edition before, in a sentence."""
    if edition.previous is None:
        return "这是第一期，没有上一期可以比较。"
    return (
        f"与第 {edition.previous.number} 期相比，新增 {edition.added_count} 条，"
        f"移出 {edition.removed_count} 条，变化 {edition.changed_count} 条。"
    )


def _line(edition: PublishedList, row: Any) -> list[str]:
    cells = [row.data.get(column["name"], "") for column in edition.columns]
    if row.is_demo and cells:
        cells[0] = f"{cells[0]}（演示）"
    return [str(row.order), *cells]


def _widths(labels: list[str], rows: Iterable[list[str]]) -> list[int]:
    """Shares of the page by what the columns hold, in ideographs: from 3 to 14."""
    widest = [int(width_of(label)) for label in labels]
    for row in rows:
        widest = [max(known, int(width_of(cell))) for known, cell in zip(widest, row, strict=True)]
    return [min(WIDEST, max(3, pixels // 13 + 1)) for pixels in widest]


def _changes(edition: PublishedList, name: str) -> Json | None:
    """The first lines that came, left or changed; how many are not printed."""
    total = getattr(edition, f"{name}_count")
    if not total or edition.previous_id is None:
        return None
    rows = list(DIFFERENCES[name](edition)[:PRINTED_CHANGES])
    first, *others = edition.columns
    if name == "changed":
        head = [first["label"], "栏目", "上一期", "本期"]
        lines = [
            [row.data.get(first["name"], ""), change.label, change.before, change.after]
            for row, changes in changes_of(edition, rows)
            for change in changes
        ]
    else:
        shown = [first, *others[:3]]
        head = [column["label"] for column in shown]
        lines = [[row.data.get(column["name"], "") for column in shown] for row in rows]
    return {"title": f"{ListChange(name).label} {total} 条", "head": head, "rows": lines,
            "left": total - len(rows)}  # fmt: skip
