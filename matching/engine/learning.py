"""Learning the feature weights from judged pairs and feedback, staying close to the present
ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from .measures import auc, mean_with_interval, ndcg
from .weights import FEATURES, Weights


@dataclass(frozen=True, slots=True)
class Judged:
    """One judged pair: the query it belongs to, its features when judged, its level.

    Levels are 0 (none) to 3 (strong); from 2 on the pair counts as relevant. ``features`` without
    "semantic" was ranked without an encoder.
    """

    query_id: str
    features: Mapping[str, float]
    level: int

    @property
    def has_vector(self) -> bool:
        """Whether the pair was ranked with an encoder."""
        return "semantic" in self.features


@dataclass(frozen=True, slots=True)
class Figures:
    """How well weights order judged pairs: means over queries."""

    queries: int
    pairs: int
    ndcg: float
    auc: float


def _columns(pairs: Sequence[Judged]) -> np.ndarray:
    return np.array([[1.0, *(p.features.get(name, 0.0) for name in FEATURES)] for p in pairs])


def _vector(weights: Mapping[str, float]) -> np.ndarray:
    return np.array([weights[name] for name in ("bias", *FEATURES)])


def learn(
    pairs: Sequence[Judged], present: Mapping[str, float], *, strength: float = 0.01
) -> dict[str, float]:
    """Feature weights that make relevant pairs likely, drawn to ``present`` with ``strength``.

    Every query counts the same however many of its pairs were judged. A feature the pairs say
    nothing about keeps its present weight, and none but the bias becomes negative. With no pairs
    the present weights come back.
    """
    if not pairs:
        return dict(present)
    table, prior = _columns(pairs), _vector(present)
    wanted = np.array([pair.level >= 2 for pair in pairs], float)
    counts: dict[str, int] = {}
    for pair in pairs:
        counts[pair.query_id] = counts.get(pair.query_id, 0) + 1
    share = np.array([1.0 / counts[pair.query_id] for pair in pairs]) / len(counts)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        odds = table @ weights
        miss = share @ (np.logaddexp(0, odds) - wanted * odds)
        slope = table.T @ (share * (1 / (1 + np.exp(-odds)) - wanted))
        away = weights - prior
        away[0] = 0.0  # the bias is free: how often pairs are relevant is a fact of the data
        return float(miss + strength * away @ away), slope + 2 * strength * away

    bounds = [(None, None), *[(0.0, None)] * len(FEATURES)]
    found = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=bounds).x
    return {
        name: round(float(value), 4) for name, value in zip(("bias", *FEATURES), found, strict=True)
    }


def retrained(weights: Weights, pairs: Sequence[Judged], version: str) -> Weights:
    """New weights under ``version``, learnt from ``pairs`` ranked with and without an encoder."""
    with_vector = [pair for pair in pairs if pair.has_vector]
    without = [
        replace(pair, features={k: v for k, v in pair.features.items() if k != "semantic"})
        for pair in pairs
    ]
    return replace(
        weights,
        version=version,
        with_encoder=learn(with_vector, weights.with_encoder),
        without_encoder=learn(without, weights.without_encoder),
    )


def figures(pairs: Sequence[Judged], weights: Weights) -> Figures:
    """How well ``weights`` order ``pairs``, for the before and after of a retraining."""
    groups: dict[str, list[Judged]] = {}
    for pair in pairs:
        groups.setdefault(pair.query_id, []).append(pair)
    gains, chances = [], []
    for group in groups.values():
        feature_weights = _vector(weights.features(has_vector=group[0].has_vector))
        scores = _columns(group) @ feature_weights
        levels = np.array([pair.level for pair in group])
        gains.append(ndcg(scores, levels))
        chances.append(auc(scores, levels >= 2))
    return Figures(
        len(groups), len(pairs), mean_with_interval(gains)[0], mean_with_interval(chances)[0]
    )
