"""The registry: subjects, their columns, and how numbers and rows are read from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import (
    Avg,
    Count,
    FloatField,
    Model,
    Q,
    QuerySet,
    StdDev,
    Sum,
)  # fmt: skip
from django.utils import timezone

from core.expressions import Median
from reporting.enums import NullReason

WAN = Decimal(10_000)
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Scope:
    """What a computation covers: platforms (a queryset of ids), days, region."""

    platforms: QuerySet[Any]
    first_day: date
    last_day: date
    region_prefix: str
    now: datetime

    def days(self, name: str) -> Q:
        """A day field within the year."""
        return Q(**{f"{name}__range": (self.first_day, self.last_day)})

    def times(self, name: str) -> Q:
        """A time field within the year (local days)."""
        zone = timezone.get_current_timezone()
        start = datetime.combine(self.first_day, time.min, zone)
        end = datetime.combine(self.last_day, time.max, zone)
        return Q(**{f"{name}__range": (start, end)})


@dataclass(frozen=True)
class Answer:
    """A value for one platform, statistics that go with it, or why there is none."""

    value: Any
    detail: dict[str, Any] = field(default_factory=dict)
    null_reason: str = ""


@dataclass(frozen=True)
class Row:
    """One record behind a number: what it is, where it is shown, its day and its share."""

    label: str
    url: str = ""
    day: date | None = None
    amount: str = ""


@dataclass(frozen=True)
class Column:
    """One number of a subject: aggregates, how they make the value, which rows count."""

    aggregates: dict[str, Any]
    final: Callable[[Values], Any]
    where: Q = field(default_factory=Q)
    empty: Any = None
    detail: Callable[[Values], dict[str, Any]] = lambda values: {}


@dataclass(frozen=True)
class Subject:
    """Records that several numbers are made of."""

    base: Callable[[Scope], QuerySet[Any] | None]
    columns: Callable[[Scope], dict[str, Column]]
    describe: Callable[[Any], Row]
    platform: str = "platform_id"
    order: tuple[str, ...] = ("pk",)
    related: tuple[str, ...] = ()


_subjects: dict[str, Subject] = {}


def subject(name: str, known: Subject) -> Subject:
    """Register the subject called `name`; its numbers are `name.column`."""
    _subjects[name] = known
    return known


def names(scope: Scope) -> set[str]:
    """Every query that can be asked."""
    return {f"{name}.{column}" for name, known in _subjects.items() for column in
            known.columns(scope)}  # fmt: skip


def answers(wanted: Iterable[str], scope: Scope) -> dict[str, dict[int, Answer]]:
    """For each wanted query, each platform's answer. One statement a subject, however many
    platforms; a platform without rows is left out (see `default_of`)."""
    by_subject: dict[str, set[str]] = {}
    for name in wanted:
        head, _, column = name.partition(".")
        by_subject.setdefault(head, set()).add(column)
    found: dict[str, dict[int, Answer]] = {}
    for head, columns in sorted(by_subject.items()):
        found.update(_ask(head, columns, scope))
    return found


def _ask(head: str, wanted: set[str], scope: Scope) -> dict[str, dict[int, Answer]]:
    known = _subjects[head]
    base = known.base(scope)
    if base is None:  # nobody keeps such records here yet
        missing = Answer(None, null_reason=NullReason.NOT_COUNTED)
        return {f"{head}.{column}": _Everywhere(missing) for column in wanted}
    columns = {name: column for name, column in known.columns(scope).items() if name in wanted}
    aggregates = {
        f"{name}__{alias}".replace("__", "_x_"): expression
        for name, column in columns.items()
        for alias, expression in column.aggregates.items()
    }
    table: dict[str, dict[int, Answer]] = {
        f"{head}.{name}": _Everywhere(_empty(column)) for name, column in columns.items()
    }
    for row in base.order_by().values(known.platform).annotate(**aggregates):
        for name, column in columns.items():
            values = {alias: row[f"{name}_x_{alias}"] for alias in column.aggregates}
            value = column.final(values)
            reason = NullReason.NOT_APPLICABLE if value is None else ""
            table[f"{head}.{name}"][row[known.platform]] = Answer(
                value, column.detail(values), reason
            )
    return table


def overall(wanted: Iterable[str], scope: Scope) -> dict[str, Answer]:
    """The same queries over all platforms of the scope together: firms that several served count
    once, medians and rates are taken over all records. One statement a subject."""
    by_subject: dict[str, set[str]] = {}
    for name in wanted:
        head, _, column = name.partition(".")
        by_subject.setdefault(head, set()).add(column)
    found: dict[str, Answer] = {}
    for head, names_ in sorted(by_subject.items()):
        known = _subjects[head]
        base = known.base(scope)
        if base is None:
            missing = Answer(None, null_reason=NullReason.NOT_COUNTED)
            found |= {f"{head}.{name}": missing for name in names_}
            continue
        columns = {name: row for name, row in known.columns(scope).items() if name in names_}
        values = base.order_by().aggregate(
            **{
                f"{name}_x_{alias}": expression
                for name, column in columns.items()
                for alias, expression in column.aggregates.items()
            }
        )
        for name, asked in columns.items():
            own = {alias: values[f"{name}_x_{alias}"] for alias in asked.aggregates}
            value = asked.final(own)
            reason = NullReason.NOT_APPLICABLE if value is None else ""
            found[f"{head}.{name}"] = Answer(value, asked.detail(own), reason)
    return found


class _Everywhere(dict[int, Answer]):
    """Answers with what holds for platforms that have no records."""

    def __init__(self, otherwise: Answer) -> None:
        super().__init__()
        self.otherwise = otherwise

    def __missing__(self, key: int) -> Answer:
        return self.otherwise


def _empty(column: Column) -> Answer:
    reason = NullReason.NOT_APPLICABLE if column.empty is None else ""
    return Answer(column.empty, null_reason=reason)


def rows_behind(name: str, platform: Model, scope: Scope, limit: int = 200) -> list[Row]:
    """The records that make up the number `name` for one platform (从哪来), at most `limit`."""
    head, _, column_name = name.partition(".")
    known = _subjects.get(head)
    base = known.base(scope) if known else None
    if known is None or base is None:
        return []
    column = known.columns(scope)[column_name]
    found = base.filter(**{known.platform: platform.pk}).filter(column.where)
    return [known.describe(row) for row in
            found.select_related(*known.related).order_by(*known.order)[:limit]]  # fmt: skip


# --- what numbers are usually made of ---------------------------------------------------------


def decimal(value: Any) -> Decimal | None:
    """Exact: averages of integers and floats come back as binary floats."""
    return None if value is None else Decimal(str(value))


def count(where: Q | None = None, *, of: str = "pk", distinct: bool = False) -> Column:
    """How many rows, or how many different `of`."""
    condition = where or Q()
    aggregate = Count(of, distinct=distinct, filter=condition or None)
    return Column({"n": aggregate}, lambda v: Decimal(v["n"] or 0), condition, Decimal(0))


def total(of: Any, where: Q | None = None, *, per: Decimal = Decimal(1)) -> Column:
    """A sum, divided by `per` (10 000 for 万元). Nothing to add up is 0."""
    condition = where or Q()
    aggregate = Sum(of, filter=condition or None)
    return Column(
        {"n": aggregate}, lambda v: Decimal(str(v["n"] or 0)) / per, condition, Decimal(0)
    )


def mean(of: Any, where: Q | None = None) -> Column:
    """An average, with how many, spread and median beside it."""
    condition = where or Q()
    return Column(
        {
            "mean": Avg(of, filter=condition or None, output_field=FloatField()),
            "n": Count(of, filter=condition or None),
            "sd": StdDev(of, filter=condition or None, sample=False),
            "median": Median(of, filter=condition or None),
        },
        lambda v: decimal(v["mean"]),
        condition,
        detail=lambda v: {"n": v["n"], **_spread(v)},
    )


def _spread(values: Values) -> dict[str, float]:
    kept = {"sd": values["sd"], "median": values["median"]}
    return {name: round(float(value), 2) for name, value in kept.items() if value is not None}


def share(part: Q, whole: Q | None = None) -> Column:
    """Rows of `part` per hundred of `whole`; nothing when there is no whole."""
    condition = whole or Q()
    return Column(
        {"part": Count("pk", filter=part & condition), "n": Count("pk", filter=condition or None)},
        lambda v: Decimal(100 * v["part"]) / v["n"] if v["n"] else None,
        condition,
        detail=lambda v: {"part": v["part"], "n": v["n"]},
    )


def fact(aggregate: Any, convert: Callable[[Any], Any] = lambda value: value or None) -> Column:
    """A single fact of the platform itself."""
    return Column({"it": aggregate}, lambda v: convert(v["it"]))
