"""What is asked of the reported numbers (G21), and the answer. Knows no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.http import urlencode

from reporting import formulas
from reporting.models import Indicator, ReportCycle
from taxonomy.models import Region

DIMENSIONS = {
    "region": "地区", "field": "领域", "kind": "类别", "mode": "运营模式", "level": "梯度层级",
}  # fmt: skip
MANY = frozenset({"field", "mode"})  # a platform may stand in several groups
UNSTATED = "-"  # the choice of those of which nothing of a dimension is stated


@dataclass(frozen=True)
class Question:
    """What is asked: of which year and indicator, by what, and what narrows it.

    Without a cycle: how many platforms are listed today. `own` leaves only those whose place is
    the region itself, not one inside it. `terms` has the chosen code of each dimension, or
    `UNSTATED`.
    """

    by: str = "region"
    cycle: ReportCycle | None = None
    code: str = ""
    region: Region | None = None
    own: bool = False
    terms: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """As the address of a page has it, so that it can be shared."""
        asked = {
            "by": self.by, "cycle": self.cycle.pk if self.cycle else "",
            "indicator": self.code, "region": self.region.pk if self.region else "",
            "own": "on" if self.own else "", **self.terms,
        }  # fmt: skip
        kept = {
            name: value for name, value in asked.items() if value or name in {"cycle", "region"}
        }
        return urlencode(kept)

    def by_dimension(self, name: str) -> Question:
        """The same, counted by another dimension."""
        return replace(self, by=name)

    def within(self, region: Region, *, own: bool = False) -> Question:
        """The same, of a region; `own`: of those whose place is not known more exactly."""
        return replace(self, region=region, own=own)

    def narrowed(self, code: str) -> Question:
        """The same of one term of its dimension, "" of those that state none, by region."""
        return replace(self, by="region", terms={**self.terms, self.by: code or UNSTATED})


@dataclass(frozen=True)
class Measure:
    """An indicator with how it is totalled, and the keys of its versions and of its operands'."""

    indicator: Indicator
    method: str
    keys: Mapping[str, list[int]]

    @property
    def has_total(self) -> bool:
        """Whether platforms can be taken together: else only their median says something."""
        return self.method in {"sum", "formula", "yes"}

    @property
    def is_added(self) -> bool:
        """Whether parts make the whole, so that shares of it make sense."""
        return self.method in {"sum", "yes"}

    @property
    def unit(self) -> str:
        return "家" if self.method == "yes" else self.indicator.unit

    @property
    def total_name(self) -> str:
        return {"yes": "选“是”的平台", "formula": "按合计数计算"}.get(self.method, "合计")

    @cached_property
    def formula(self) -> formulas.Formula | None:
        return formulas.parse(self.indicator.formula) if self.method == "formula" else None

    def rounded(self, value: Any, *, middle: bool = False) -> Decimal | None:
        if value is None:
            return None
        return formulas.rounded(Decimal(str(value)), 2 if middle else self.indicator.decimals)


@dataclass(frozen=True)
class Figure:
    """Of a group in a year: reports due, accepted, with the number; what the number comes to."""

    reports: int = 0
    accepted: int = 0
    n: int = 0
    total: Decimal | None = None
    middle: Decimal | None = None

    @property
    def share(self) -> int | None:
        """Of the reports due, how many per hundred are accepted."""
        return round(100 * self.accepted / self.reports) if self.reports else None


@dataclass(frozen=True)
class Pair:
    """Two years of the platforms that have the number in both: what can be compared."""

    now: Figure
    before: Figure

    @property
    def n(self) -> int:
        return self.now.n


@dataclass(frozen=True)
class Group:
    """A line: a region or a term ("" for 未注明), this year's and last year's figures."""

    code: str
    name: str
    now: Figure
    before: Figure | None = None
    pair: Pair | None = None


@dataclass(frozen=True)
class Analysis:
    """The answer: groups, the greatest first, all of them together, and that by year."""

    question: Question
    measure: Measure | None
    groups: list[Group]
    whole: Group = Group("", "全部", Figure())
    years: dict[int, Figure] = field(default_factory=dict)

    def value(self, figure: Figure | None) -> Decimal | None:
        """What is compared and drawn: the total where there is one, else the median."""
        if figure is None or self.measure is None:
            return None
        return figure.total if self.measure.has_total else figure.middle

    def change(self, one: Group) -> Decimal | None:
        """How much more than last year, of the same platforms; None where there are none."""
        if one.pair is None:
            return None
        this, last = self.value(one.pair.now), self.value(one.pair.before)
        return None if this is None or last is None else this - last
