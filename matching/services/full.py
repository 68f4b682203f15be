"""The full rematch: chunks fanned out over workers, done once each, resumed after any loss."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from core.access import SYSTEM
from core.errors import DomainError
from core.models import JobStatus
from core.queue import enqueue
from core.services import lock, log_activity
from matching.access import MatchRunAccess
from matching.enums import ChunkStatus, ResourceKind, RunKind, Side
from matching.models import MatchChunk, MatchRun
from matching.selectors.exposure import exposure
from matching.selectors.vectors import current_encoder, subjects, version_of
from matching.selectors.weights import active_weights
from matching.services.embeddings import embed_batch
from matching.services.runs import documents, find_lists
from matching.services.storing import store_lists

logger = structlog.get_logger(__name__)
CHUNK_SIZE = 50
PREPARE_SECONDS = 10
CHUNK_STALE_AFTER = timedelta(minutes=2)
PREPARE_STALE_AFTER = timedelta(minutes=2)
MAX_CHUNK_ATTEMPTS = 10


@transaction.atomic
def start_full_run(*, actor: Any, now: datetime, chunk_size: int = CHUNK_SIZE) -> MatchRun:
    """Start matching everything anew. One at a time: refuses while another is under way."""
    MatchRunAccess(actor).require("start_full")
    try:
        with transaction.atomic():
            run = MatchRun.objects.create(
                kind=RunKind.FULL,
                owner_id=getattr(actor, "pk", None),
                heartbeat_at=now,
                result={"chunk_size": chunk_size},
            )
    except IntegrityError as error:
        raise DomainError("already_running", "已有一次全量重算正在进行，请等它结束。") from error
    log_activity(actor=actor, action="matching.matchrun.start", target=run, now=now)
    enqueue("matching.prepare_run", run_id=run.pk)
    return run


def request_full_run(*, now: datetime) -> MatchRun:
    """A full run after a bulk load; one that has not yet read its rows serves as well.

    Raises DomainError while another is under way: the event is then delivered again later.
    """
    waiting = MatchRun.objects.unfinished().filter(kind=RunKind.FULL, total_count=0).first()
    return waiting or start_full_run(actor=SYSTEM, now=now)


def start_nightly_run(*, now: datetime) -> MatchRun | None:
    """The run of the night, so that no list is older than a day whatever was lost; None while
    another is under way, which serves as well."""
    try:
        return request_full_run(now=now)
    except DomainError:
        return None


def prepare_run(*, run_id: int, now: datetime) -> None:
    """Make the vectors that are missing, then cut the run into chunks and queue them.

    Works for some seconds and queues itself again, so that single runs get their turn between.
    Safe to run twice: vectors are kept batch by batch, chunks are cut once.
    """
    encoder, end = current_encoder(), time.monotonic() + PREPARE_SECONDS
    if encoder is not None:
        for side in (*Side.values, *ResourceKind.values):
            while _is_alive(run_id) and embed_batch(side=side, encoder=encoder, now=now):
                if time.monotonic() > end:
                    enqueue("matching.prepare_run", run_id=run_id)
                    return
    _plan(run_id=run_id, now=now)


def _is_alive(run_id: int) -> bool:
    """Note a sign of life; whether the run still waits for its chunks."""
    rows = MatchRun.objects.unfinished().filter(pk=run_id, total_count=0)
    # the clock, not the start of the task: a first run embeds for minutes
    return bool(rows.update(heartbeat_at=timezone.now()))


@transaction.atomic
def _plan(*, run_id: int, now: datetime) -> None:
    run = MatchRun.objects.select_for_update().get(pk=run_id)
    if run.is_finished or run.chunks.exists():
        return
    chunks = list(_cut(run, now))
    MatchChunk.objects.bulk_create(chunks)
    run.status = JobStatus.RUNNING
    run.started_at = run.heartbeat_at = now
    run.total_count = len(chunks)
    run.demand_count = sum(c.subject_count for c in chunks if c.side == Side.DEMAND)
    run.capability_count = sum(c.subject_count for c in chunks if c.side == Side.CAPABILITY)
    run.encoder = version_of(current_encoder())
    run.weights_version = active_weights().version
    run.save()
    for chunk in chunks:
        enqueue("matching.run_chunk", run_id=run.pk, number=chunk.number)
    if not chunks:
        enqueue("matching.finish_run", run_id=run.pk)


def _cut(run: MatchRun, now: datetime) -> Iterable[MatchChunk]:
    size, number = run.result["chunk_size"], 0
    for side in (Side.DEMAND, Side.CAPABILITY):
        ids = list(subjects(side).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), size):
            part = ids[start : start + size]
            number += 1
            yield MatchChunk(
                run=run,
                number=number,
                side=side,
                first_id=part[0],
                last_id=part[-1],
                subject_count=len(part),
                queued_at=now,
            )


def run_chunk(*, run_id: int, number: int, now: datetime) -> bool:
    """Match the subjects of one chunk; whether this call was the one that did it.

    The lists are replaced in the transaction that marks the chunk done, so a worker killed
    anywhere leaves either all of the chunk or nothing, and a second delivery changes nothing.
    """
    chunk = MatchChunk.objects.select_related("run").get(run=run_id, number=number)
    if chunk.status == ChunkStatus.DONE or chunk.run.is_finished:
        return False
    MatchChunk.objects.filter(pk=chunk.pk).update(attempts=F("attempts") + 1)
    inside = subjects(chunk.side).filter(pk__range=(chunk.first_id, chunk.last_id))
    docs = documents(chunk.side, list(inside.values_list("pk", flat=True)))
    found = find_lists(side=chunk.side, docs=docs, now=now)
    with transaction.atomic():
        locked = lock(chunk)
        if locked.status == ChunkStatus.DONE:
            return False
        store_lists(run=chunk.run, found=found)
        locked.status, locked.done_at = ChunkStatus.DONE, now
        locked.save(update_fields=["status", "done_at"])
        # The row that all chunks share comes last, so that they wait for one another only here;
        # not by its key, which the lists of every chunk under way hold on to.
        run = MatchRun.objects.select_for_update(no_key=True).get(pk=run_id)
        if run.is_finished:
            transaction.set_rollback(True)
            return False
        run.done_count += 1
        run.heartbeat_at = now
        run.save(update_fields=["done_count", "heartbeat_at", "updated_at"])
        if run.done_count == run.total_count:
            enqueue("matching.finish_run", run_id=run_id)
    return True


@transaction.atomic
def finish_run(*, run_id: int, now: datetime) -> None:
    """Close a full run whose chunks are all done, with its exposure figures. Safe to run twice."""
    run = MatchRun.objects.select_for_update().get(pk=run_id)
    if run.is_finished or run.chunks.exclude(status=ChunkStatus.DONE).exists():
        return
    run.status = JobStatus.DONE
    run.finished_at = run.heartbeat_at = now
    run.result = {**run.result, "exposure": exposure(run)}
    run.save()


@transaction.atomic
def cancel_run(*, actor: Any, run: MatchRun, now: datetime) -> MatchRun:
    """Stop a full run. Lists that are done stay; chunks under way write nothing more."""
    locked = lock(run)
    MatchRunAccess(actor).require("cancel", locked)
    locked.status = JobStatus.CANCELLED
    locked.finished_at = now
    locked.save(update_fields=["status", "finished_at", "updated_at"])
    log_activity(actor=actor, action="matching.matchrun.cancel", target=locked, now=now)
    return locked


@transaction.atomic
def resume_full_runs(*, now: datetime) -> int:
    """Queue again what was lost with a worker or the broker; how many tasks.

    A chunk that failed ten times fails its run, which then says so.
    """
    rows = MatchRun.objects.unfinished().filter(kind=RunKind.FULL)
    return sum(_resume(run=run, now=now) for run in rows.select_for_update(skip_locked=True))


def _resume(*, run: MatchRun, now: datetime) -> int:
    if run.total_count == 0:
        if run.heartbeat_at and run.heartbeat_at > now - PREPARE_STALE_AFTER:
            return 0
        enqueue("matching.prepare_run", run_id=run.pk)
        return 1
    if run.done_count == run.total_count:
        enqueue("matching.finish_run", run_id=run.pk)
        return 1
    stale = list(run.chunks.stale(before=now - CHUNK_STALE_AFTER).order_by("number"))
    if any(chunk.attempts >= MAX_CHUNK_ATTEMPTS for chunk in stale):
        run.status, run.finished_at = JobStatus.FAILED, now
        run.error = "有分片多次没有完成，已停止；已完成的结果保留。请联系系统管理员查看日志。"
        run.save(update_fields=["status", "finished_at", "error", "updated_at"])
        return 0
    # progress elsewhere means the queue is long, not lost
    if run.heartbeat_at and run.heartbeat_at > now - CHUNK_STALE_AFTER:
        return 0
    run.chunks.filter(pk__in=[chunk.pk for chunk in stale]).update(queued_at=now)
    for chunk in stale:
        enqueue("matching.run_chunk", run_id=run.pk, number=chunk.number)
    return len(stale)
