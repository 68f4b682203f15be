"""The plain methods the engine has to beat."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from matching.engine.text import is_single, tokens


def _pairs(text: str) -> list[str]:
    """Character pairs and Latin words: what bigram BM25 counts."""
    return [t for t in tokens(text) if len(t) > 1 or not is_single(t)]


def bigram_bm25(
    documents: Sequence[str], queries: Sequence[str], k1: float = 1.2, b: float = 0.75
) -> np.ndarray:
    """Textbook BM25 over character pairs: queries × documents."""
    counted = [Counter(_pairs(text)) for text in documents]
    lengths = np.array([sum(found.values()) for found in counted], float)
    norms = k1 * (1 - b + b * lengths / max(lengths.mean(), 1e-9))
    postings: dict[str, list[tuple[int, int]]] = {}
    for row, found in enumerate(counted):
        for token, count in found.items():
            postings.setdefault(token, []).append((row, count))
    scores = np.zeros((len(queries), len(documents)))
    for at, query in enumerate(queries):
        for token in set(_pairs(query)):
            places = postings.get(token, [])
            idf = np.log1p((len(documents) - len(places) + 0.5) / (len(places) + 0.5))
            for row, count in places:
                scores[at, row] += idf * count * (k1 + 1) / (count + norms[row])
    return scores


def reciprocal_rank_fusion(scores: Sequence[np.ndarray], k: int = 60) -> np.ndarray:
    """The sum of 1 / (k + rank) over several score tables."""
    fused = np.zeros_like(scores[0])
    for table in scores:
        order = np.argsort(-table, axis=1, kind="stable")
        ranks = np.empty_like(order)
        np.put_along_axis(ranks, order, np.arange(table.shape[1])[None, :], axis=1)
        fused += 1.0 / (k + 1 + ranks)
    return fused
