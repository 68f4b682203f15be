"""Vectors of texts, made in workers and kept beside the rows they were made from."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, transaction

from core.queue import enqueue
from matching.engine.documents import Doc
from matching.engine.encoder import Encoder, EncoderError, embed
from matching.enums import ResourceKind, Side
from matching.models import Embedding
from matching.selectors.documents import (
    capability_doc,
    capability_rows,
    demand_doc,
    demand_rows,
    resource_doc,
    resource_rows,
)
from matching.selectors.vectors import current_encoder, text_digest, version_of, without_vector

logger = structlog.get_logger(__name__)
BATCH = 16
# one maker of vectors at a time: the encoder takes both cores anyway
LOCK_NUMBER = 7_201_001


def embed_missing(*, now: datetime, seconds: float = 10) -> int:
    """Make vectors for rows that have none or whose text moved on.

    After `seconds` it queues itself for the rest, so that runs get their turn between. Each batch
    is its own transaction: a killed worker loses one batch at most. Returns how many rows were
    looked at; 0 without an encoder or when it does not answer (logged).
    """
    encoder = current_encoder()
    if encoder is None:
        return 0
    made, end = 0, time.monotonic() + seconds
    for side in (*Side.values, *ResourceKind.values):
        while count := embed_batch(side=side, encoder=encoder, now=now):
            made += count
            if time.monotonic() > end:
                enqueue("matching.embed_missing")
                return made
    return made


def embed_rows(*, side: str, ids: Collection[int], now: datetime) -> None:
    """Make the vectors that `ids` lack: the start of a run for a fresh demand or capability."""
    encoder = current_encoder()
    if encoder is not None:
        embed_batch(side=side, encoder=encoder, now=now, ids=ids)


def embed_batch(
    *, side: str, encoder: Encoder, now: datetime, ids: Collection[int] | None = None
) -> int:
    """Make the next missing vectors of `side` (among `ids`), in one transaction; how many rows."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_NUMBER])
        missing = without_vector(side, version_of(encoder))
        if ids is not None:
            missing = missing.filter(pk__in=ids)
        rows = _with_docs(side, missing)
        try:
            _store(side=side, encoder=encoder, rows=rows, now=now)
        except EncoderError as problem:
            logger.warning("matching.encoder_failed", problem=str(problem))
            return 0
        return len(rows)


def _with_docs(side: str, missing: Any) -> list[tuple[Any, Doc]]:
    if side == Side.CAPABILITY:
        return [(row, capability_doc(row)) for row in capability_rows(missing)[:BATCH]]
    if side == Side.DEMAND:
        return [(row, demand_doc(row)) for row in demand_rows(missing)[:BATCH]]
    return [(row, resource_doc(row)) for row in resource_rows(missing)[:BATCH]]


def _store(*, side: str, encoder: Encoder, rows: list[tuple[Any, Doc]], now: datetime) -> None:
    version = version_of(encoder)
    kept = {
        row.object_id: row
        for row in Embedding.objects.filter(
            kind=side, encoder=version, object_id__in=[row.pk for row, _ in rows]
        )
    }
    changed = []
    for row, doc in rows:
        digest, old = text_digest(doc), kept.get(row.pk)
        if old is not None and old.text_digest == digest:
            # the row changed, its text did not: the vector stands
            Embedding.objects.filter(pk=old.pk).update(row_updated_at=row.updated_at)
        else:
            changed.append((row, doc, digest))
    if not changed:
        return
    vectors = embed([doc for _, doc, _ in changed], encoder)
    Embedding.objects.bulk_create(
        [
            Embedding(
                kind=side,
                object_id=row.pk,
                encoder=version,
                text_digest=digest,
                row_updated_at=row.updated_at,
                vector=vector.astype("<f4").tobytes(),
                made_at=now,
            )
            for (row, _, digest), vector in zip(changed, vectors, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["kind", "object_id", "encoder"],
        update_fields=["text_digest", "row_updated_at", "vector", "made_at"],
    )
