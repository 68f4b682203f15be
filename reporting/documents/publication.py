"""What every format prints, made of the snapshot, the texts and the frozen entries alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from reporting.documents.charts import table_of
from reporting.models import Publication, PublicationRow
from reporting.publishing.words import pieces

Json = dict[str, Any]
NUMBER_HEAD = ["指标", "本年", "上年", "增减", "有数平台", "注"]
DIGITS = "〇一二三四五六七八九"
DEFINITION_HEAD = ["注", "代码", "指标", "口径", "合计方法", "版本"]


def printed(publication: Publication) -> Json:
    """The whole publication as plain words: cover, chapters, entries, appendix, definitions."""
    snapshot = publication.snapshot or {}
    references = _references(snapshot)
    texts = {row.chapter: row for row in publication.sections.order_by("order")}
    rows = list(publication.entries)
    is_annual = bool(snapshot.get("columns"))
    return {
        "title": publication.title,
        "edition": f"第 {publication.edition} 版",
        "month": "{} 年 {} 月".format(*snapshot["frozen_at"].split("-")[:2]).replace(" 0", " "),
        "code": publication.verification_code,
        **verifying(publication.verification_code),
        "note": publication.note,
        "portal": snapshot["portal"],
        "owner": snapshot["owner"],
        "is_demo": snapshot["is_demo"],
        "facts": _facts(publication, snapshot),
        "chapters": [
            _chapter(place, chapter, texts.get(chapter["code"]), snapshot, references)
            for place, chapter in enumerate(snapshot["chapters"], 1)
        ],
        "entries": [] if is_annual else _groups(rows),
        "appendix": _appendix(snapshot, rows) if is_annual else None,
        "definitions": [
            [str(number), code, _named(snapshot["definitions"][code]),
             snapshot["definitions"][code]["definition"],
             snapshot["definitions"][code]["method"],
             f"第 {snapshot['definitions'][code]['version']} 版"]
            for code, number in references.items()
        ],
        "heads": {"numbers": _number_head(snapshot), "definitions": DEFINITION_HEAD},
    }  # fmt: skip


def verifying(code: str) -> dict[str, str]:
    """Where somebody who holds the paper checks it: as printed, and as a link."""
    url = f"{settings.SITE_URL}{reverse('reporting:verify')}"
    return {
        "verify": url.split("://", 1)[-1].rstrip("/"),
        "verify_url": f"{url}{code}/" if code else url,
    }


def _named(known: Json) -> str:
    return f"{known['name']}（{known['unit']}）" if known["unit"] else known["name"]


def _number_head(snapshot: Json) -> list[str]:
    """The years by their numbers; a first report has no columns for a year before."""
    if snapshot.get("last_year"):
        return ["指标", f"{snapshot['year']} 年", f"{snapshot['last_year']} 年", *NUMBER_HEAD[3:]]
    return ["指标", f"{snapshot['year']} 年", *NUMBER_HEAD[4:]]


def _references(snapshot: Json) -> dict[str, int]:
    """The number of each definition's note, in the order in which the chapters name them."""
    found: dict[str, int] = {}
    for chapter in snapshot["chapters"]:
        for code in chapter["numbers"]:
            found.setdefault(code, len(found) + 1)
    for column in snapshot.get("columns", []):
        found.setdefault(column["code"], len(found) + 1)
    for code in snapshot["numbers"]:
        if snapshot["numbers"][code]["value"] is not None:
            found.setdefault(code, len(found) + 1)
    return found


def _facts(publication: Publication, snapshot: Json) -> list[list[str]]:
    facts = [
        ["地区", snapshot["region"]["name"]],
        ["年度", f"{snapshot['year']} 年"],
        ["版次", f"第 {publication.edition} 版"],
        ["数据封存时间", snapshot["frozen_at"].replace("T", " ")[:16]],
    ]
    if scope := snapshot.get("scope"):
        taken = f"{scope['reports']} 份（应报 {scope['expected']} 份）"
        facts.append(["收录范围", f"{scope['includes_words']}，{taken}"])
        if words := comparable(snapshot):
            facts.append(["与上年比较", words])
    if not snapshot.get("columns"):
        facts.append(["收录", f"{publication.entries.count()} 篇"])
    facts.append(["固定链接", f"{settings.SITE_URL}{publication.get_absolute_url()}"])
    if publication.verification_code:
        facts.append(["核验码", publication.verification_code])
    facts.append(["数据摘要（SHA-256）", publication.sha256])
    if snapshot["is_demo"]:
        facts.append(["数据性质", "演示数据，不反映任何真实单位的情况"])
    return facts


def comparable(snapshot: Json) -> str:
    """A warning when this year's totals are made of another number of reports than last year's."""
    scope = snapshot.get("scope", {})
    now, before = scope.get("reports"), scope.get("last_reports")
    if not before or now == before:
        return ""
    return f"上年收录 {before} 份，本年 {now} 份，合计数的增减受收录份数影响。"


def paragraphs(text: str, numbers: Json) -> list[list[tuple[str, str]]]:
    """Paragraphs in parts (words, code of a number or nothing)."""
    return [pieces(part, numbers) for part in text.split("\n") if part.strip()]


def _chapter(
    place: int, chapter: Json, section: Any, snapshot: Json, references: dict[str, int]
) -> Json:
    """Chapters, tables and drawings are numbered as they come: 一、, 表 1-1, 图 1-1."""
    numbers, definitions = snapshot["numbers"], snapshot["definitions"]
    text = section.text if section else ""
    blocks = [_block(block) for block in chapter["blocks"]]
    counted = {"图": 0, "表": 1 if chapter["numbers"] else 0}
    for block in blocks:
        word = "图" if block["chart"] else "表"
        counted[word] += 1
        block["title"] = f"{word} {place}-{counted[word]}　{block['title']}"
    is_numbered = len(snapshot["chapters"]) > 1
    return {
        "title": f"{chinese(place)}、{chapter['title']}" if is_numbered else chapter["title"],
        "label": f"表 {place}-1　主要数字",
        "paragraphs": [
            [[words, str(references.get(code, "")) if code else ""] for words, code in parts]
            for parts in paragraphs(text, numbers)
        ],
        "numbers": [
            [
                definitions[code]["name"],
                numbers[code]["words"],
                *_last(numbers[code], snapshot),
                numbers[code]["covered"],
                str(references[code]),
            ]
            for code in chapter["numbers"]
        ],
        "blocks": blocks,
    }  # fmt: skip


def chinese(number: int) -> str:
    """1 … 99 as chapters are counted: 一, 十, 十二, 二十一."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("" if tens == 1 else DIGITS[tens]) + "十"
    return head + (DIGITS[ones] if ones else "")


def _last(number: Json, snapshot: Json) -> list[str]:
    return [number["last_words"], number["change_words"]] if snapshot.get("last_year") else []


def _block(block: Json) -> Json:
    """A table as it is; a chart with the table of its numbers."""
    if block["type"] == "table":
        left = block.get("left_out")
        note = f"{block['note']} 另有 {left} 行见数据附录。".strip() if left else block["note"]
        return block | {"note": note, "chart": None}
    head, rows = table_of(block)
    numeric = list(range(1, len(head)))
    return {"title": block["title"], "head": head, "rows": rows, "numeric": numeric, "note": "",
            "chart": block}  # fmt: skip


def _groups(rows: Sequence[PublicationRow]) -> list[Json]:
    groups: dict[str, list[Json]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append({"title": row.title} | row.data)
    return [{"title": title, "entries": listed} for title, listed in groups.items()]


def appendix_head(snapshot: Json) -> list[str]:
    """Columns of the table of platforms."""
    columns = [
        f"{c['name']}（{c['unit']}）" if c["unit"] else c["name"] for c in snapshot["columns"]
    ]
    return ["平台", "城市", "类别", "层级", *columns]


def appendix_cells(snapshot: Json, row: PublicationRow) -> list[str]:
    """One platform's line; what it did not state stays empty."""
    values = row.data["values"]
    name = f"{row.title}（演示）" if row.data["is_demo"] else row.title
    return [name, row.data["city"], row.data["kind"], row.data["level"],
            *(values.get(column["code"]) or "" for column in snapshot["columns"])]  # fmt: skip


def _appendix(snapshot: Json, rows: Sequence[PublicationRow]) -> Json:
    return {"title": "附录一　各平台主要数据", "head": appendix_head(snapshot),
            "rows": [appendix_cells(snapshot, row) for row in rows]}  # fmt: skip
