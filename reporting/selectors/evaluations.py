"""Reading evaluations: grades in force, rankings, the way to a score."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from reporting.models import EvaluationResult, EvaluationRun, ReportCycle


@dataclass(frozen=True)
class Grade:
    """The published grade of a platform for a year, with the run that gave it."""

    slug: str
    name: str
    score: Decimal | None
    year: int
    scheme: str
    run_id: int
    is_demo: bool = False

    @property
    def is_best(self) -> bool:
        return self.slug == "excellent"


def _grade(row: EvaluationResult) -> Grade:
    run = row.round.run
    return Grade(
        row.grade, row.grade_name, row.score, run.cycle.year, run.scheme.name, run.pk, run.is_demo
    )


def _graded(runs: Iterable[EvaluationRun]) -> list[EvaluationResult]:
    """Results of the last rounds of `runs`, those of wider regions and newer ones last. 1 query."""
    rows = EvaluationResult.objects.in_force().light().filter(round__run__in=runs)
    rows = rows.select_related("round__run__scheme", "round__run__cycle")
    return list(rows.order_by("-round__run__region__level", "round__run", "pk"))


def published_grades(cycle: ReportCycle) -> dict[int, Grade]:
    """Platform → its published grade of the cycle; the wider region's where two gave one."""
    runs = EvaluationRun.objects.published().grading().filter(cycle=cycle)
    return {row.platform_id: _grade(row) for row in _graded(runs)}


def grades_of(platform_id: int) -> list[Grade]:
    """The published grades of one platform, the latest year first. One query."""
    runs = EvaluationRun.objects.published().grading()
    rows = EvaluationResult.objects.in_force().light().filter(round__run__in=runs)
    rows = rows.filter(platform=platform_id)
    rows = rows.select_related("round__run__scheme", "round__run__cycle")
    found: dict[int, Grade] = {}
    for row in rows.order_by("-round__run__cycle__year", "round__run__region__level", "pk"):
        found.setdefault(row.round.run.cycle.year, _grade(row))
    return list(found.values())


def latest_grades(platform_ids: Iterable[int]) -> dict[int, Grade]:
    """Platform → its latest published grade, for lists. One query."""
    runs = EvaluationRun.objects.published().grading()
    rows = EvaluationResult.objects.in_force().light()
    rows = rows.filter(round__run__in=runs, platform__in=list(platform_ids))
    rows = rows.select_related("round__run__scheme", "round__run__cycle")
    order = ("round__run__cycle__year", "-round__run__region__level", "pk")
    return {row.platform_id: _grade(row) for row in rows.order_by(*order)}
