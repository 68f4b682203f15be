"""Runs for one demand or one capability: started by events and people, done by workers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import repeat
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet

from accounts.selectors import brokers_for_region
from core.errors import DomainError
from core.models import JobStatus
from core.queue import enqueue
from core.services import emit, lock, log_activity
from demands.models import Demand
from matching.access import (
    CapabilityMatchesAccess,
    DemandMatchesAccess,
    ResourceMatchesAccess,
)
from matching.engine.documents import Doc
from matching.engine.index import Ranked
from matching.enums import RunKind, Side
from matching.kinds import resource_fields
from matching.models import Match, MatchRun, ResourceMatch
from matching.selectors.documents import documents_of, resource_key
from matching.selectors.exposure import exposure
from matching.selectors.help import help_asked
from matching.selectors.index import current_index, current_offers
from matching.selectors.vectors import current_encoder, stored_vectors, subjects, version_of
from matching.selectors.weights import active_weights
from matching.services.embeddings import embed_rows
from matching.services.lists import TOP, FoundList, find_list
from matching.services.storing import store_lists
from platforms.models import Capability

logger = structlog.get_logger(__name__)
MAX_ATTEMPTS = 5
BATCH = 50  # resources of one kind that are matched together
STALE_AFTER = timedelta(minutes=2)
OTHER = {Side.DEMAND: Side.CAPABILITY, Side.CAPABILITY: Side.DEMAND}


@transaction.atomic
def start_demand_run(*, actor: Any, demand: Demand, now: datetime) -> MatchRun:
    """Queue a run for an open demand; the waiting one when there is one already."""
    DemandMatchesAccess(actor).require("start", demand)
    return _start(actor=actor, kind=RunKind.DEMAND, subject=demand, now=now)


@transaction.atomic
def start_capability_run(*, actor: Any, capability: Capability, now: datetime) -> MatchRun:
    """Queue a run for a published capability; the waiting one when there is one already."""
    CapabilityMatchesAccess(actor).require("start", capability)
    return _start(actor=actor, kind=RunKind.CAPABILITY, subject=capability, now=now)


@transaction.atomic
def start_resource_run(*, actor: Any, resource: Any, now: datetime) -> MatchRun:
    """Queue a run for a shown resource or solution: the lists of demands it enters are refreshed;
    the waiting one when there is one already."""
    ResourceMatchesAccess(actor).require("start", resource)
    key = resource_fields(resource)
    return _start(actor=actor, kind=RunKind.RESOURCE, subject=resource, now=now, key=key)


def _start(
    *, actor: Any, kind: RunKind, subject: Any, now: datetime, key: dict[str, Any] | None = None
) -> MatchRun:
    key = key or {kind.value: subject}
    waiting = MatchRun.objects.filter(**key, status=JobStatus.QUEUED)
    run = waiting.select_for_update().newest_first().first()
    if run is not None:
        # it has read nothing yet: what is committed now will be in it
        return run
    run = MatchRun.objects.create(
        kind=kind,
        owner_id=getattr(actor, "pk", None),
        total_count=1,
        heartbeat_at=now,
        **key,
    )
    if run.owner_id:
        log_activity(actor=actor, action="matching.matchrun.start", target=subject, now=now)
    enqueue("matching.run", run_id=run.pk)
    return run


def execute_run(*, run_id: int, now: datetime) -> None:
    """Do a queued run: rank its subject, store the list, refresh the lists it enters.

    A run for a resource takes the other waiting ones of its kind along: what is published in one
    go enters the same lists. Safe to run twice and at the same time: lists are replaced whole and
    a later reading wins. What fails is marked failed with a message for people, and the error
    rises to the log.
    """
    runs = _claim(run_id=run_id, now=now)
    if not runs:
        return
    try:
        if runs[0].kind == RunKind.RESOURCE:
            _match_resources(runs=runs, now=now)
        else:
            _match(run=runs[0], now=now)
    except Exception:
        for run in runs:
            _close(run=run, status=JobStatus.FAILED, now=now, error="匹配没有完成，请稍后重试。")
        raise


@transaction.atomic
def _claim(*, run_id: int, now: datetime) -> list[MatchRun]:
    """The run, if it waits, and what is done along with it."""
    queued = MatchRun.objects.filter(status=JobStatus.QUEUED).exclude(kind=RunKind.FULL)
    claimed = list(queued.select_for_update().filter(pk=run_id))
    if claimed and claimed[0].kind == RunKind.RESOURCE:
        others = queued.filter(resource_kind=claimed[0].resource_kind).exclude(pk=run_id)
        claimed += others.select_for_update(skip_locked=True).order_by("pk")[: BATCH - 1]
    for run in claimed:
        run.status = JobStatus.RUNNING
        run.started_at = run.started_at or now
        run.heartbeat_at = now
        run.attempts += 1
        run.save(update_fields=["status", "started_at", "heartbeat_at", "attempts", "updated_at"])
    return claimed


def _match(*, run: MatchRun, now: datetime) -> None:
    side = Side.DEMAND if run.kind == RunKind.DEMAND else Side.CAPABILITY
    subject_id = run.demand_id or run.capability_id or 0  # the table's constraint: one of them
    embed_rows(side=side, ids=[subject_id], now=now)
    docs = documents(side, [subject_id])
    if not docs:
        _close(run=run, status=JobStatus.FAILED, now=now, error="需求或能力已不在公开状态。")
        return
    found = find_lists(side=side, docs=docs, now=now)[0]
    others = [int(entry.document_id) for entry in found.relevant]
    echoes = find_lists(side=OTHER[side], docs=documents(OTHER[side], others), now=now)
    with transaction.atomic():
        before = _known(side, subject_id)
        resources = _resources_of(run)
        store_lists(run=run, found=[found])
        store_lists(run=run, found=echoes)
        new = [entry for entry in found.relevant if int(entry.document_id) not in before]
        _close(run=run, status=JobStatus.DONE, now=now, found=found)
        _announce(run=run, new=new, resources=sorted(_resources_of(run) - resources))
        enqueue("matching.find_phrases", run_id=run.pk)


def _match_resources(*, runs: Sequence[MatchRun], now: datetime) -> None:
    """Match anew, each once, the demands that one of the resources (of one kind) may suit, and
    those that list one by now."""
    kind, encoder = runs[0].resource_kind, version_of(current_encoder())
    ids = sorted({run.resource_id or 0 for run in runs})
    embed_rows(side=kind, ids=ids, now=now)
    docs, vectors = documents(kind, ids), stored_vectors(kind, encoder, ids)
    shown = {doc.id for doc in docs}
    ids = [pk for pk in ids if resource_key(kind, pk) in shown]
    listed = ResourceMatch.objects.filter(kind=kind, object_id__in=ids)
    wanted = set(listed.values_list("demand_id", flat=True))
    demands = current_index(Side.DEMAND)
    for doc in docs:
        nearest = demands.rank(doc, TOP, vectors.get(doc.id), with_checks=False)
        wanted |= {int(entry.document_id) for entry in nearest}
    found = find_lists(side=Side.DEMAND, docs=documents(Side.DEMAND, sorted(wanted)), now=now)
    with transaction.atomic():
        before = _demands_of(listed)
        store_lists(run=runs[0], found=found)
        after = _demands_of(listed)
        places = exposure(runs[0])
        for run in runs:
            if run.resource_id not in ids:
                gone = "资源或方案已不在公开状态。"
                _close(run=run, status=JobStatus.FAILED, now=now, error=gone)
                continue
            run.weights_version = active_weights().version
            run.encoder = encoder
            run.demand_count = len(demands)
            pk = run.resource_id or 0
            run.result = {"relevant": len(after[pk]), "exposure": places}
            _close(run=run, status=JobStatus.DONE, now=now)
            if new := sorted(after[pk] - before[pk]):
                emit("matching.resource.matched", kind=kind, resource_id=pk, demand_ids=new)


def _demands_of(listed: QuerySet[ResourceMatch]) -> dict[int, set[int]]:
    """The demands whose lists hold each of some resources of one kind, by the resource's key."""
    found: dict[int, set[int]] = defaultdict(set)
    for pk, demand_id in listed.all().values_list("object_id", "demand_id"):
        found[pk].add(demand_id)
    return found


def _resources_of(run: MatchRun) -> set[tuple[str, int]]:
    """Kind and key of the resources and solutions in the list of a demand's run."""
    rows = ResourceMatch.objects.filter(demand=run.demand_id)
    return set(rows.values_list("kind", "object_id")) if run.demand_id else set()


def documents(side: str, ids: Sequence[int]) -> list[Doc]:
    """Documents of those of `ids` that still take part in matching."""
    return documents_of(side, subjects(side).filter(pk__in=ids))


def find_lists(*, side: str, docs: Sequence[Doc], now: datetime) -> list[FoundList]:
    """Rank the other side for each of `docs`, over an index with all that is committed by now."""
    if not docs:
        return []
    index = current_index(OTHER[Side(side)])
    ids = [int(doc.id) for doc in docs]
    vectors = stored_vectors(side, version_of(current_encoder()), ids)
    offers = current_offers(index) if side == Side.DEMAND else None
    scored = index.scored_many(docs, vectors)
    nothing: Iterable[Any] = repeat(None)
    beside = offers.index.scored_many(docs, vectors) if offers else nothing
    return [
        find_list(index=index, doc=doc, vector=vectors.get(doc.id), looked_at=now, offers=offers)
        for (doc, _), _ in zip(scored, beside, strict=False)
    ]


def _known(side: str, subject_id: int) -> set[int]:
    """What the subject's list held before, so that news can be told from what was known."""
    rows = Match.objects.possible().filter(**{f"match_list__{side}_id": subject_id})
    return set(rows.values_list(f"{OTHER[Side(side)]}_id", flat=True))


def _close(
    *,
    run: MatchRun,
    status: JobStatus,
    now: datetime,
    error: str = "",
    found: FoundList | None = None,
) -> None:
    run.status = status
    run.error = error
    run.finished_at = run.heartbeat_at = now
    run.done_count = run.total_count
    if found is not None:
        run.encoder = version_of(current_encoder())
        run.weights_version = found.weights_version
        run.capability_count = found.searched_count if found.side == Side.DEMAND else 1
        run.demand_count = found.searched_count if found.side == Side.CAPABILITY else 1
        run.result = {"relevant": len(found.relevant), "exposure": exposure(run)}
    run.save()


def _announce(
    *, run: MatchRun, new: Sequence[Ranked], resources: Sequence[tuple[str, int]]
) -> None:
    """Tell the world of pairs that were not in the list before."""
    ids = [int(entry.document_id) for entry in new]
    if run.kind == RunKind.DEMAND:
        emit(
            "matching.demand.matched",
            run_id=run.pk,
            demand_id=run.demand_id,
            capability_ids=ids,
            resources=resources,
        )
    else:
        emit(
            "matching.capability.matched",
            run_id=run.pk,
            capability_id=run.capability_id,
            demand_ids=ids,
        )


@transaction.atomic
def ask_broker(*, actor: Any, demand: Demand, now: datetime) -> int:
    """Ask the nearest brokers, once, to help with a demand; how many are asked.

    Raises Refused or DomainError `no_broker`, `already_asked`.
    """
    DemandMatchesAccess(actor).require("subscribe", demand)
    brokers = [person.name for person in brokers_for_region(demand.region_id or "")]
    if not brokers:
        raise DomainError("no_broker", "本地区暂时没有技术经理人，请联系主管部门。")
    lock(demand)  # two clicks are one request
    if help_asked(demand):
        raise DomainError("already_asked", "已经请求过协助，技术经理人会在平台内联系您。")
    log_activity(
        actor=actor, action="matching.demand.ask_broker", target=demand, now=now,
        data={"brokers": brokers},
    )  # fmt: skip
    emit("matching.help.requested", demand_id=demand.pk, user_id=actor.pk)
    return len(brokers)


@transaction.atomic
def resume_single_runs(*, now: datetime) -> int:
    """Queue again what a lost worker or broker left behind; give up after five attempts."""
    stale = MatchRun.objects.unfinished().exclude(kind=RunKind.FULL)
    stale = stale.filter(heartbeat_at__lt=now - STALE_AFTER).select_for_update(skip_locked=True)
    count = 0
    for run in stale.order_by("pk"):
        if run.attempts >= MAX_ATTEMPTS:
            _close(run=run, status=JobStatus.FAILED, now=now, error="匹配多次没有完成。")
            continue
        run.status, run.heartbeat_at = JobStatus.QUEUED, now
        run.save(update_fields=["status", "heartbeat_at", "updated_at"])
        enqueue("matching.run", run_id=run.pk)
        count += 1
    return count
