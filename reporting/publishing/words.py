"""Texts with numbers in them: {SRV-02} is filled from the snapshot and from nowhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.errors import DomainError
from core.templatetags.portal_format import plain

PLACEHOLDER = re.compile(r"\{([A-Z]{3}-\d{2}[A-Za-z]?)(?:\.(last|change))?\}")
BRACED = re.compile(r"\{[^{}]*\}")
CLAUSE = re.compile(r"[^，；。\n]*[，；。\n]?")
NONE = "（未统计）"
Numbers = Mapping[str, Mapping[str, Any]]


def number_words(value: Any, unit: str) -> str:
    """1,234.5 万元; the percent sign and 家 follow as they are written. Empty for no value."""
    if value is None:
        return ""
    text = plain(Decimal(str(value)))
    return f"{text}%" if unit == "%" else f"{text} {unit}".strip()


def change_words(value: Any, last: Any, unit: str) -> str:
    """How much more or less than last year; points for percentages. Empty when unknown."""
    if value is None or last is None:
        return ""
    now, before = Decimal(str(value)), Decimal(str(last))
    if now == before:
        return "与上年持平"
    word = "增加" if now > before else "减少"
    if unit == "%":
        return f"比上年{word} {plain(abs(now - before))} 个百分点"
    if not before:
        return f"上年为 0，{word} {number_words(abs(now - before), unit)}"
    percent = (abs(now - before) * 100 / before).quantize(Decimal("0.1"))
    return f"比上年{'增长' if now > before else '下降'} {plain(percent)}%"


def check_text(text: str, numbers: Numbers) -> None:
    """Refuse a text that names a number the snapshot does not have (`unknown_number`)."""
    for match in BRACED.finditer(text):
        found = PLACEHOLDER.fullmatch(match[0])
        if not found or found[1] not in numbers:
            raise DomainError(
                "unknown_number",
                f"没有“{match[0]}”这个数；可用的代码见右侧，写法如 {{SRV-02}}。",
                "body",
            )


def filled(text: str, numbers: Numbers) -> str:
    """The text as it is printed."""
    return PLACEHOLDER.sub(lambda match: _said(match, numbers) or NONE, text)


def pieces(text: str, numbers: Numbers) -> list[tuple[str, str]]:
    """The text in parts (words, code): numbers carry their code, so that a page can link them."""
    found, at = [], 0
    for match in PLACEHOLDER.finditer(text):
        found += [(text[at : match.start()], ""), (_said(match, numbers) or NONE, match[1])]
        at = match.end()
    return [pair for pair in [*found, (text[at:], "")] if pair[0]]


def _said(match: re.Match[str], numbers: Numbers) -> str:
    row = numbers.get(match[1], {})
    key = {"last": "last_words", "change": "change_words"}.get(match[2] or "", "words")
    return str(row.get(key, "") or "")


def missing(text: str, numbers: Numbers) -> list[str]:
    """Placeholders without a value, as they are written."""
    return [match[0] for match in PLACEHOLDER.finditer(text) if not _said(match, numbers)]


def drafted(template: str, numbers: Numbers) -> str:
    """The generated draft: clauses whose numbers are unknown are left out (G21)."""
    sentences = []
    for sentence in re.findall(r"[^。\n]+[。\n]?", template):
        clauses = [c for c in CLAUSE.findall(sentence) if c and not missing(c, numbers)]
        body = "".join(clauses).rstrip("，；。\n")
        if body and (PLACEHOLDER.search(body) or not PLACEHOLDER.search(sentence)):
            sentences.append(body + "。")
    return "".join(sentences)
