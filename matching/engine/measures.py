"""Figures that say how good a ranking is, from judged pairs."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import rankdata


def _order(scores: np.ndarray) -> np.ndarray:
    """Best first; equal scores keep the order they came in."""
    return np.argsort(-np.asarray(scores, float), kind="stable")


def ndcg(scores: np.ndarray, levels: np.ndarray, k: int = 10) -> float:
    """Normalised discounted gain of the best ``k``; gain 2^level - 1, levels from 0 (no relevance).

    NaN where no level is above 0.
    """
    gains = 2.0 ** np.asarray(levels, float) - 1
    discounts = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.sort(gains)[::-1][:k]
    best = float(ideal @ discounts[: len(ideal)])
    found = gains[_order(scores)][:k]
    return float(found @ discounts[: len(found)]) / best if best > 0 else float("nan")


def auc(scores: np.ndarray, relevant: np.ndarray) -> float:
    """Chance that a relevant document stands above another one; NaN where one kind is missing."""
    relevant = np.asarray(relevant, bool)
    positives = int(relevant.sum())
    negatives = len(relevant) - positives
    if not positives or not negatives:
        return float("nan")
    ranks = rankdata(scores)
    return float(ranks[relevant].sum() - positives * (positives + 1) / 2) / (positives * negatives)


def spearman(scores: np.ndarray, levels: np.ndarray) -> float:
    """Rank correlation with the levels; NaN where either is constant."""
    mine, theirs = rankdata(scores), rankdata(levels)
    if mine.std() == 0 or theirs.std() == 0:
        return float("nan")
    return float(np.corrcoef(mine, theirs)[0, 1])


def recall(scores: np.ndarray, relevant: np.ndarray, k: int) -> float:
    """Share of the relevant documents among the best ``k``; NaN where there are none."""
    relevant = np.asarray(relevant, bool)
    return float(relevant[_order(scores)][:k].sum() / relevant.sum()) if relevant.any() else np.nan


def reciprocal_rank(scores: np.ndarray, relevant: np.ndarray) -> float:
    """One over the rank of the first relevant document; NaN where there are none."""
    places = np.flatnonzero(np.asarray(relevant, bool)[_order(scores)])
    return 1.0 / (1 + int(places[0])) if len(places) else float("nan")


def mean_with_interval(
    values: Sequence[float], *, samples: int = 2000, seed: int = 0
) -> tuple[float, float, float]:
    """Mean over queries and its 95 % bootstrap interval; queries without a value are left out."""
    known = np.array([value for value in values if not np.isnan(value)])
    if not len(known):
        return float("nan"), float("nan"), float("nan")
    draws = np.random.default_rng(seed).integers(0, len(known), (samples, len(known)))
    low, high = np.percentile(known[draws].mean(axis=1), [2.5, 97.5])
    return float(known.mean()), float(low), float(high)
