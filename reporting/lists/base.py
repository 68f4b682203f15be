"""What every kind of list states, and its criteria in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from accounts.selectors import people_of_organisations
from reporting.models import ReportCycle
from taxonomy.models import Region
from taxonomy.selectors import term

Criteria = Mapping[str, Any]
CHUNK = 2000
UNKNOWN = "未注明"


@dataclass(frozen=True)
class Entry:
    """One line: `key` names the same thing in every edition; texts by column; its page."""

    key: str
    cells: dict[str, str]
    url: str = ""
    is_demo: bool = False


Keys = QuerySet[Any, Any]  # the keys of lines, as a query


@dataclass(frozen=True)
class Concern:
    """What of somebody's a line is (您的平台), and whose the lines with some keys are."""

    noun: str
    people: Callable[[Keys], QuerySet[User]]


@dataclass(frozen=True)
class ListType:
    """A kind of list. `rule` is what every line of it meets, whatever the criteria."""

    kind: str
    rule: str
    columns: tuple[tuple[str, str], ...]
    filters: tuple[str, ...]
    rows: Callable[[Criteria, datetime], Any]
    entry: Callable[[Any], Entry]
    concern: Concern | None = None

    @property
    def shown_columns(self) -> list[dict[str, str]]:
        return [{"name": name, "label": label} for name, label in self.columns]

    def count(self, criteria: Criteria, now: datetime) -> int:
        rows = self.rows(criteria, now)
        return rows.count() if isinstance(rows, QuerySet) else len(rows)

    def entries(
        self, criteria: Criteria, now: datetime, limit: int | None = None
    ) -> Iterator[Entry]:
        """The lines in order, read by chunks."""
        rows = self.rows(criteria, now)
        if isinstance(rows, QuerySet):
            found = rows[:limit] if limit else rows.iterator(chunk_size=CHUNK)
        else:
            found = rows[:limit]
        return (self.entry(row) for row in found)


def text(value: Any) -> str:
    """A cell: days as ISO, missing facts as such."""
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, datetime):
        return timezone.localdate(value).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def prefix_of(criteria: Criteria) -> str:
    """The leading digits of the region asked for; empty for everywhere."""
    code = criteria.get("region", "")
    region = Region.objects.filter(pk=code).first() if code else None
    return region.prefix if region else ""


def narrowed(rows: QuerySet[Any], criteria: Criteria, paths: Mapping[str, str]) -> QuerySet[Any]:
    """`rows` by the criteria: region, then the codes of terms; demonstrations unless asked for.

    `paths` says how to reach each from a row.
    """
    if prefix := prefix_of(criteria):
        rows = rows.filter(**{f"{paths['region']}__code__startswith": prefix})
    for name in ("field", "kind", "level"):
        if name in paths and criteria.get(name):
            rows = rows.filter(**{f"{paths[name]}__code": criteria[name]})
    if not criteria.get("demo"):
        rows = rows.exclude(**{paths["demo"]: True})
    return rows


TERM_LISTS = {"field": "field-data", "kind": "platform-kind", "level": "platform-level"}
TERM_WORDS = {"field": "领域", "kind": "平台类别", "level": "梯度层级"}


def criteria_words(known: ListType, criteria: Criteria) -> list[str]:
    """What the edition says of its criteria, line by line."""
    words = [known.rule]
    for name in known.filters:
        value = criteria.get(name)
        if name == "region":
            region = Region.objects.filter(pk=value).first() if value else None
            words.append(f"地区：{region.name if region else '不限'}")
        elif name in TERM_LISTS and value:
            found = term(TERM_LISTS[name], str(value))
            words.append(f"{TERM_WORDS[name]}：{found.name if found else value}")
        elif name == "cycle" and value:
            words.append(f"评价批次：{ReportCycle.objects.filter(pk=value).first() or value}。")
        elif value:
            said = "、".join(GRADES.get(one, one) for one in value) if name == "grades" else value
            words.append(SENTENCES[name].format(said))
    if criteria.get("demo"):
        words.append("收入演示数据，仅供演示。")
    return words


GRADES = {"excellent": "优秀", "good": "良好", "fair": "合格"}
SENTENCES = {
    "on_roster": "发布之日在册的认定、备案平台。",
    "fresh": "在规定期限内确认过仍然有效。",
    "open_only": "登记为对外服务。",
    "since": "{} 以来发布。",
    "minimum": "未满足的需求不少于 {} 条。",
    "grades": "等级：{}。",
}


def operators_of(platforms: QuerySet[Any]) -> QuerySet[User]:
    """Everybody who runs one of the platforms here."""
    return people_of_organisations(platforms.values("organisation"), [Role.OPERATOR])


def page_of(row: Model) -> str:
    return row.get_absolute_url()  # type: ignore[attr-defined,no-any-return]
