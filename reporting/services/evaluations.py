"""Runs of an evaluation: made, computed, entrusted, made public, published."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from core.errors import DomainError
from core.services import check_record, emit, log_activity
from core.states import perform
from core.workdays import end_of_workdays
from platforms.models import Platform
from reporting.access import EvaluationAccess
from reporting.enums import CycleStatus, DisputeStatus, JobKind
from reporting.models import (
    EvaluationComment,
    EvaluationResult,
    EvaluationRun,
    EvaluationScheme,
    ReportCycle,
    ReportingJob,
)
from reporting.services.jobs import start_job
from taxonomy.models import Region

EVENTS = {
    "show": "reporting.evaluation.shown",
    "back": "reporting.evaluation.hidden",
    "publish": "reporting.evaluation.published",
    "cancel": "reporting.evaluation.cancelled",
}


@transaction.atomic
def create_run(
    *,
    actor: Any,
    scheme: EvaluationScheme,
    cycle: ReportCycle,
    region: Region,
    now: datetime,
    notice: str = "",
) -> EvaluationRun:
    """Evaluate the platforms of `region` by their reports of a year, under the scheme in force.

    A city may judge its own by the reports that the province collected. Errors: Refused, `region`,
    `not_current`, `wrong_state` (the year is not open yet), `invalid` (there is one already).
    """
    access = EvaluationAccess(actor)
    access.require("create")
    if not access.is_system and not actor.covers_region(Role.GOVERNMENT, region.pk):
        raise DomainError("region", "只能评价所管辖地区的平台。", "region")
    if not cycle.region.contains(region.pk):
        raise DomainError("region", f"{cycle}不包括{region}。", "region")
    if not scheme.is_current:
        raise DomainError("not_current", "请选择现行版本。", "scheme")
    if cycle.status == CycleStatus.PLANNED:
        raise DomainError("wrong_state", "该年度填报还没有开始。", "cycle")
    run = EvaluationRun(
        scheme=scheme, scheme_slug=scheme.slug, cycle=cycle, region=region, notice=notice.strip(),
        status_changed_at=now, is_demo=cycle.is_demo,
    )  # fmt: skip
    check_record(run)
    run.save()
    log_activity(actor=actor, action="reporting.evaluationrun.create", target=run, now=now)
    return run


@transaction.atomic
def request_round(
    *, actor: Any, run: EvaluationRun, now: datetime, reason: str = ""
) -> ReportingJob:
    """Compute the run in a worker. Errors: Refused, `wrong_state`, `job_running`."""
    locked = lock_run(run)
    EvaluationAccess(actor).require_now("compute", locked)
    return start_job(
        actor=actor, kind=JobKind.EVALUATE, cycle=locked.cycle, subject=locked, now=now,
        parameters={"run_id": locked.pk, "reason": reason.strip()},
    )  # fmt: skip


def lock_run(run: EvaluationRun) -> EvaluationRun:
    """The row, locked, with what every rule looks at."""
    rows = EvaluationRun.objects.select_for_update(of=("self",))
    return rows.select_related("scheme", "cycle__region", "region").get(pk=run.pk)


@transaction.atomic
def move_run(
    *, actor: Any, run: EvaluationRun, name: str, now: datetime, reason: str = ""
) -> EvaluationRun:
    """`show` (publicity of the scheme's working days), `back`, `publish`, `cancel`.

    Errors: Refused, `wrong_state`, `reason_required`; publishing: `publicity_running`,
    `disputes_open`, `not_computed` (a correction waits); any: `job_running`.
    """
    locked = lock_run(run)
    if name in EVENTS and EvaluationAccess(actor).can(name, locked):
        _ready(locked, name, now)
    moved = perform(EvaluationAccess(actor), name, locked, now=now, reason=reason)
    if name == "show":
        days = int(locked.scheme.definition["publicity_workdays"])
        moved.publicity_starts_at, moved.publicity_ends_at = now, end_of_workdays(now, days)
    elif name == "back":
        moved.publicity_starts_at = moved.publicity_ends_at = None
    moved.save(update_fields=["publicity_starts_at", "publicity_ends_at", "updated_at"])
    emit(EVENTS.get(name, f"reporting.evaluation.{name}"), run_id=moved.pk)
    return moved


def _ready(run: EvaluationRun, name: str, now: datetime) -> None:
    """What must be done before an otherwise allowed step."""
    jobs = ReportingJob.objects.unfinished().filter(kind=JobKind.EVALUATE, cycle=run.cycle_id)
    if jobs.filter(parameters__run_id=run.pk).exists():
        raise DomainError("job_running", "正在计算，请等它完成。")
    if name not in {"show", "publish"}:
        return
    if has_pending_corrections(run):
        raise DomainError("not_computed", "有更正还没有计入，请先重新计算。")
    if name == "show":
        return
    if run.disputes.filter(status=DisputeStatus.OPEN).exists():
        raise DomainError("disputes_open", "还有异议没有答复。")
    if run.publicity_ends_at and now <= run.publicity_ends_at:
        day = timezone.localtime(run.publicity_ends_at).date()
        raise DomainError("publicity_running", f"公示到 {day} 结束，之后才能公布。")


def has_pending_corrections(run: EvaluationRun) -> bool:
    """Whether the last computation lacks a correction. Two queries."""
    made = dict(run.corrections.values_list("pk", "platform"))
    results = EvaluationResult.objects.in_force().filter(
        round__run=run, platform__in=set(made.values())
    )
    applied = {
        note["id"]
        for notes in results.values_list("inputs__corrections", flat=True)
        for note in notes
    }
    return bool(made.keys() - applied)


@transaction.atomic
def entrust_run(
    *, actor: Any, run: EvaluationRun, agency: str, reviewers: Iterable[User], now: datetime
) -> EvaluationRun:
    """Let people of a third party look through the results and comment (L06); they decide nothing.

    Errors: Refused, `agency`, `reviewers` (not a reviewer).
    """
    locked = lock_run(run)
    EvaluationAccess(actor).require("entrust", locked)
    people = list(reviewers)
    if people and not agency.strip():
        raise DomainError("agency", "请写明受托机构名称。", "agency")
    if any(not person.has_role(Role.REVIEWER) for person in people):
        raise DomainError("reviewers", "只能委托评审专家角色的人员。", "reviewers")
    locked.agency = agency.strip()
    locked.save(update_fields=["agency", "updated_at"])
    before = set(locked.reviewers.values_list("pk", flat=True))
    locked.reviewers.set(people)
    log_activity(
        actor=actor, action="reporting.evaluationrun.entrust", target=locked, now=now,
        data={"agency": locked.agency, "reviewers": [person.pk for person in people]},
    )  # fmt: skip
    fresh = [person.pk for person in people if person.pk not in before]
    if fresh:
        emit("reporting.evaluation.entrusted", run_id=locked.pk, user_ids=fresh)
    return locked


@transaction.atomic
def add_run_comment(
    *, actor: Any, run: EvaluationRun, body: str, now: datetime, platform: Platform | None = None
) -> EvaluationComment:
    """What staff or the third party say of the run or of one platform. Errors: Refused,
    `body_required`, `wrong_state` (nothing is computed yet, or it is over)."""
    EvaluationAccess(actor).require_now("comment", run)
    if not body.strip():
        raise DomainError("body_required", "请写明意见。", "body")
    comment = EvaluationComment(run=run, platform=platform, author=actor, body=body.strip())
    check_record(comment)
    comment.save()
    log_activity(actor=actor, action="reporting.evaluationrun.comment", target=run, now=now)
    return comment
