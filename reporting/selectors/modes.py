"""Platforms by mode of operation (L08): how many there are, and what they did in a year."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet

from accounts.enums import Role
from platforms.models import Platform
from reporting.access import AnnualReportAccess
from reporting.enums import ReportStatus
from reporting.models import Indicator, ReportCycle, ReportValue
from taxonomy.selectors import term_choices

MODE = "BAS-05"
NUMBERS = ("SRV-02", "SRV-12", "TRF-02", "TRF-04")
UNKNOWN = "未注明"
Numbers = Callable[[str], Decimal | None]


@dataclass
class ModeSum:
    """Of the reports that state a mode: how many, and the sum of each number they have."""

    reports: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)

    def add(self, number_of: Numbers) -> None:
        self.reports += 1
        for code in NUMBERS:
            value = number_of(code)
            if value is not None:
                self.sums[code] = self.sums.get(code, Decimal(0)) + value


def sums_by_mode(rows: Iterable[tuple[Collection[str], Numbers]]) -> dict[str, ModeSum]:
    """Sums by code of the mode; a report of several modes counts in each, one of none under ""."""
    found: dict[str, ModeSum] = {}
    for modes, number_of in rows:
        for code in modes or [""]:
            found.setdefault(code, ModeSum()).add(number_of)
    return found


def named_modes() -> list[tuple[str, str]]:
    """Codes and names of the modes, and of not having stated any."""
    return [*term_choices("operation-mode"), ("", UNKNOWN)]


@dataclass(frozen=True)
class ModeLine:
    """One mode: platforms listed today, reports of the year, their sums in order of `NUMBERS`."""

    code: str
    name: str
    platforms: int
    reports: int | None
    numbers: list[Decimal | None]


def mode_lines(*, prefix: str, cycle: ReportCycle | None, user: Any) -> list[ModeLine]:
    """Each mode in order; without a cycle only how many published platforms there are today.

    Of the cycle count the accepted reports that the user may see in the region. 2 queries.
    """
    shown = Platform.objects.shown().in_region(prefix).filter(is_demo=bool(cycle and cycle.is_demo))
    counts = dict(shown.order_by().values_list("operation_mode__code").annotate(n=Count("pk")))
    sums = sums_by_mode(_reported(cycle, prefix, user)) if cycle else None
    lines = []
    for code, name in named_modes():
        known = sums.get(code, ModeSum()) if sums is not None else None
        lines.append(ModeLine(
            code, name, counts.get(code or None, 0), known.reports if known else None,
            [known.sums.get(number) if known else None for number in NUMBERS],
        ))  # fmt: skip
    return lines


def _reported(
    cycle: ReportCycle, prefix: str, user: Any
) -> Iterable[tuple[Collection[str], Numbers]]:
    reports = AnnualReportAccess(user).visible().filter(
        cycle=cycle, status=ReportStatus.ACCEPTED, platform__region__code__startswith=prefix
    )  # fmt: skip
    rows = ReportValue.objects.filter(
        report__in=reports, indicator__code__in=(MODE, *NUMBERS)
    ).select_related("indicator")
    values: dict[int, dict[str, Any]] = {}
    for row in rows:
        values.setdefault(row.report_id, {})[row.indicator.code] = row.effective
    return [(found.get(MODE) or [], found.get) for found in values.values()]


def cycles_of_modes(user: Any) -> QuerySet[ReportCycle]:
    """Years of which the staff may see accepted reports, the newest first; for others none."""
    if not getattr(user, "is_authenticated", False) or not user.has_role(Role.GOVERNMENT):
        return ReportCycle.objects.none()
    accepted = AnnualReportAccess(user).visible().filter(status=ReportStatus.ACCEPTED)
    rows = ReportCycle.objects.filter(pk__in=accepted.values("cycle"))
    return rows.select_related("region").order_by("-year", "pk")


def number_names() -> list[tuple[str, str, str]]:
    """Code, name and unit of each number, by its present definition."""
    rows = Indicator.objects.filter(code__in=NUMBERS, is_current=True)
    known = {row.code: row for row in rows}
    return [(code, known[code].name, known[code].unit) for code in NUMBERS if code in known]
