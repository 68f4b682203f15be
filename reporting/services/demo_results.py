"""What came of the closed demo year: evaluations, rewards, a development report, lists."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.services import settle_events
from platforms.models import Platform
from reporting.enums import ListKind, PublicationKind
from reporting.lists import LIST_TYPES
from reporting.models import (
    EvaluationResult,
    EvaluationRun,
    EvaluationScheme,
    Publication,
    PublishedList,
    ReportCycle,
    ReportingJob,
    RewardPlan,
)
from reporting.scoring import read_scheme
from reporting.selectors.published_lists import job_of
from reporting.services.demo_year import DemoPeople
from reporting.services.disputes import make_dispute
from reporting.services.evaluations import (
    add_run_comment,
    create_run,
    entrust_run,
    move_run,
    request_round,
)
from reporting.services.jobs import run_job
from reporting.services.publications import (
    create_publication,
    publish_publication,
    submit_publication,
)
from reporting.services.published_lists import issue_list
from reporting.services.rewards import move_reward, plan_reward, reward_rule
from taxonomy.models import Region

SCHEME = "running"
OTHERS = ("sharing-check", "annual-performance", "operating-benefit", "city-reward")


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
        (ListKind.PROJECTS, here, now), (ListKind.PRODUCTS, here, now),
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


@transaction.atomic
def attach_demo_disputed(
    *, cycle: ReportCycle, people: DemoPeople, reviewer: User, platform: Platform, now: datetime
) -> EvaluationRun | None:
    """A second evaluation by the demo `cycle`, of the city of `platform` only, made public now:
    entrusted to `reviewer`, who has commented, and contested by the operator of `platform`.

    Done by the services; nothing where no other scheme is loaded. Not to be called twice.
    """
    rows = EvaluationScheme.objects.filter(slug__in=OTHERS, is_current=True)
    scheme = min(rows, key=lambda row: OTHERS.index(row.slug), default=None)
    if scheme is None:
        return None
    staff = people.city
    run = _computed(cycle, scheme, platform.region, staff, now - timedelta(days=3), now)
    run = entrust_run(actor=staff, run=run, agency="演示第三方机构", reviewers=[reviewer], now=now)
    body = "演示意见：计算与报送数据一致，建议核对对外服务机时。"
    add_run_comment(actor=reviewer, run=run, body=body, now=now)
    run = move_run(actor=staff, run=run, name="show", now=now - timedelta(days=1))
    result = EvaluationResult.objects.in_force().get(round__run=run, platform=platform)
    read = run.cycle.indicators.filter(code__in=read_scheme(scheme.definition).codes)
    numbers = [row.code for row in read.order_by("code") if row.is_number and not row.columns]
    make_dispute(
        actor=people.operators[platform.pk], result=result, now=now,
        code=numbers[0], claim="12",
        reason="演示异议：本单位登记的数与此不同，请核对。",
    )  # fmt: skip
    return run


@transaction.atomic
def attach_demo_reward(*, run: EvaluationRun, staff: User, now: datetime) -> RewardPlan | None:
    """The reward of the published demo `run`, decided last week and not yet paid.

    Done by the services; None where the region has no rule for it, or nobody earned it.
    """
    rule = reward_rule(run)
    results = EvaluationResult.objects.in_force().filter(round__run=run)
    if rule is None or not results.filter(grade__in=rule.grades).exists():
        return None
    at = now - timedelta(days=40)
    plan = plan_reward(
        actor=staff, run=run, amount_yuan=Decimal(200_000), department="演示主管部门", now=at
    )
    plan = move_reward(actor=staff, plan=plan, name="show", now=at)
    return move_reward(
        actor=staff, plan=plan, name="decide", now=now - timedelta(days=7),
        document_number=f"演示文号〔{now.year}〕501号",
    )  # fmt: skip


@transaction.atomic
def attach_demo_handbook(*, staff: User, region: Region, now: datetime) -> Publication:
    """A handbook of `region` that its `staff` are writing, demo platforms included.

    Done by the services, its job included. Not to be called twice.
    """
    made = create_publication(
        actor=staff, kind=PublicationKind.HANDBOOK, region=region, with_demo=True, now=now,
        year=timezone.localdate(now).year,
    )  # fmt: skip
    _work_off(None, now)
    return made


def _evaluate(
    cycle: ReportCycle, scheme: EvaluationScheme, staff: User, at: datetime, now: datetime
) -> EvaluationRun:
    run = _computed(cycle, scheme, cycle.region, staff, at, now)
    shown = move_run(actor=staff, run=run, name="show", now=at + timedelta(days=2))
    assert shown.publicity_ends_at is not None  # noqa: S101 -- showing sets it, for mypy
    done = move_run(
        actor=staff, run=run, name="publish", now=shown.publicity_ends_at + timedelta(hours=12)
    )
    settle_events(prefix="reporting.evaluation.", key="run_id", ids=[run.pk], now=now)
    return done


def _computed(
    cycle: ReportCycle,
    scheme: EvaluationScheme,
    region: Region,
    staff: User,
    at: datetime,
    now: datetime,
) -> EvaluationRun:
    run = create_run(
        actor=staff, scheme=scheme, cycle=cycle, region=region, now=at,
        notice="演示评价：用演示平台的演示数据计算。",
    )  # fmt: skip
    request_round(actor=staff, run=run, now=at)
    _work_off(cycle, now)
    return EvaluationRun.objects.select_related("cycle", "region", "scheme").get(pk=run.pk)


def _work_off(cycle: ReportCycle | None, now: datetime) -> None:
    """Do the jobs of the cycle, or of none, here and now; the worker finds them done."""
    waiting = ReportingJob.objects.unfinished().filter(cycle=cycle).order_by("pk")
    for job_id in list(waiting.values_list("pk", flat=True)):
        run_job(job_id=job_id, now=now)
