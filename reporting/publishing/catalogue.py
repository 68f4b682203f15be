"""The development report as declared in `data/publications/annual.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from reporting.publishing.words import PLACEHOLDER

FILE = Path("data/publications/annual.toml")
METHODS = {
    "sum": "各平台相加",
    "facts": "按记录在全部平台范围内重新统计，不相加",
    "formula": "用同一批平台的合计数按公式计算",
    "median": "各平台的中位数",
    "yes": "选“是”的平台数",
    "choices": "各选项的平台数",
    "figure": "本平台记录统计",
}


class PlanError(ValueError):
    """The file asks for something impossible; the message names it."""


@dataclass(frozen=True)
class Figure:
    """A number that no platform reports."""

    code: str
    name: str
    unit: str
    query: str
    definition: str


@dataclass(frozen=True)
class Chapter:
    code: str
    title: str
    numbers: tuple[str, ...]
    draft: str
    charts: tuple[dict[str, Any], ...] = ()
    blocks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Chapters, how each number is totalled, what the appendix tells of every platform."""

    totals: Mapping[str, str]
    figures: tuple[Figure, ...]
    chapters: tuple[Chapter, ...]
    appendix: tuple[str, ...]

    @property
    def codes(self) -> set[str]:
        """Every number of the report."""
        return set(self.totals) | {figure.code for figure in self.figures}


@cache
def annual_plan() -> Plan:
    """The declared report. PlanError when a chapter names a number that has no total."""
    table = tomllib.loads((settings.BASE_DIR / FILE).read_text("utf-8"))
    totals: dict[str, str] = {}
    for method, codes in table["totals"].items():
        if method not in METHODS:
            raise PlanError(f"没有合计方法“{method}”")
        for code in codes:
            if code in totals:
                raise PlanError(f"{code} 有两种合计方法")
            totals[code] = method
    plan = Plan(
        totals=totals,
        figures=tuple(Figure(**row) for row in table["figures"]),
        chapters=tuple(_chapter(row) for row in table["chapters"]),
        appendix=tuple(table["appendix"]),
    )
    for chapter in plan.chapters:
        named = {*chapter.numbers, *(code for chart in chapter.charts for code in _codes(chart))}
        named |= {match[1] for match in PLACEHOLDER.finditer(chapter.draft)}
        if unknown := named - plan.codes:
            raise PlanError(f"{chapter.title}：没有声明怎样合计：{'、'.join(sorted(unknown))}")
    return plan


def _chapter(row: dict[str, Any]) -> Chapter:
    lists = {name: tuple(row.get(name, ())) for name in ("numbers", "charts", "blocks")}
    return Chapter(code=row["code"], title=row["title"], draft=row["draft"], **lists)


def _codes(chart: dict[str, Any]) -> list[str]:
    return [*chart.get("codes", []), *([chart["code"]] if "code" in chart else [])]
