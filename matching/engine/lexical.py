"""The lexical retriever: shared characters, character pairs and Latin words, weighed by rarity.

A document's score is the sum, over the terms it shares with the query, of the term's weight on the
query's side (how strongly it is asked for, times idf squared) and its weight on the document's
side (which field holds it), divided by a power of the document's own weight, so that long texts
do not win by length. Single characters count because in technical Chinese they are half-words
(锂, 酶, 焊) that join what word segmentation keeps apart.

All weights are rounded to whole numbers, so a sum is exact: the same to the last bit in any order
of rows, terms, threads or segments.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .documents import Doc, body_text, context_text, title_text
from .text import is_single, tokens

IDF_SCALE = 64
DOCUMENT_SCALE = 240
FIELDS = ("title", "body", "context")
_READ = {"title": title_text, "body": body_text, "context": context_text}


@dataclass(frozen=True, slots=True)
class LexicalWeights:
    """Parameters of the lexical retriever, read from the weights file.

    ``query_fields`` is what one token of a field of the query counts; all tokens of its body
    together count no more than ``body_mass`` tokens of the title, however long it is.
    """

    document_fields: Mapping[str, float]
    query_fields: Mapping[str, float]
    body_mass: float
    pair: float
    length_power: float
    max_terms: int


def field_tokens(doc: Doc) -> dict[str, list[str]]:
    """The tokens of each field of ``doc``."""
    return {name: tokens(read(doc)) for name, read in _READ.items()}


def document_terms(doc: Doc, weights: LexicalWeights) -> dict[str, int]:
    """Each distinct token of ``doc`` with its whole-number weight, from 1 to ``DOCUMENT_SCALE``.

    A token in several fields counts their sum, at most the full scale.
    """
    found: dict[str, int] = {}
    for name, read in _READ.items():
        weight = round(weights.document_fields[name] * DOCUMENT_SCALE)
        if weight:
            for token in set(tokens(read(doc))):
                found[token] = min(found.get(token, 0) + weight, DOCUMENT_SCALE)
    return found


@dataclass(frozen=True, slots=True)
class Postings:
    """Terms × documents: for each term the rows that hold it and its weight there."""

    vocabulary: dict[str, int]
    starts: np.ndarray
    rows: np.ndarray
    values: np.ndarray
    size: int

    @classmethod
    def build(cls, docs: Sequence[Doc], weights: LexicalWeights) -> "Postings":
        """Read and weigh the tokens of ``docs``; row i is docs[i]."""
        vocabulary: dict[str, int] = {}
        terms: list[int] = []
        values: list[int] = []
        counts: list[int] = []
        for doc in docs:
            found = document_terms(doc, weights)
            terms += [vocabulary.setdefault(token, len(vocabulary)) for token in found]
            values += found.values()
            counts.append(len(found))
        numbers = np.array(terms, np.int32)
        order = np.argsort(numbers, kind="stable")
        rows = np.repeat(np.arange(len(docs), dtype=np.int32), counts)
        starts = np.zeros(len(vocabulary) + 1, np.int64)
        np.cumsum(np.bincount(numbers, minlength=len(vocabulary)), out=starts[1:])
        return cls(vocabulary, starts, rows[order], np.array(values, np.uint8)[order], len(docs))

    def frequency(self, term: str) -> int:
        """How many rows hold ``term``."""
        at = self.vocabulary.get(term)
        return 0 if at is None else int(self.starts[at + 1] - self.starts[at])

    def sums(self, query: Mapping[str, int]) -> np.ndarray:
        """For every row the sum of query weight × document weight: whole numbers in float64."""
        rows, values = [], []
        for term, weight in query.items():
            at = self.vocabulary.get(term)
            if at is not None:
                begin, end = self.starts[at], self.starts[at + 1]
                rows.append(self.rows[begin:end])
                values.append(self.values[begin:end] * np.float64(weight))
        if not rows:
            return np.zeros(self.size)
        return np.bincount(
            np.concatenate(rows), weights=np.concatenate(values), minlength=self.size
        )

    def weight_of_rows(self, weight_of: Mapping[str, int]) -> np.ndarray:
        """For every row the sum of its terms' weights × their document weights, exactly."""
        by_term = np.array([weight_of[term] for term in self.vocabulary], np.float64)
        each = np.repeat(by_term, np.diff(self.starts))
        return np.bincount(self.rows, weights=each * self.values, minlength=self.size)

    def value(self, term: str, row: int) -> int:
        """The document weight of ``term`` in one row, 0 where it is absent."""
        at = self.vocabulary.get(term)
        if at is None:
            return 0
        begin, end = int(self.starts[at]), int(self.starts[at + 1])
        place = begin + int(np.searchsorted(self.rows[begin:end], row))
        return int(self.values[place]) if place < end and self.rows[place] == row else 0


def asked_terms(doc: Doc, weights: LexicalWeights) -> dict[str, float]:
    """How strongly each token is asked for: the logarithm of its weighted count in the query."""
    asked: dict[str, float] = {}
    for name, found in field_tokens(doc).items():
        share = weights.query_fields[name]
        if name == "body" and found:
            share = min(share, weights.body_mass / len(found))
        if share:
            for token, count in Counter(found).items():
                asked[token] = asked.get(token, 0.0) + share * count
    return {token: float(np.log1p(count)) for token, count in asked.items()}


def term_weight(term: str, size: int, frequency: int, pair: float) -> int:
    """The whole-number weight of a term: idf squared, times ``pair`` for a pair of characters.

    Source of the idf: Robertson and Zaragoza (2009), in Lucene's form that is never negative.
    """
    idf = np.log1p((size - frequency + 0.5) / (frequency + 0.5))
    return round(float(IDF_SCALE * idf * idf * (1.0 if is_single(term) else pair)))
