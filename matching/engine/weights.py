"""The weights of the ranking: a small JSON file that staff can read, copy, change and freeze."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from .lexical import FIELDS, LexicalWeights

SHIPPED = Path(__file__).with_name("weights.json")
FEATURES = ("lexical", "semantic", "lexicon", "taxonomy")
EVIDENCE = ("best", "words", "cosine")


@dataclass(frozen=True, slots=True)
class ReachWeights:
    """How likely it is that anybody can do what a demand asks for, from absolute evidence
    (`reach.py`); holds for vectors of ``encoder`` alone."""

    encoder: str
    bias: float
    evidence: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything learnt: the lexical retriever's parameters and the weight of each feature in the
    log odds of a match."""

    version: str
    lexical: LexicalWeights
    with_encoder: Mapping[str, float]
    without_encoder: Mapping[str, float]
    reach: ReachWeights | None = None  # versions before it was learnt have none

    def features(self, *, has_vector: bool) -> Mapping[str, float]:
        """Bias and feature weights for a query with or without a vector."""
        return self.with_encoder if has_vector else self.without_encoder

    def record(self) -> dict[str, Any]:
        """The JSON form that `weights_from` reads."""
        return asdict(self)


def weights_from(record: Mapping[str, Any]) -> Weights:
    """Weights out of their JSON form; raises ValueError (Chinese) where something is missing or
    not a number."""
    try:
        lexical = record["lexical"]
        return Weights(
            version=str(record["version"]),
            lexical=LexicalWeights(
                document_fields=_fields(lexical["document_fields"]),
                query_fields=_fields(lexical["query_fields"]),
                body_mass=float(lexical["body_mass"]),
                pair=float(lexical["pair"]),
                family=float(lexical.get("family", 0)),  # versions before it asked for none
                length_power=float(lexical["length_power"]),
                max_terms=int(lexical["max_terms"]),
                implied_terms=int(lexical.get("implied_terms", lexical["max_terms"])),
            ),
            with_encoder=_numbers(record["with_encoder"]),
            without_encoder=_numbers(record["without_encoder"]),
            reach=_reach(record["reach"]) if record.get("reach") else None,
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise ValueError(f"匹配权重不完整或有误：{problem}") from problem


def _numbers(record: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(record[name]) for name in ("bias", *FEATURES)}


def _reach(record: Mapping[str, Any]) -> ReachWeights:
    evidence = {name: float(record["evidence"][name]) for name in EVIDENCE}
    return ReachWeights(str(record["encoder"]), float(record["bias"]), evidence)


def _fields(record: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(record[name]) for name in FIELDS}


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """The weights that come with the package."""
    return weights_from(json.loads(SHIPPED.read_text(encoding="utf-8")))
