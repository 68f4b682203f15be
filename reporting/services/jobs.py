"""Long work as rows: started by people or schedules, done by workers, resumed when left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import DomainError
from core.models import JobStatus
from core.queue import enqueue
from core.services import lock, log_activity
from reporting.access import JobAccess
from reporting.enums import JobKind
from reporting.models import ReportCycle, ReportingJob
from reporting.services import compiling, issuing, opening, rendering, rounds

MAX_ATTEMPTS = 5
STALE_AFTER = timedelta(minutes=3)
Tell = Callable[[int, int], bool]
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
    if not _claim(job_id=job_id, now=now):
        return
    job = ReportingJob.objects.select_related("cycle__region").get(pk=job_id)
    try:
        result = RUNNERS[job.kind](
            cycle=job.cycle, now=now, tell=_teller(job_id), since=job.created_at,
            **job.parameters,
        )  # fmt: skip
    except Exception:
        _close(job_id=job_id, status=JobStatus.FAILED, error="任务没有完成，请稍后重新发起。")
        raise
    _close(job_id=job_id, status=JobStatus.DONE, result=result)


@transaction.atomic
def _claim(*, job_id: int, now: datetime) -> bool:
    job = ReportingJob.objects.select_for_update().filter(pk=job_id).first()
    if job is None or job.is_finished:
        return False
    job.status = JobStatus.RUNNING
    job.started_at = job.started_at or now
    job.heartbeat_at = now
    job.attempts += 1
    job.save(update_fields=["status", "started_at", "heartbeat_at", "attempts", "updated_at"])
    return True


def _teller(job_id: int) -> Tell:
    """Writes progress; False once somebody cancelled the job."""

    def tell(done: int, total: int) -> bool:
        running = ReportingJob.objects.filter(pk=job_id, status=JobStatus.RUNNING)
        # the beat of a running worker is the clock's business, not the caller's
        return bool(running.update(done_count=done, total_count=total, heartbeat_at=timezone.now()))

    return tell


def _close(
    *, job_id: int, status: str, error: str = "", result: dict[str, Any] | None = None
) -> None:
    ended = timezone.now()
    running = ReportingJob.objects.filter(pk=job_id, status=JobStatus.RUNNING)
    running.update(status=status, error=error, result=result or {}, finished_at=ended,
                   heartbeat_at=ended)  # fmt: skip


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
    """Queue again what a lost worker or broker left behind; give up after five attempts."""
    stale = ReportingJob.objects.unfinished().filter(heartbeat_at__lt=now - STALE_AFTER)
    count = 0
    for job_id in list(stale.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            job = ReportingJob.objects.select_for_update().get(pk=job_id)
            if job.is_finished:
                continue
            if job.attempts >= MAX_ATTEMPTS:
                job.status, job.error, job.finished_at = JobStatus.FAILED, "多次没有完成。", now
            else:
                enqueue("reporting.run_job", job_id=job.pk)
                count += 1
            job.heartbeat_at = now
            job.save()
    return count
