"""What came of the closed demo year: a published evaluation, a development report, lists."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from core.services import settle_events
from reporting.enums import ListKind, PublicationKind
from reporting.lists import LIST_TYPES
from reporting.models import (
    EvaluationRun,
    EvaluationScheme,
    Publication,
    PublishedList,
    ReportCycle,
    ReportingJob,
)
from reporting.selectors.published_lists import job_of
from reporting.services.evaluations import create_run, move_run, request_round
from reporting.services.jobs import run_job
from reporting.services.publications import (
    create_publication,
    publish_publication,
    submit_publication,
)
from reporting.services.published_lists import issue_list

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


@transaction.atomic
def attach_demo_lists(
    *, cycle: ReportCycle, staff: User, earlier: datetime, now: datetime
) -> list[PublishedList]:
    """Issue demo editions of the lists that have lines, as `staff`: the roster as of `earlier`
    and as of `now`, so that a difference shows, and one edition of each other list.

    Done by the services, jobs included; all are marked demo and nobody is told. Gaps are left
    out: nothing has been matched yet. Not to be called twice.
    """
    here = {"region": cycle.region_id, "demo": True}
    roster = here | {"on_roster": True}
    wanted: list[tuple[str, dict[str, Any], datetime]] = [
        (ListKind.PLATFORMS, roster, earlier), (ListKind.PLATFORMS, roster, now),
        (ListKind.SUPPLY, here, now), (ListKind.DEMANDS, {"demo": True}, now),
        (ListKind.PROJECTS, here, now),
        (ListKind.STRONG, here | {"cycle": cycle.pk, "grades": ["excellent", "good"]}, now),
    ]  # fmt: skip
    made = []
    for kind, criteria, at in wanted:
        if not LIST_TYPES[kind].count(criteria, at):
            continue
        edition = issue_list(
            actor=staff,
            kind=kind,
            criteria=criteria,
            now=at,
            note="演示清单，不是正式发布。",
        )
        job = job_of(edition)
        assert job is not None  # noqa: S101 -- issuing started it, for mypy
        run_job(job_id=job.pk, now=at)
        made.append(PublishedList.objects.get(pk=edition.pk))
    ids = [edition.pk for edition in made]
    settle_events(prefix="reporting.list.", key="list_id", ids=ids, now=now)
    return made


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
