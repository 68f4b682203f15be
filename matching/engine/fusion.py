"""From retrievers' raw scores to one probability that a practitioner would call the pair
relevant.

Each feature is first made comparable between queries: as a share of the best value that any
document reaches for that query. Log odds are then the weighted sum of these shares.
"""

import math
from collections.abc import Mapping

import numpy as np

from .documents import Doc
from .lexicon import industry_similarity

UNIT = 2800
"""Vectors are whole numbers of this length: a dot product less another stays under 2^24, exact in
float32."""


def whole_vectors(vectors: np.ndarray) -> np.ndarray:
    """Unit vectors as whole numbers in float32, so that every BLAS gives the same bits."""
    rows = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.rint(rows / np.maximum(lengths, 1e-12) * UNIT).astype(np.float32)


def taxonomy_similarity(one: Doc, other: Doc) -> float:
    """How close two documents stand in the taxonomy: a shared field code, else the industries."""
    if set(one.field_codes) & set(other.field_codes):
        return 1.0
    return industry_similarity(one.industry, other.industry)


def probability(odds: float) -> float:
    """Log odds as a probability."""
    return 1.0 / (1.0 + math.exp(-odds)) if odds > -700 else 0.0


def shares(weights: Mapping[str, float], features: Mapping[str, float]) -> dict[str, float]:
    """How much each feature pushed the score, as shares that sum to 1; a feature that pulled down
    has a negative share."""
    pushes = {name: weights[name] * value for name, value in features.items()}
    size = sum(abs(push) for push in pushes.values())
    return {name: push / size if size else 0.0 for name, push in pushes.items()}
