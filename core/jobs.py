"""Long work as job rows (`core.models.JobModel` with `attempts`): taken by one worker, telling its
progress, closed once, and queued again when a worker was lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.models import JobStatus
from core.queue import enqueue

MAX_ATTEMPTS = 5
STALE_AFTER = timedelta(minutes=3)
Tell = Callable[[int, int], bool]


@transaction.atomic
def claim_job(model: Any, *, job_id: int, now: datetime) -> bool:
    """Mark a job as running, one attempt more; False where it is gone or finished."""
    job = model.objects.select_for_update().filter(pk=job_id).first()
    if job is None or job.is_finished:
        return False
    job.status = JobStatus.RUNNING
    job.started_at = job.started_at or now
    job.heartbeat_at = now
    job.attempts += 1
    job.save(update_fields=["status", "started_at", "heartbeat_at", "attempts", "updated_at"])
    return True


def progress_of(model: Any, job_id: int) -> Tell:
    """What writes the progress of a job; it answers False once the job does not run any more."""

    def tell(done: int, total: int) -> bool:
        running = model.objects.filter(pk=job_id, status=JobStatus.RUNNING)
        # the beat of a running worker is the clock's business, not the caller's
        return bool(running.update(done_count=done, total_count=total, heartbeat_at=timezone.now()))

    return tell


def close_job(
    model: Any, *, job_id: int, status: str, result: dict[str, Any] | None = None, error: str = ""
) -> None:
    """Write what a running job came to; one that was cancelled meanwhile stays so."""
    ended = timezone.now()
    running = model.objects.filter(pk=job_id, status=JobStatus.RUNNING)
    running.update(
        status=status, error=error, result=result or {}, finished_at=ended, heartbeat_at=ended
    )


def resume_jobs_of(model: Any, *, task: str, now: datetime) -> int:
    """Queue again what a lost worker or broker left behind, and return how many; give up after
    `MAX_ATTEMPTS`."""
    unfinished = model.objects.filter(status__in=[JobStatus.QUEUED, JobStatus.RUNNING])
    stale = unfinished.filter(heartbeat_at__lt=now - STALE_AFTER)
    count = 0
    for job_id in list(stale.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            job = model.objects.select_for_update().get(pk=job_id)
            if job.is_finished:
                continue
            if job.attempts >= MAX_ATTEMPTS:
                job.status, job.error, job.finished_at = JobStatus.FAILED, "多次没有完成。", now
            else:
                enqueue(task, job_id=job.pk)
                count += 1
            job.heartbeat_at = now
            job.save()
    return count
