"""Values while reports are computed: read and written by the hundred thousand, without rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.bulk import write_rows
from reporting.enums import NUMBERS
from reporting.models import AnnualReport, Indicator, PlanTarget, ReportCycle, ReportValue
from reporting.models.report import in_force, stored

READ = ("report_id", "indicator_id", "number", "text", "data", "null_reason", "detail", "fill",
        "typed_by_id", "correction", "correction_answer")  # fmt: skip
COMPUTED = ("number", "text", "data", "null_reason", "detail", "fill")


@dataclass(slots=True)
class Cell:
    """What a `ReportValue` stores of a value."""

    kind: str
    number: Decimal | None = None
    text: str = ""
    data: Any = None
    null_reason: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    fill: str = ""
    is_typed: bool = False
    correction: Any = None
    correction_answer: str = ""

    @property
    def effective(self) -> Any:
        """What counts: the correction once it is accepted, else the value."""
        value = stored(self.kind, self.number, self.text, self.data)
        return in_force(self.kind, value, self.correction, self.correction_answer)

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS

    @property
    def computed(self) -> tuple[Any, ...]:
        """What computing writes."""
        return (self.number, self.text, self.data, self.null_reason, self.detail, self.fill)


Cells = dict[str, Cell]


def cells_of(reports: Sequence[AnnualReport], indicators: Iterable[Indicator]) -> dict[int, Cells]:
    """Values of many reports: report → code → cell. One query."""
    known = {row.pk: (row.code, row.kind) for row in indicators}
    found: dict[int, Cells] = {}
    rows = ReportValue.objects.filter(report__in=[row.pk for row in reports], indicator__in=known)
    for row in rows.values_list(*READ):
        code, kind = known[row[1]]
        number, text, data, reason, detail, fill, typed_by, correction, decided = row[2:]
        cell = Cell(kind, number, text, data, reason, detail, fill, typed_by is not None,
                    correction, decided)  # fmt: skip
        found.setdefault(row[0], {})[code] = cell
    return found


def write_cells(changed: Iterable[tuple[int, Indicator, Cell]], *, now: datetime) -> int:
    """Insert or overwrite what was computed: (report, indicator, cell). One statement."""
    rows = [
        {"report_id": report, "indicator_id": indicator.pk,
         **dict(zip(COMPUTED, cell.computed, strict=True))}
        for report, indicator, cell in changed
    ]  # fmt: skip
    return write_rows(
        ReportValue, rows, same={"computed_at": now, "created_at": now, "updated_at": now},
        unique=("report_id", "indicator_id"), update=(*COMPUTED, "computed_at", "updated_at"),
    )  # fmt: skip


Earlier = dict[tuple[str, int], Decimal]


def earlier_numbers(
    cycle: ReportCycle, platforms: Sequence[int], wanted: Iterable[tuple[str, int]]
) -> dict[int, Earlier]:
    """The numbers in force that formulas look back to: platform → (code, years before) → number.
    One query a year looked back to."""
    codes: dict[int, list[str]] = {}
    for code, years in sorted(wanted):
        codes.setdefault(years, []).append(code)
    found: dict[int, Earlier] = {}
    for years, named in codes.items():
        rows = ReportValue.objects.filter(
            report__cycle__year=cycle.year - years, report__cycle__region=cycle.region_id,
            report__platform__in=platforms, indicator__code__in=named,
        ).select_related("indicator", "report")  # fmt: skip
        for row in rows:
            if row.indicator.is_number and row.effective is not None:
                mine = found.setdefault(row.report.platform_id, {})
                mine[row.indicator.code, years] = row.effective
    return found


Targets = Mapping[str, Decimal]
Plans = tuple[Targets, Targets]


def plans_of(cycle: ReportCycle, reports: Sequence[AnnualReport]) -> dict[int, Plans]:
    """For each report: its own targets for next year, and those set for it a year ago."""
    own: dict[int, dict[str, Decimal]] = {}
    for row in PlanTarget.objects.filter(report__in=reports).order_by("code"):
        own.setdefault(row.report_id, {})[row.code] = row.target
    base: dict[int, dict[str, Decimal]] = {}
    earlier = PlanTarget.objects.filter(
        report__cycle__year=cycle.year - 1, report__cycle__region=cycle.region_id,
        report__platform__in=[report.platform_id for report in reports],
    ).select_related("report").order_by("code")  # fmt: skip
    for row in earlier:
        base.setdefault(row.report.platform_id, {})[row.code] = row.target
    return {r.pk: (own.get(r.pk, {}), base.get(r.platform_id, {})) for r in reports}
