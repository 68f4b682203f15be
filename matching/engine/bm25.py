"""BM25F over character bigrams, in whole numbers.

Impacts and query weights are rounded to integers, so a score is an exact sum: the same to the
last bit in any order of rows, terms, threads or segments. The length norm uses fixed pivots
instead of the corpus average, so one document's impacts never depend on the others; only the idf,
kept on the query's side, does. Source: Robertson and Zaragoza, The Probabilistic Relevance
Framework: BM25 and Beyond (2009).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .documents import Doc, body_text, context_text, title_text
from .text import tokens

IMPACT_SCALE = 256
WEIGHT_SCALE = 64
FIELDS = ("title", "body", "context")
_READ = {"title": title_text, "body": body_text, "context": context_text}


@dataclass(frozen=True, slots=True)
class FieldWeight:
    """How much a field counts, how strongly its length is discounted, and the length that is
    discounted by nothing."""

    weight: float
    b: float
    pivot: float


@dataclass(frozen=True, slots=True)
class LexicalWeights:
    """Parameters of the lexical retriever, read from the shipped weights."""

    k1: float
    fields: Mapping[str, FieldWeight]
    query_fields: Mapping[str, float]
    query_k: float
    max_terms: int


def field_tokens(doc: Doc) -> dict[str, list[str]]:
    """The tokens of each field of ``doc``."""
    return {name: tokens(read(doc)) for name, read in _READ.items()}


@dataclass(frozen=True, slots=True)
class Postings:
    """Terms × documents: for each term the rows that hold it and the impact there."""

    vocabulary: dict[str, int]
    starts: np.ndarray
    rows: np.ndarray
    impacts: np.ndarray
    size: int

    @classmethod
    def build(cls, docs: Sequence[Doc], weights: LexicalWeights) -> "Postings":
        """Count and weigh the tokens of ``docs``; row i is docs[i]."""
        vocabulary: dict[str, int] = {}
        terms: list[int] = []
        row_lengths: list[int] = []
        entry_weights: list[float] = []
        entry_lengths: list[int] = []
        number = vocabulary.setdefault
        for doc in docs:
            total = 0
            for name, found in field_tokens(doc).items():
                if not found:
                    continue
                field = weights.fields[name]
                terms += [number(token, len(vocabulary)) for token in found]
                norm = 1 - field.b + field.b * len(found) / field.pivot
                entry_weights.append(field.weight / norm)
                entry_lengths.append(len(found))
                total += len(found)
            row_lengths.append(total)
        return cls._assemble(
            vocabulary,
            np.array(terms, np.int64),
            np.repeat(np.arange(len(docs), dtype=np.int64), row_lengths),
            np.repeat(np.array(entry_weights, np.float64), entry_lengths),
            len(docs),
            weights.k1,
        )

    @classmethod
    def _assemble(
        cls,
        vocabulary: dict[str, int],
        terms: np.ndarray,
        rows: np.ndarray,
        values: np.ndarray,
        size: int,
        k1: float,
    ) -> "Postings":
        order = np.argsort(terms * max(size, 1) + rows, kind="stable")
        terms, rows, values = terms[order], rows[order], values[order]
        first = np.ones(len(terms), bool)
        first[1:] = (terms[1:] != terms[:-1]) | (rows[1:] != rows[:-1])
        heads = np.flatnonzero(first)
        frequency = np.add.reduceat(values, heads) if len(heads) else values
        impacts = np.rint(IMPACT_SCALE * frequency * (k1 + 1) / (k1 + frequency))
        starts = np.searchsorted(terms[heads], np.arange(len(vocabulary) + 1))
        return cls(
            vocabulary,
            starts.astype(np.int64),
            rows[heads].astype(np.int32),
            np.maximum(impacts, 1).astype(np.int16),
            size,
        )

    def document_frequency(self, term: str) -> int:
        """How many rows hold ``term``."""
        at = self.vocabulary.get(term)
        return 0 if at is None else int(self.starts[at + 1] - self.starts[at])

    def scores(self, query: Mapping[str, int]) -> np.ndarray:
        """The score of every row for whole-numbered term weights, as exact float64."""
        rows, values = [], []
        for term, weight in query.items():
            at = self.vocabulary.get(term)
            if at is not None:
                begin, end = self.starts[at], self.starts[at + 1]
                rows.append(self.rows[begin:end])
                values.append(self.impacts[begin:end] * np.float64(weight))
        if not rows:
            return np.zeros(self.size)
        return np.bincount(
            np.concatenate(rows), weights=np.concatenate(values), minlength=self.size
        )

    def impact(self, term: str, row: int) -> int:
        """The impact of ``term`` in one row, 0 where it is absent."""
        at = self.vocabulary.get(term)
        if at is None:
            return 0
        begin, end = int(self.starts[at]), int(self.starts[at + 1])
        place = begin + int(np.searchsorted(self.rows[begin:end], row))
        return int(self.impacts[place]) if place < end and self.rows[place] == row else 0


def query_frequencies(doc: Doc, weights: LexicalWeights) -> dict[str, float]:
    """How strongly each token is asked for: its counts in the fields of the query, weighted and
    saturated."""
    asked: dict[str, float] = {}
    for name, found in field_tokens(doc).items():
        share = weights.query_fields.get(name, 0.0)
        if share:
            for token, count in Counter(found).items():
                asked[token] = asked.get(token, 0.0) + share * count
    k = weights.query_k
    return {token: count * (k + 1) / (k + count) for token, count in asked.items()}


def idf(size: int, frequency: int) -> float:
    """Inverse document frequency as in Lucene: never negative."""
    return float(np.log1p((size - frequency + 0.5) / (frequency + 0.5)))
