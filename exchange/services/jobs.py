"""Pulls as job rows: started by people or by the hour, done by workers, resumed when left."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from core.access import SYSTEM
from core.activity import register_actions
from core.errors import DomainError
from core.jobs import claim_job, close_job, progress_of, resume_jobs_of
from core.models import JobStatus
from core.outgoing import Unreachable
from core.queue import enqueue
from core.services import log_activity
from exchange.access import PeerAccess
from exchange.client import PeerClient
from exchange.models import Peer, PullJob
from exchange.services.pulling import Pull

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
    if not claim_job(PullJob, job_id=job_id, now=now):
        return
    job = PullJob.objects.select_related("peer__region").get(pk=job_id)
    client = PeerClient(job.peer.base_url, job.peer.token)
    pull = Pull(job.peer, client, progress_of(PullJob, job_id))
    try:
        result = pull.run()
    except Unreachable as error:
        close_job(
            PullJob, job_id=job_id, status=JobStatus.FAILED, result=pull.result(),
            error=error.message,
        )  # fmt: skip
        return
    except Exception:
        close_job(
            PullJob, job_id=job_id, status=JobStatus.FAILED, result=pull.result(),
            error="同步没有完成，请稍后再试。",
        )  # fmt: skip
        raise
    close_job(PullJob, job_id=job_id, status=JobStatus.DONE, result=result)


def resume_pulls(*, now: datetime) -> int:
    """Queue again what a lost worker or broker left behind (`core.jobs`)."""
    return resume_jobs_of(PullJob, task="exchange.run_pull", now=now)
