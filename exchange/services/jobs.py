"""Pulls as job rows: started by people or by the hour, done by workers, resumed when left."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.access import SYSTEM
from core.activity import register_actions
from core.errors import DomainError
from core.models import JobStatus
from core.outgoing import Unreachable
from core.queue import enqueue
from core.services import log_activity
from exchange.access import PeerAccess
from exchange.client import PeerClient
from exchange.models import Peer, PullJob
from exchange.services.pulling import Pull

MAX_ATTEMPTS = 5
STALE_AFTER = timedelta(minutes=3)
KEEP_JOBS = 50  # of a peer; older ones are deleted
register_actions({"exchange.pulljob.start": "开始从相邻门户同步"})


@transaction.atomic
def start_pull(*, actor: Any, peer: Peer, now: datetime) -> PullJob:
    """Queue a pull. Raises Refused, or DomainError `job_running` while one is under way."""
    PeerAccess(actor).require("pull", peer)
    try:
        with transaction.atomic():
            job = PullJob.objects.create(
                peer=peer, owner_id=getattr(actor, "pk", None), heartbeat_at=now
            )
    except IntegrityError as error:
        raise DomainError("job_running", "正在同步，请等它完成。") from error
    if actor is not SYSTEM:  # the hourly ones would fill the log
        log_activity(actor=actor, action="exchange.pulljob.start", target=job, now=now)
    old = peer.jobs.order_by("-pk").values_list("pk", flat=True)[KEEP_JOBS:]
    PullJob.objects.filter(pk__in=list(old)).delete()
    enqueue("exchange.run_pull", job_id=job.pk)
    return job


def pull_all(*, now: datetime) -> int:
    """Start a pull from every active peer; return how many. One that is under way goes on."""
    count = 0
    for peer in Peer.objects.filter(is_active=True).order_by("pk"):
        try:
            start_pull(actor=SYSTEM, peer=peer, now=now)
        except DomainError:  # the last one is still running
            continue
        count += 1
    return count


def run_pull(*, job_id: int, now: datetime) -> None:
    """Do a queued pull, or go on with one that a lost worker left. Safe to run twice.

    A peer that cannot be reached leaves the job failed with the reason; the cursors are kept, so
    that the next pull goes on. Anything unexpected rises to the log.
    """
    if not _claim(job_id=job_id, now=now):
        return
    job = PullJob.objects.select_related("peer__region").get(pk=job_id)
    client = PeerClient(job.peer.base_url, job.peer.token)
    pull = Pull(job.peer, client, _teller(job_id))
    try:
        result = pull.run()
    except Unreachable as error:
        _close(job_id, JobStatus.FAILED, pull.result(), error.message)
        return
    except Exception:
        _close(job_id, JobStatus.FAILED, pull.result(), "同步没有完成，请稍后再试。")
        raise
    _close(job_id, JobStatus.DONE, result)


@transaction.atomic
def _claim(*, job_id: int, now: datetime) -> bool:
    job = PullJob.objects.select_for_update().filter(pk=job_id).first()
    if job is None or job.is_finished:
        return False
    job.status = JobStatus.RUNNING
    job.started_at = job.started_at or now
    job.heartbeat_at = now
    job.attempts += 1
    job.save(update_fields=["status", "started_at", "heartbeat_at", "attempts", "updated_at"])
    return True


def _teller(job_id: int) -> Any:
    """Writes progress; False once the job is not running any more."""

    def tell(done: int, total: int) -> bool:
        running = PullJob.objects.filter(pk=job_id, status=JobStatus.RUNNING)
        return bool(running.update(done_count=done, total_count=total, heartbeat_at=timezone.now()))

    return tell


def _close(job_id: int, status: str, result: dict[str, Any], error: str = "") -> None:
    ended = timezone.now()
    running = PullJob.objects.filter(pk=job_id, status=JobStatus.RUNNING)
    running.update(status=status, error=error, result=result, finished_at=ended, heartbeat_at=ended)


def resume_pulls(*, now: datetime) -> int:
    """Queue again what a lost worker or broker left behind; give up after five attempts."""
    unfinished = PullJob.objects.filter(status__in=[JobStatus.QUEUED, JobStatus.RUNNING])
    stale = unfinished.filter(heartbeat_at__lt=now - STALE_AFTER)
    count = 0
    for job_id in list(stale.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            job = PullJob.objects.select_for_update().get(pk=job_id)
            if job.is_finished:
                continue
            if job.attempts >= MAX_ATTEMPTS:
                job.status, job.error, job.finished_at = JobStatus.FAILED, "多次没有完成。", now
            else:
                enqueue("exchange.run_pull", job_id=job.pk)
                count += 1
            job.heartbeat_at = now
            job.save()
    return count
