"""What the jobs of a cycle do: make the reports, compute them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from core.services import emit
from platforms.enums import ListingStatus
from platforms.models import Platform
from platforms.selectors.roster import roster_rows
from reporting.access import LEVEL_OF
from reporting.enums import Coverage
from reporting.models import AnnualReport, ReportCycle
from reporting.services.compute import compute_reports
from reporting.states import STEP_OF

Tell = Callable[[int, int], bool]


def reporting_platforms(cycle: ReportCycle) -> QuerySet[Any]:
    """Platforms of the region that report: those on the roster on the last day of the year, as it
    was then, or all that are published. Demo platforms report in demo cycles, and only there."""
    rows = Platform.objects.in_region(cycle.region.prefix).filter(
        status=ListingStatus.PUBLISHED, is_demo=cycle.is_demo
    )
    if cycle.coverage == Coverage.PUBLISHED:
        return rows
    return rows.filter(pk__in=roster_rows(cycle.last_day).values("platform"))


def chain_of(cycle: ReportCycle, level: int) -> list[str]:
    """The levels that review a platform at a place of `level`: 东莞 and 中山 have no counties."""
    steps = [name for name in cycle.reviewers if LEVEL_OF[STEP_OF[name]] <= level]
    return steps or cycle.reviewers[-1:]


def fill_cycle(*, cycle: ReportCycle, now: datetime, tell: Tell, since: datetime) -> dict[str, int]:
    """One prefilled report for each platform; safe to run twice, goes on where it stopped."""
    made = make_reports(cycle=cycle, now=now)
    result = recompute_cycle(cycle=cycle, now=now, tell=tell, since=since)
    emit("reporting.cycle.filled", cycle_id=cycle.pk)
    return {"created": made} | result


@transaction.atomic
def make_reports(*, cycle: ReportCycle, now: datetime) -> int:
    """Reports for platforms that have none yet; how many were made."""
    rows = reporting_platforms(cycle).exclude(annual_reports__cycle=cycle)
    places = rows.order_by("pk").values_list("pk", "region__level")
    fresh = [
        AnnualReport(
            cycle=cycle, platform_id=pk, chain=chain_of(cycle, level), status_changed_at=now
        )
        for pk, level in places
    ]
    AnnualReport.objects.bulk_create(fresh, batch_size=1000, ignore_conflicts=True)
    return len(fresh)


def recompute_cycle(
    *, cycle: ReportCycle, now: datetime, tell: Tell, since: datetime
) -> dict[str, int]:
    """Compute every editable report of the cycle that was not computed after `since`."""
    editable = cycle.reports.editable()
    total = editable.count()
    waiting = editable.filter(Q(computed_at__isnull=True) | Q(computed_at__lt=since))
    before = total - waiting.count()
    tell(before, total)
    done = compute_reports(
        cycle=cycle, reports=waiting, now=now, after_chunk=lambda n: tell(before + n, total)
    )
    return {"computed": done, "total": total}
