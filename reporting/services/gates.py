"""Published grades decide which declining subsidies may be paid (C07)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.access import SYSTEM
from platforms.enums import SubsidyStatus
from platforms.models import SubsidyYear
from platforms.services import judge_year
from reporting.models import EvaluationResult, EvaluationRun


@transaction.atomic
def judge_subsidies(*, run_id: int, now: datetime) -> int:
    """Judge the next year of each plan whose rule names the run's scheme; how many.

    The grades of a year open or close the money of the year after. Years that somebody judged
    already stay as they are, so it is safe to run twice; demo grades judge demo plans alone.
    """
    run = EvaluationRun.objects.select_related("scheme", "cycle").get(pk=run_id)
    rows = SubsidyYear.objects.filter(
        status=SubsidyStatus.WAITING, year=run.cycle.year + 1, plan__is_demo=run.is_demo,
        plan__rule__evaluation=run.scheme_slug,
    )  # fmt: skip
    results = {
        row.platform_id: row
        for row in EvaluationResult.objects.in_force().light().filter(round__run=run)
    }
    judged = 0
    for row in rows.select_related("plan").order_by("pk"):
        result = results.get(row.plan.platform_id)
        if result is None:
            continue
        judge_year(
            actor=SYSTEM, row=row, is_met=result.grade in row.plan.rule["grades"], now=now,
            basis=f"{run.cycle.year} 年度{run.scheme.name}：{result.grade_name}",
        )  # fmt: skip
        judged += 1
    return judged
