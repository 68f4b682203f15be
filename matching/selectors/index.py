"""The engine's indexes of this process: caches of rows, never the truth.

An index is asked for at the start of a run and then holds everything committed before that
moment. One cheap query tells whether anything changed since it was last asked for; what changed is
added as a delta, and only a large change rebuilds everything. Only workers come here: pages read
stored lists.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.db.models import Aggregate, Count, DecimalField, F, Func, QuerySet, Sum

from matching.engine.documents import Doc
from matching.engine.index import Index
from matching.enums import ResourceKind, Side
from matching.models import Embedding
from matching.selectors.documents import documents_of, resource_key
from matching.selectors.snapshots import shared
from matching.selectors.vectors import current_encoder, stored_vectors, subjects, version_of
from matching.selectors.weights import active_weights
from platforms.models import Capability

# beyond these a delta costs more than it saves
MAX_DELTAS = 12
MAX_CHANGED_SHARE = 0.1
MIN_REBUILD = 50


@dataclass(frozen=True, slots=True)
class _Key:
    """What an index was made of: equal keys mean equal rows, vectors and weights."""

    encoder: str
    weights: str
    rows: tuple[Any, ...]
    vectors: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Held:
    key: _Key
    stamps: dict[int, tuple[Any, ...]]  # row → when it, its platform and its vector changed
    index: Index
    deltas: int = 0  # laid over the snapshot since it was built


# which equipment a capability uses: its name is among the capability's words
USES: Any = Capability.equipment.through
_held: dict[str, _Held] = {}
_offers: dict[str, Offers] = {}
_lock = threading.Lock()


class _Epoch(Func):
    template = "EXTRACT(EPOCH FROM %(expressions)s)"
    output_field = DecimalField()


def current_index(side: str) -> Index:
    """The index over shown capabilities or open demands, with all that is committed by now.

    Costs one aggregate query when nothing changed. Rows count as changed when their `updated_at`
    (or their platform's) or their vector did.
    """
    encoder = version_of(current_encoder())
    weights = active_weights()
    with _lock:
        key = _Key(encoder, weights.version, _rows_key(side), _vectors_key(side, encoder))
        held = _held.get(side)
        if held is None or held.key != key:
            held = _refreshed(side, held, key)
            _held[side] = held
        return held.index


@dataclass(frozen=True, slots=True)
class Offers:
    """Capabilities and resources in one index, with the rows of each kind of resource."""

    parts: tuple[Index, ...]
    index: Index
    rows_of: dict[str, tuple[int, int]]


def current_offers(capabilities: Index) -> Offers | None:
    """Shown resources, with all that is committed by now, beside the index of capabilities.

    Ranked in one index, so that a resource is as relevant as a capability of the same score. None
    while there are no resources.
    """
    parts = (capabilities, *(current_index(kind) for kind in ResourceKind.values))
    if not any(len(part) for part in parts[1:]):
        return None
    with _lock:
        held = _offers.get("all")
        if held is None or any(a is not b for a, b in zip(held.parts, parts, strict=True)):
            held = Offers(parts, parts[0].beside(parts[1:]), _rows_of(parts))
            _offers["all"] = held
        return held


def _rows_of(parts: Sequence[Index]) -> dict[str, tuple[int, int]]:
    """Where the rows of each kind of resource stand among those of all parts."""
    ends = list(accumulate(len(part.live) for part in parts))
    return {
        str(kind): (start, end)
        for kind, start, end in zip(ResourceKind.values, ends[:-1], ends[1:], strict=True)
    }


def forget_indexes() -> None:
    """Drop this process's indexes (tests, and memory after a full run)."""
    with _lock:
        _held.clear()
        _offers.clear()


def _refreshed(side: str, held: _Held | None, key: _Key) -> _Held:
    stamps = _stamps(side, key.encoder)
    if held is not None and (held.key.encoder, held.key.weights) == (key.encoder, key.weights):
        changed = [pk for pk, stamp in stamps.items() if held.stamps.get(pk) != stamp]
        removed = [_document_id(side, pk) for pk in held.stamps if pk not in stamps]
        is_small = len(changed) + len(removed) <= max(MIN_REBUILD, MAX_CHANGED_SHARE * len(stamps))
        if is_small and held.deltas < MAX_DELTAS:
            docs, vectors = _docs(side, changed), stored_vectors(side, key.encoder, changed)
            index = held.index.changed(docs, vectors, removed)
            return _Held(key, stamps, index, held.deltas + 1)
    return _Held(key, stamps, shared(side, key, len(stamps), lambda: _built(side, key)))


def _built(side: str, key: _Key) -> Index:
    return Index.build(_docs(side, None), stored_vectors(side, key.encoder), active_weights())


def _docs(side: str, ids: Collection[int] | None) -> list[Doc]:
    rows: QuerySet[Any] = subjects(side)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return documents_of(side, rows)


def _document_id(side: str, pk: int) -> str:
    return resource_key(side, pk) if side in ResourceKind.values else str(pk)


def _stamp_fields(side: str) -> tuple[str, ...]:
    if side == Side.DEMAND:
        return ("updated_at",)
    return ("updated_at", "platform__updated_at")


def _rows_key(side: str) -> tuple[Any, ...]:
    """Count and sum of change times: the sum moves with any row, in whatever order they commit."""
    sums: dict[str, Aggregate] = {
        f"sum_{at}": Sum(_Epoch(F(name))) for at, name in enumerate(_stamp_fields(side))
    }
    found = subjects(side).aggregate(rows=Count("pk"), **sums)
    if side != Side.CAPABILITY:
        return tuple(found.values())
    used = USES.objects.aggregate(uses=Count("pk"), moved=Sum(_Epoch(F("equipment__updated_at"))))
    return (*found.values(), *used.values())


def _vectors_key(side: str, encoder: str) -> tuple[Any, ...]:
    rows = Embedding.objects.filter(kind=side, encoder=encoder)
    return tuple(rows.aggregate(rows=Count("pk"), made=Sum(_Epoch(F("made_at")))).values())


def _stamps(side: str, encoder: str) -> dict[int, tuple[Any, ...]]:
    rows = subjects(side).values_list("pk", *_stamp_fields(side))
    used: dict[int, Any] = {}
    if side == Side.CAPABILITY:
        grouped = USES.objects.order_by().values_list("capability_id")
        used = {
            pk: (count, moved)
            for pk, count, moved in grouped.annotate(
                count=Count("pk"), moved=Sum(_Epoch(F("equipment__updated_at")))
            )
        }
    made = dict(
        Embedding.objects.filter(kind=side, encoder=encoder).values_list("object_id", "made_at")
    )
    return {
        pk: (*times, made.get(pk), used.get(pk)) for pk, *times in rows.iterator(chunk_size=5000)
    }
