"""Figures of many reports at once, by group and year: one statement over their values in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    Case,
    DecimalField,
    F,
    FilteredRelation,
    Func,
    JSONField,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from reporting.analysis import Figure, Measure, Pair
from reporting.enums import Answer, ReportStatus

ACCEPTED = Q(status=ReportStatus.ACCEPTED)
NUMBER: Any = DecimalField(max_digits=24, decimal_places=4)
# told: a line for each report; known: in how many of the two years its platform has the number
STATEMENT = """
SELECT cycle_id, "group", GROUPING("group"), count(*),
    count(*) FILTER (WHERE status = 'accepted'), {figures}, {pairs}
FROM (
    SELECT *, {complete} AS is_complete, count(own) FILTER (
        WHERE status = 'accepted' AND cycle_id = ANY(%s)
    ) OVER (PARTITION BY platform_id, "group") AS years
    FROM ({told}) AS told
) AS known GROUP BY GROUPING SETS ({sets})
"""
FIGURES = """count(*) FILTER (WHERE {0}),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY own) FILTER (WHERE {0}), {1}"""


class EachText(Func):
    """One row for each text of a JSON list, "" for an empty one."""

    template = """JSONB_ARRAY_ELEMENTS_TEXT(COALESCE(NULLIF(%(expressions)s, '[]'), '[""]'))"""
    output_field = TextField()
    set_returning = True


@dataclass
class Years:
    """A group's figures by year; `same` those of the platforms that have the last two."""

    figures: dict[int, Figure]
    same: dict[int, Figure] = field(default_factory=dict)

    def pair(self, this: int) -> Pair | None:
        now, before = self.same.get(this), self.same.get(this - 1)
        return Pair(now, before) if now and before and now.n and now.n == before.n else None


def _agreed(path: str) -> Q:
    """A correction was accepted."""
    return Q(**{f"{path}correction_answer": Answer.ACCEPTED, f"{path}correction__isnull": False})


def list_in_force(path: str) -> Any:
    """A list in force, in SQL."""
    corrected = KeyTransform("value", f"{path}correction")
    return Case(When(_agreed(path), then=corrected), default=F(f"{path}data"),
                output_field=JSONField())  # fmt: skip


def _stored(measure: Measure, path: str) -> Any:
    return F(f"{path}number") if measure.method != "yes" else _one_or_zero(f"{path}data")


def _corrected(measure: Measure, path: str) -> Any:
    if measure.method == "yes":
        return _one_or_zero(f"{path}correction__value")
    return Cast(KeyTextTransform("value", f"{path}correction"), NUMBER)


def _one_or_zero(path: str) -> Any:
    yes, no = When(**{path: True}, then=Value(1)), When(**{path: False}, then=Value(0))
    return Case(yes, no, default=None, output_field=NUMBER)


def value_in_force(measure: Measure) -> Any:
    """Of rows of values: a number, of a yes-or-no one 1 or 0, as `ReportValue.effective`."""
    return Case(When(_agreed(""), then=_corrected(measure, "")), default=_stored(measure, ""))


def of_code(code: str, measure: Measure, **conditions: Any) -> FilteredRelation:
    """A report's value of a code, whichever version of the definition it was given under."""
    asked = {"indicator__in": measure.keys[code], **conditions}
    found = Q(**{f"values_set__{name}": value for name, value in asked.items()})
    return FilteredRelation("values_set", condition=found)


def told(rows: QuerySet[Any], measure: Measure, code: str, name: str) -> QuerySet[Any]:
    """Reports with `name`, their value of the code in force. Accepted corrections, a handful, are
    joined apart, so that the index alone tells the numbers."""
    corrected = {"correction_answer": Answer.ACCEPTED, "correction__isnull": False}
    stored, agreed = f"{name}_stored", f"{name}_agreed"
    joined = rows.alias(**{
        stored: of_code(code, measure), agreed: of_code(code, measure, **corrected),
    })  # fmt: skip
    is_corrected = When(**{f"{agreed}__isnull": False}, then=_corrected(measure, f"{agreed}__"))
    return joined.annotate(**{name: Case(is_corrected, default=_stored(measure, f"{stored}__"))})


def figures_of(
    rows: QuerySet[Any], measure: Measure, series: Mapping[int, int], *, with_whole: bool = False
) -> tuple[dict[str, Years], Years | None]:
    """The figures of reports by `group` and year, and those of all together: where asked for, or
    where there is no group. `series`: key of the cycle → year. One statement.

    Sums that make a total are over the reports that have every operand; the last two years are
    told of the same platforms too.
    """
    operands = sorted(measure.formula.codes) if measure.formula else []
    is_grouped = "group" in rows.query.annotations
    rows = told(rows, measure, measure.indicator.code, "own")
    for place, code in enumerate(operands):
        rows = told(rows, measure, code, f"n{place}")
    names = [f"n{place}" for place in range(len(operands))] or ["own"]
    if not is_grouped:
        rows = rows.annotate(group=Value(""))
    columns = rows.order_by().values("cycle_id", "platform_id", "status", "group",
                                     *dict.fromkeys([*names, "own"]))  # fmt: skip
    try:
        sql, params = columns.query.sql_with_params()
    except EmptyResultSet:
        return {}, None
    sums = ", ".join(f"sum({name}) FILTER (WHERE {{0}})" for name in names)
    complete = "status = 'accepted' AND is_complete"
    statement = STATEMENT.format(
        told=sql, complete=" AND ".join(f"{name} IS NOT NULL" for name in names),
        figures=FIGURES.format(complete, sums.format(complete)),
        pairs=FIGURES.format(f"{complete} AND years = 2", sums.format(f"{complete} AND years = 2")),
        sets='(cycle_id, "group")' + (", (cycle_id)" if with_whole else ""),
    )  # fmt: skip
    last = max(series.values(), default=0)
    two = [pk for pk, year in series.items() if year >= last - 1]
    with connection.cursor() as cursor:
        cursor.execute(statement, [two, *params])
        lines = cursor.fetchall()
    found = _by_year(lines, measure, series, operands)
    whole = found.pop(None if is_grouped else "", None)
    return {code: years for code, years in found.items() if code is not None}, whole


def _by_year(
    lines: list[tuple[Any, ...]], measure: Measure, series: Mapping[int, int], operands: list[str]
) -> dict[str | None, Years]:
    found: dict[str | None, Years] = {}
    width = 2 + (len(operands) or 1)  # count, median, sums
    for cycle, group, is_whole, reports, accepted, *rest in lines:
        years = found.setdefault(None if is_whole else group or "", Years({}))
        year = series[cycle]
        years.figures[year] = _figure(reports, accepted, rest[:width], measure, operands)
        years.same[year] = _figure(0, 0, rest[width:], measure, operands)
    return found


def _figure(
    reports: int, accepted: int, told: list[Any], measure: Measure, operands: list[str]
) -> Figure:
    n, middle, *sums = told
    total = sums[0]
    if measure.formula:
        total = measure.formula.value(dict(zip(operands, sums, strict=True)))
    return Figure(
        reports, accepted, n, measure.rounded(total) if measure.has_total else None,
        None if measure.method == "yes" else measure.rounded(middle, middle=True),
    )  # fmt: skip
