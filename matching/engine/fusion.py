"""From retrievers' raw scores to one probability that a practitioner would call the pair
relevant.

Each feature is first made comparable between queries: the lexical score as the share of the
query's weight that a perfect text would collect, the cosine as its distance from the query's mean
in standard deviations. Then log odds are their weighted sum.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .documents import Doc

UNIT = 4000
"""Vectors are kept as whole numbers of this length: a dot product stays under 2^24 and is exact
in float32."""


def whole_vectors(vectors: np.ndarray) -> np.ndarray:
    """Unit vectors as whole numbers in float32, so that every BLAS gives the same bits."""
    rows = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.rint(rows / np.maximum(lengths, 1e-12) * UNIT).astype(np.float32)


@dataclass(frozen=True, slots=True)
class VectorStatistics:
    """Count, sum and outer-product sum of whole-number vectors: exact, additive, the same in any
    order."""

    count: int
    total: np.ndarray
    gram: np.ndarray

    @classmethod
    def of(cls, vectors: np.ndarray, block: int = 16_384) -> "VectorStatistics":
        """Statistics of the rows of ``vectors``, block by block to bound memory."""
        size = vectors.shape[1]
        gram, total = np.zeros((size, size)), np.zeros(size)
        for start in range(0, len(vectors), block):
            rows = vectors[start : start + block].astype(np.float64)
            gram += rows.T @ rows
            total += rows.sum(axis=0)
        return cls(len(vectors), total, gram)

    def plus(self, other: "VectorStatistics", sign: int = 1) -> "VectorStatistics":
        """The statistics of both sets of rows, or with ``sign=-1`` without those of ``other``."""
        return VectorStatistics(
            self.count + sign * other.count,
            self.total + sign * other.total,
            self.gram + sign * other.gram,
        )

    def mean_and_deviation(self, query: np.ndarray) -> tuple[float, float]:
        """Mean and standard deviation of the dot products of all rows with ``query``."""
        if self.count < 2:
            return 0.0, float(UNIT * UNIT)
        wide = query.astype(np.float64)
        mean = float(self.total @ wide) / self.count
        variance = float(wide @ (self.gram @ wide)) / self.count - mean * mean
        return float(f"{mean:.9g}"), float(f"{max(variance, 1.0) ** 0.5:.9g}")


def industry_similarity(one: str, other: str) -> float:
    """1 for the same industry, the shared part of the characters otherwise; 0 where one is
    unknown."""
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    mine, theirs = set(one), set(other)
    return len(mine & theirs) / (len(mine) + len(theirs))


def taxonomy_similarity(one: Doc, other: Doc) -> float:
    """How close two documents stand in the taxonomy: shared field codes, else industry names."""
    if one.field_codes and other.field_codes:
        shared = set(one.field_codes) & set(other.field_codes)
        if shared:
            return 1.0
    return industry_similarity(one.industry, other.industry)


def log_odds(weights: Mapping[str, float], features: Mapping[str, np.ndarray]) -> np.ndarray:
    """The weighted sum of ``features`` (whole columns) plus the bias."""
    total: np.ndarray | float = weights["bias"]
    for name in sorted(features):
        total = total + weights[name] * features[name]
    return np.asarray(total)


def probability(odds: np.ndarray | float) -> np.ndarray:
    """Log odds as a probability."""
    return 1.0 / (1.0 + np.exp(-np.asarray(odds, np.float64)))


def shares(weights: Mapping[str, float], features: Mapping[str, float]) -> dict[str, float]:
    """How much each feature pushed the score, as shares that sum to 1; a feature that pulled down
    has a negative share."""
    pushes = {name: weights[name] * value for name, value in features.items()}
    size = sum(abs(push) for push in pushes.values())
    return {name: push / size if size else 0.0 for name, push in pushes.items()}
