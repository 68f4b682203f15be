"""Long work as rows: started by people or schedules, done by workers, resumed when left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from core.errors import DomainError
from core.jobs import claim_job, close_job, progress_of, resume_jobs_of
from core.models import JobStatus
from core.queue import enqueue
from core.services import lock, log_activity
from reporting.access import JobAccess
from reporting.enums import JobKind
from reporting.models import ReportCycle, ReportingJob
from reporting.services import compiling, issuing, opening, rendering, rounds

# what a kind of job does for its cycle; `tell(done, total)` is False once it is cancelled
RUNNERS: dict[str, Callable[..., dict[str, Any]]] = {
    JobKind.OPEN_CYCLE: opening.fill_cycle,
    JobKind.EVALUATE: rounds.compute_round,
    JobKind.ISSUE_LIST: issuing.fill_list,
    JobKind.FREEZE: compiling.freeze_publication,
    JobKind.RENDER: rendering.render_publication,
}


@transaction.atomic
def start_job(
    *,
    actor: Any,
    kind: str,
    cycle: ReportCycle | None,
    now: datetime,
    subject: Any = "",
    parameters: dict[str, Any] | None = None,
) -> ReportingJob:
    """Queue a job for a cycle. DomainError `job_running` when the same one is under way.

    People read what it is done to as `subject`, else the cycle; `parameters` go to the runner by
    name. The caller has checked the actor's right to what the
    job does.
    """
    try:
        with transaction.atomic():
            job = ReportingJob.objects.create(
                kind=kind, cycle=cycle, owner_id=getattr(actor, "pk", None), heartbeat_at=now,
                subject=str(subject or cycle or "")[:300], parameters=parameters or {},
            )  # fmt: skip
    except IntegrityError as error:
        raise DomainError("job_running", "同样的任务正在进行，请等它完成。") from error
    log_activity(actor=actor, action="reporting.reportingjob.start", target=job, now=now)
    enqueue("reporting.run_job", job_id=job.pk)
    return job


def run_job(*, job_id: int, now: datetime) -> None:
    """Do a queued job, or go on with one that a lost worker left. Safe to run twice.

    A failure marks the row with a message for people, and rises to the log.
    """
    if not claim_job(ReportingJob, job_id=job_id, now=now):
        return
    job = ReportingJob.objects.select_related("cycle__region").get(pk=job_id)
    try:
        result = RUNNERS[job.kind](
            cycle=job.cycle, now=now, tell=progress_of(ReportingJob, job_id), since=job.created_at,
            **job.parameters,
        )  # fmt: skip
    except Exception:
        said = "任务没有完成，请稍后重新发起。"
        close_job(ReportingJob, job_id=job_id, status=JobStatus.FAILED, error=said)
        raise
    close_job(ReportingJob, job_id=job_id, status=JobStatus.DONE, result=result)


@transaction.atomic
def cancel_job(*, actor: Any, job: ReportingJob, now: datetime) -> ReportingJob:
    """Stop a job after the chunk it is at; what is written stays. Errors: Refused."""
    locked = lock(job)
    JobAccess(actor).require("cancel", locked)
    locked.status = JobStatus.CANCELLED
    locked.finished_at = now
    locked.save(update_fields=["status", "finished_at", "updated_at"])
    log_activity(actor=actor, action="reporting.reportingjob.cancel", target=locked, now=now)
    return locked


def resume_jobs(*, now: datetime) -> int:
    """Queue again what a lost worker or broker left behind (`core.jobs`)."""
    return resume_jobs_of(ReportingJob, task="reporting.run_job", now=now)
