"""Whether anybody can do it: the chance that the best of a demand's list are really suitable.

A feature of the ranking is a share of the best value that any capability reaches, so the list of a
demand that nobody can meet has a best too. Here absolute evidence is weighed: the score of the
best, how much of the demand's title the best few say, how near their vectors are. It says something
of the list as a whole and changes neither its order nor its scores.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np
import rjieba

from .documents import DemandDoc, Doc, body_text
from .fusion import probability
from .index import Index, Ranked
from .lexicon import linked_words, shipped_lexicon
from .text import is_han, normalise
from .weights import ReachWeights

DEPTH = 5
"""How many of the best are asked what they say."""
_PARTLY = 0.5
_JOINTS = "与及其和的之以用等"
_CERTAIN = 1e-6


@dataclass(frozen=True, slots=True)
class Reach:
    """The chance that a list holds something suitable, from 0 to 1, what it rests on, and what of
    the demand's title none of the best says."""

    chance: float
    evidence: Mapping[str, float]
    missing: tuple[str, ...]


def core_words(demand: DemandDoc) -> list[str]:
    """The words of the title that say what is wanted; everyday ones (技术, 系统) are left out."""
    common = shipped_lexicon().common
    words = (word.strip() for word in rjieba.cut(normalise(demand.title)))
    kept = (word for word in words if len(word) > 1 and word not in common)
    return list(dict.fromkeys(word for word in kept if any(map(str.isalpha, word))))


def reach(
    index: Index,
    demand: DemandDoc,
    ranked: Sequence[Ranked],
    vector: np.ndarray | None,
    weights: ReachWeights,
) -> Reach | None:
    """The chance that somebody in ``ranked``, the demand's list out of ``index``, can do it.

    ``vector`` is the demand's, made by the encoder that ``weights`` names: cosines of another are
    of another size. None without vectors: words alone tell no better than the score of the best.
    """
    best = [entry.document_id for entry in ranked[:DEPTH]]
    near = [] if vector is None else index.cosines(vector, best)
    if not near:
        return None
    words = core_words(demand)
    said = [_said(words, demand, index.document(one)) for one in best]
    evidence = {
        "best": _odds(ranked[0].score),
        "words": max(map(_mean, said)),
        "cosine": sum(near) / len(near),
    }
    odds = weights.bias + sum(weights.evidence[name] * value for name, value in evidence.items())
    missing = {word for at, word in enumerate(words) if all(one[at] < 1 for one in said)}
    return Reach(round(probability(odds), 6), evidence, tuple(_stretches(demand.title, missing)))


def _stretches(title: str, missing: Set[str]) -> Iterator[str]:
    """The stretches of ``title`` made of words in ``missing`` and of single characters between."""
    stretch, is_missing = "", False
    for word in [*rjieba.cut(normalise(title)), ""]:
        if word in missing or (len(word) == 1 and word.isalpha()):
            stretch, is_missing = stretch + word, is_missing or word in missing
        else:
            if is_missing:
                yield stretch.strip(_JOINTS)
            stretch, is_missing = "", False


def _odds(score: float) -> float:
    bounded = min(max(score, _CERTAIN), 1 - _CERTAIN)
    return log(bounded / (1 - bounded))


def _mean(said: Sequence[float]) -> float:
    return sum(said) / len(said) if said else 1.0


def _said(words: Sequence[str], demand: DemandDoc, other: Doc) -> list[float]:
    """For each of ``words``: 1 where ``other`` says it, up to a half where it says a part of it or,
    by the lexicon, the class it belongs to."""
    text = normalise("\n".join([other.title, body_text(other), *other.equipment]))
    linked = linked_words(demand.title, text)
    return [_degree(word, text, linked) for word in words]


def _degree(word: str, text: str, linked: Mapping[str, list[str]]) -> float:
    if word in text:
        return 1.0
    if any(said in word or word in said for said in linked):
        return _PARTLY
    pairs = [one + other for one, other in pairwise(word)] if is_han(word[0]) else []
    return _PARTLY * sum(pair in text for pair in pairs) / len(pairs) if pairs else 0.0
