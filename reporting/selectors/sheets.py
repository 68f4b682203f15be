"""A report as a sheet: every indicator with its value, last year's and what the rules say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from reporting.enums import Fill
from reporting.models import AnnualReport, Indicator, PlanTarget, ReportValue
from reporting.rules import Entry, Finding, Sheet, findings
from reporting.selectors.indicators import names_of
from reporting.values import in_words


@dataclass
class Line:
    """One indicator on a page."""

    indicator: Indicator
    row: ReportValue | None
    last: ReportValue | None
    names: Mapping[str, str] = field(default_factory=dict)  # code → name, of a choice
    findings: list[Finding] = field(default_factory=list)
    comments: list[Any] = field(default_factory=list)
    file_count: int = 0

    @property
    def value(self) -> Any:
        return self.row.effective if self.row else None

    @cached_property
    def words(self) -> str:
        """What people read; empty for no value."""
        return in_words(self.indicator, self.value, self.names)

    @property
    def computed_words(self) -> str:
        """The value before any correction."""
        value = self.row.value if self.row else None
        return in_words(self.indicator, value, self.names)

    @property
    def correction_words(self) -> str:
        if self.row is None or self.row.correction is None:
            return ""
        value = self.row.correction["value"]
        value = Decimal(str(value)) if self.indicator.is_number else value
        return in_words(self.indicator, value, self.names)

    @cached_property
    def last_words(self) -> str:
        value = self.last.effective if self.last else None
        return in_words(self.indicator, value, self.names)

    @property
    def is_missing(self) -> bool:
        return self.row is None or (self.row.is_empty and not self.row.null_reason)


def indicators_of(report: AnnualReport) -> list[Indicator]:
    """The indicator versions the report's cycle asks for, in order."""
    return list(report.cycle.indicators.in_order())


def values_of(report: AnnualReport, known: Iterable[Indicator] = ()) -> dict[str, ReportValue]:
    """The report's values by indicator code; `known` indicators are shared, not read again."""
    rows = list(ReportValue.objects.filter(report=report).select_related("typed_by"))
    by_id = {indicator.pk: indicator for indicator in known}
    unknown = {row.indicator_id for row in rows} - by_id.keys()
    by_id |= Indicator.objects.in_bulk(unknown) if unknown else {}
    for row in rows:
        row.indicator = by_id[row.indicator_id]
    return {row.indicator.code: row for row in rows}


def report_of(report: AnnualReport, years_before: int) -> AnnualReport | None:
    """The same platform's report of an earlier year in the same region."""
    return (
        AnnualReport.objects.filter(
            platform=report.platform_id,
            cycle__region=report.cycle.region_id,
            cycle__year=report.cycle.year - years_before,
        )
        .select_related("cycle", "platform")
        .first()
    )


def planned_of(report: AnnualReport | None) -> dict[str, PlanTarget]:
    """The targets a report sets for the year after it, by code."""
    if report is None:
        return {}
    return {row.code: row for row in report.plan_targets.order_by("code")}


def lines_of(report: AnnualReport) -> list[Line]:
    """Every indicator with this year's and last year's value and its findings."""
    indicators = indicators_of(report)
    rows = values_of(report, indicators)
    before = report_of(report, 1)
    last = values_of(before, indicators) if before else {}
    names = names_of(indicators)
    lines = [
        Line(indicator, rows.get(indicator.code), last.get(indicator.code),
             names[indicator.choice_list])
        for indicator in indicators
    ]  # fmt: skip
    by_code: dict[str, list[Finding]] = {}
    for finding in findings(sheet_of(lines, planned_of(report).values())):
        by_code.setdefault(finding.code, []).append(finding)
    for line in lines:
        line.findings = by_code.get(line.indicator.code, [])
    return lines


def sheet_of(lines: Iterable[Line], planned: Iterable[PlanTarget]) -> Sheet:
    """What the rules look at."""
    return Sheet(
        entries={line.indicator.code: _entry(line) for line in lines},
        planned={row.code: row.target for row in planned},
    )


def _entry(line: Line) -> Entry:
    row = line.row
    if row is None:
        return Entry(line.indicator, last=line.last.effective if line.last else None)
    return Entry(
        indicator=line.indicator,
        value=row.effective,
        null_reason="" if row.effective is not None and row.correction else row.null_reason,
        note=row.note,
        last=line.last.effective if line.last else None,
        correction_answer=row.correction_answer,
        typed=line.indicator.fill != Fill.MANUAL and row.typed_by_id is not None,
    )


@dataclass(frozen=True)
class Section:
    """A group of indicators on the fill page."""

    code: str
    name: str
    lines: list[Line]

    @property
    def finding_count(self) -> int:
        """What is left to do here; targets are counted with the plan."""
        return sum(
            finding.blocks and not finding.place for line in self.lines for finding in line.findings
        )

    @property
    def target_count(self) -> int:
        return sum(bool(finding.place) for line in self.lines for finding in line.findings)


def sections_of(lines: Iterable[Line]) -> list[Section]:
    """Lines by group, in order."""
    found: dict[str, Section] = {}
    for line in lines:
        group = line.indicator.group
        found.setdefault(group, Section(group, line.indicator.group_name, [])).lines.append(line)
    return list(found.values())
