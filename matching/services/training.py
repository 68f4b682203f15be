"""Retraining the weights from feedback: a job in steps, whose result is a draft for staff."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.access import SYSTEM
from core.errors import DomainError
from core.models import JobStatus
from core.queue import enqueue
from core.services import log_activity
from demands.models import Demand
from matching.access import MatchWeightsAccess
from matching.engine.index import Index
from matching.engine.learning import Judged, retrained
from matching.engine.validation import cross_validated
from matching.engine.weights import FEATURES, Weights
from matching.enums import Side
from matching.models import WeightsTraining
from matching.selectors.documents import capability_docs, demand_docs
from matching.selectors.index import current_index
from matching.selectors.judgements import graded_pairs, readiness
from matching.selectors.vectors import current_encoder, stored_vectors, version_of
from matching.selectors.weights import active_weights
from matching.services.lists import best_entries
from matching.services.weights import keep_weights
from platforms.models import Capability

STEP_SECONDS = 10
STALE_AFTER = timedelta(minutes=2)
OPEN_JOBS = (JobStatus.QUEUED, JobStatus.RUNNING)
TOP = 5
SAMPLED_DEMANDS = 200  # the newest open demands, whose first five places are compared
KEPT_EXAMPLES = 5
CHANGED = "训练期间换用了其他版本的权重，请重新训练。"


@transaction.atomic
def start_training(*, actor: Any, now: datetime) -> WeightsTraining:
    """Queue learning new weights from all feedback and deeds known by now.

    Refuses (`too_little`) below the declared minimum and while another training is under way.
    """
    MatchWeightsAccess(actor).require("train")
    graded = graded_pairs()
    found = readiness(graded)
    if not found.is_enough:
        raise DomainError("too_little", found.missing)
    try:
        with transaction.atomic():
            training = WeightsTraining.objects.create(
                owner_id=getattr(actor, "pk", None),
                base_version=active_weights().version,
                total_count=sum(1 for pairs in graded.values() if pairs),
                heartbeat_at=now,
            )
    except IntegrityError as error:
        raise DomainError("already_running", "已有一次训练正在进行，请等它结束。") from error
    log_activity(actor=actor, action="matching.weightstraining.start", target=training, now=now)
    enqueue("matching.train_weights", training_id=training.pk)
    return training


def train_weights(*, training_id: int, now: datetime, seconds: float = STEP_SECONDS) -> None:
    """Read judged pairs demand by demand, then learn, measure and keep the draft.

    After `seconds` it queues itself for the rest. Safe to run twice and at the same time: what a
    demand gives is kept once, and the row that is finished stays as it is. What fails is marked
    failed with a message for people, and the error rises to the log.
    """
    training = WeightsTraining.objects.get(pk=training_id)
    if training.is_finished:
        return
    try:
        end = time.monotonic() + seconds
        wanted = [item for item in graded_pairs().items() if str(item[0]) not in training.judged]
        for demand_id, levels in wanted:
            if not _keep(training_id, demand_id, _features(demand_id, levels)):
                return
            if time.monotonic() > end:
                enqueue("matching.train_weights", training_id=training_id)
                return
        _finish(training_id=training_id, now=now)
    except Exception:
        _close(training, JobStatus.FAILED, now=now, error="训练没有完成，请稍后重试。")
        raise


def _features(demand_id: int, levels: dict[int, int]) -> list[list[Any]]:
    """[capability, level, features] of each judged pair of one demand, by the present index.

    Closed demands and withdrawn capabilities are judged pairs like others: they are laid beside
    the index for this one reading.
    """
    docs = demand_docs(Demand.objects.filter(pk=demand_id))
    if not docs:
        return []
    index = current_index(Side.CAPABILITY)
    known = set(index.ids())
    gone = [pk for pk in levels if str(pk) not in known]
    added = capability_docs(Capability.objects.filter(pk__in=gone))
    if added:
        index = index.changed(added)
    encoder = version_of(current_encoder())
    vector = stored_vectors(Side.DEMAND, encoder, [demand_id]).get(str(demand_id))
    here = known | {doc.id for doc in added}
    return [
        [pk, level, index.features(docs[0], str(pk), vector)]
        for pk, level in levels.items()
        if str(pk) in here
    ]


@transaction.atomic
def _keep(training_id: int, demand_id: int, rows: list[list[Any]]) -> bool:
    """Note what one demand gave; whether the training still runs."""
    row = WeightsTraining.objects.select_for_update().get(pk=training_id)
    if row.is_finished:
        return False
    row.judged[str(demand_id)] = rows
    row.status = JobStatus.RUNNING
    row.heartbeat_at = timezone.now()  # the clock, not the start of the task: steps take seconds
    row.started_at = row.started_at or row.heartbeat_at
    row.done_count = min(len(row.judged), row.total_count)
    row.save(
        update_fields=["judged", "status", "heartbeat_at", "started_at", "done_count", "updated_at"]
    )
    return True


@transaction.atomic
def _finish(*, training_id: int, now: datetime) -> None:
    training = WeightsTraining.objects.select_for_update().get(pk=training_id)
    if training.is_finished:
        return
    base = active_weights()
    if base.version != training.base_version:
        _close(training, JobStatus.FAILED, now=now, error=CHANGED)
        return
    pairs = list(_pairs(training))
    learnt = retrained(base, pairs, f"{timezone.localdate(now)}.{training.pk}")
    found = readiness({int(pk): {r[0]: r[1] for r in rows} for pk, rows in training.judged.items()})
    figures: dict[str, Any] = {
        name: one.record() for name, one in cross_validated(pairs, base).items()
    }
    figures |= {"pairs": found.pairs, "relevant": found.relevant, "demands": len(training.judged)}
    training.weights = keep_weights(
        actor=training.owner or SYSTEM, record=learnt.record(), version=learnt.version,
        note=f"由反馈训练，底本 {base.version}",
        trained_on=f"{found.pairs} 对评价与对接记录，{len(training.judged)} 条需求",
        figures=figures, now=now,
    )  # fmt: skip
    training.result = {"contributions": _pulls(pairs, base, learnt)} | _changes(base, learnt)
    training.save(update_fields=["weights", "result", "updated_at"])
    _close(training, JobStatus.DONE, now=now)


def _pairs(training: WeightsTraining) -> Iterable[Judged]:
    for demand_id, rows in training.judged.items():
        for _capability_id, level, features in rows:
            yield Judged(demand_id, features, level)


def _pulls(pairs: list[Judged], base: Weights, learnt: Weights) -> dict[str, list[float]]:
    """What each feature adds to the log odds of a judged pair on average: before, after."""
    found: dict[str, list[float]] = {}
    for name in FEATURES:
        sums = [0.0, 0.0]
        for pair in pairs:
            for at, weights in enumerate((base, learnt)):
                weight = weights.features(has_vector=pair.has_vector)[name]
                sums[at] += weight * pair.features.get(name, 0.0)
        found[name] = [round(total / max(len(pairs), 1), 4) for total in sums]
    return found


def _changes(base: Weights, learnt: Weights) -> dict[str, Any]:
    """Which of the newest open demands would see other capabilities in their first five places."""
    present = current_index(Side.CAPABILITY)
    # the learnt weights weigh the same features anew: postings and vectors are shared
    future = replace(present, weights=learnt, latest=None)
    newest = Demand.objects.open().newest_first().values_list("pk", flat=True)[:SAMPLED_DEMANDS]
    docs = demand_docs(Demand.objects.filter(pk__in=list(newest)))
    encoder = version_of(current_encoder())
    vectors = stored_vectors(Side.DEMAND, encoder, [int(doc.id) for doc in docs])
    examples: list[dict[str, Any]] = []
    changed = 0
    for doc in docs:
        vector = vectors.get(doc.id)
        before, after = (_top(index, doc, vector) for index in (present, future))
        if before != after:
            changed += 1
            if len(examples) < KEPT_EXAMPLES:
                examples.append({"demand": int(doc.id), "before": before, "after": after})
    return {"compared": len(docs), "changed": changed, "examples": examples}


def _top(index: Index, doc: Any, vector: Any) -> list[int]:
    return [int(entry.document_id) for entry in best_entries(index, doc, vector)[:TOP]]


def _close(training: WeightsTraining, status: JobStatus, *, now: datetime, error: str = "") -> None:
    training.status, training.error = status, error
    training.finished_at = training.heartbeat_at = now
    training.save(update_fields=["status", "error", "finished_at", "heartbeat_at", "updated_at"])


@transaction.atomic
def resume_trainings(*, now: datetime) -> int:
    """Queue again what a lost worker or broker left behind; how many."""
    stale = WeightsTraining.objects.filter(status__in=OPEN_JOBS, heartbeat_at__lt=now - STALE_AFTER)
    rows = list(stale.select_for_update(skip_locked=True).order_by("pk"))
    for row in rows:
        row.heartbeat_at = now
        row.save(update_fields=["heartbeat_at", "updated_at"])
        enqueue("matching.train_weights", training_id=row.pk)
    return len(rows)
