"""The encoder that is set, and the vectors stored for rows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import structlog
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from demands.models import Demand
from matching.engine.documents import Doc
from matching.engine.encoder import Encoder, EncoderError, embedding_texts, open_encoder
from matching.enums import ResourceKind, Side
from matching.kinds import MODEL_OF
from matching.models import Embedding
from matching.selectors.documents import resource_key

logger = structlog.get_logger(__name__)
OFF = "off"


def current_encoder() -> Encoder | None:
    """The encoder of MATCHING_ENCODER, or None: the portal works fully without one."""
    try:
        return open_encoder(settings.MATCHING_ENCODER)
    except EncoderError as problem:
        logger.warning("matching.encoder_unavailable", problem=str(problem))
        return None


def version_of(encoder: Encoder | None) -> str:
    """The name under which vectors are kept: `off` without an encoder."""
    return encoder.version[:40] if encoder else OFF


def text_digest(doc: Doc) -> str:
    """SHA-256 of what the encoder is given of a document."""
    return hashlib.sha256("\0".join(embedding_texts(doc)).encode()).hexdigest()


def subjects(side: str) -> QuerySet[Any]:
    """The rows that take part in matching: open demands, shown capabilities and resources."""
    if side == Side.DEMAND:
        return Demand.objects.open()
    rows: QuerySet[Any] = MODEL_OF[side].objects.shown()
    return rows


def without_vector(side: str, encoder: str) -> QuerySet[Any]:
    """Rows of `side` whose stored vector is missing or older than the row."""
    fresh = Embedding.objects.filter(
        kind=side, object_id=OuterRef("pk"), encoder=encoder, row_updated_at=OuterRef("updated_at")
    )
    return subjects(side).exclude(Exists(fresh)).order_by("pk")


def stored_vectors(
    side: str, encoder: str, ids: Collection[int] | None = None
) -> Mapping[str, np.ndarray]:
    """Vectors of `ids` (None: all of that side), keyed as the engine keys documents."""
    rows = Embedding.objects.filter(kind=side, encoder=encoder)
    if ids is not None:
        rows = rows.filter(object_id__in=ids)
    found = rows.values_list("object_id", "vector").iterator(chunk_size=5000)
    is_resource = side in ResourceKind.values
    return {
        resource_key(side, pk) if is_resource else str(pk): np.frombuffer(bytes(vector), "<f4")
        for pk, vector in found
    }
