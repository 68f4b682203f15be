"""What came of the closed demo year: a published evaluation and a development report."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from core.services import settle_events
from reporting.enums import PublicationKind
from reporting.models import EvaluationRun, EvaluationScheme, Publication, ReportCycle, ReportingJob
from reporting.services.evaluations import create_run, move_run, request_round
from reporting.services.jobs import run_job
from reporting.services.publications import (
    create_publication,
    publish_publication,
    submit_publication,
)

SCHEME = "running"


@transaction.atomic
def attach_demo_results(
    *, cycle: ReportCycle, staff: User, at: datetime, now: datetime
) -> tuple[EvaluationRun | None, Publication]:
    """Evaluate the demo `cycle` and publish its development report, as `staff`.

    The evaluation runs from day `at` on, the report is made `now`. Done by the services, jobs
    included; both are marked demo. Nobody is told of either.
    No evaluation where the scheme is not loaded. Not to be called twice.
    """
    scheme = EvaluationScheme.objects.filter(slug=SCHEME, is_current=True).first()
    run = _evaluate(cycle, scheme, staff, at, now) if scheme else None
    made = create_publication(
        actor=staff, kind=PublicationKind.ANNUAL, region=cycle.region, year=cycle.year,
        cycle=cycle, with_demo=True, now=now,
    )  # fmt: skip
    _work_off(cycle, now)
    # frozen here and now, so nothing after it may bear an earlier day
    made = submit_publication(actor=staff, publication=made, now=now)
    _work_off(cycle, now)
    made = publish_publication(actor=staff, publication=made, now=max(now, made.frozen_at or now))
    settle_events(prefix="reporting.publication.", key="publication_id", ids=[made.pk], now=now)
    return run, made


def _evaluate(
    cycle: ReportCycle, scheme: EvaluationScheme, staff: User, at: datetime, now: datetime
) -> EvaluationRun:
    run = create_run(
        actor=staff, scheme=scheme, cycle=cycle, region=cycle.region, now=at,
        notice="演示评价：用演示平台的演示数据计算。",
    )  # fmt: skip
    request_round(actor=staff, run=run, now=at)
    _work_off(cycle, now)
    shown = move_run(actor=staff, run=run, name="show", now=at + timedelta(days=2))
    assert shown.publicity_ends_at is not None  # noqa: S101 -- showing sets it, for mypy
    done = move_run(
        actor=staff, run=run, name="publish", now=shown.publicity_ends_at + timedelta(hours=12)
    )
    settle_events(prefix="reporting.evaluation.", key="run_id", ids=[run.pk], now=now)
    return done


def _work_off(cycle: ReportCycle, now: datetime) -> None:
    """Do the jobs of the cycle here and now; the worker finds them done."""
    waiting = ReportingJob.objects.unfinished().filter(cycle=cycle).order_by("pk")
    for job_id in list(waiting.values_list("pk", flat=True)):
        run_job(job_id=job_id, now=now)
