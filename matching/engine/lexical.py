"""The lexical retriever: shared characters, character pairs and Latin words, weighed by rarity.

A document's score is the sum, over the terms it shares with the query, of the term's weight on the
query's side (how strongly it is asked for, times idf squared) and its weight on the document's
side (which field holds it), divided by a power of the document's own weight, so that long texts
do not win by length. Single characters count because in technical Chinese they are half-words
(锂, 酶, 焊) that join what word segmentation keeps apart.

All weights are rounded to whole numbers, so a sum is exact: the same to the last bit in any order
of rows, terms, threads or segments.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from .documents import Doc, body_text, context_text, title_text
from .text import is_single, tokens

IDF_SCALE = 64
MOST_WEIGHT = 65_535
"""Bound of a query term's weight: 128 terms of it on full document weight still fit 32 bits."""
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
    for name in ("body", "context", "title"):  # the longest first: the rest is little to merge
        weight = round(weights.document_fields[name] * DOCUMENT_SCALE)
        fresh = dict.fromkeys(tokens(_READ[name](doc)), weight) if weight else {}
        for token in found.keys() & fresh.keys():
            fresh[token] = min(found[token] + weight, DOCUMENT_SCALE)
        found |= fresh
    return found


@dataclass(frozen=True, slots=True)
class Postings:
    """Terms × documents: for each term the rows that hold it and its weight there."""

    vocabulary: dict[str, int]
    table: csr_array

    @classmethod
    def build(cls, docs: Sequence[Doc], weights: LexicalWeights) -> "Postings":
        """Read and weigh the tokens of ``docs``; row i is docs[i]."""
        vocabulary: defaultdict[str, int] = defaultdict()
        vocabulary.default_factory = vocabulary.__len__  # a new term gets the next number
        terms: list[int] = []
        values: list[int] = []
        counts: list[int] = []
        for doc in docs:
            found = document_terms(doc, weights)
            terms += map(vocabulary.__getitem__, found)
            values += found.values()
            counts.append(len(found))
        numbers = np.array(terms, np.int32)
        order = np.argsort(numbers, kind="stable")
        rows = np.repeat(np.arange(len(docs), dtype=np.int32), counts)
        starts = np.zeros(len(vocabulary) + 1, np.int32)
        np.cumsum(np.bincount(numbers, minlength=len(vocabulary)), out=starts[1:])
        return cls.of(
            dict(vocabulary), np.array(values, np.int32)[order], rows[order], starts, len(docs)
        )

    @classmethod
    def of(
        cls,
        vocabulary: dict[str, int],
        values: np.ndarray,
        rows: np.ndarray,
        starts: np.ndarray,
        size: int,
    ) -> "Postings":
        """Postings over arrays that are already made, which are not copied."""
        table = csr_array((values, rows, starts), shape=(len(vocabulary), size), copy=False)
        table.has_canonical_format = True  # rows ascend within a term: scipy need not look
        return cls(vocabulary, table)

    @property
    def size(self) -> int:
        """How many documents there are."""
        return int(self.table.shape[1])

    def frequency(self, term: str) -> int:
        """How many rows hold ``term``."""
        at = self.vocabulary.get(term)
        return 0 if at is None else int(self.table.indptr[at + 1] - self.table.indptr[at])

    def sums(self, query: Mapping[str, int]) -> np.ndarray:
        """For every row the sum of query weight × document weight, in whole numbers."""
        known = [(self.vocabulary[term], query[term]) for term in query if term in self.vocabulary]
        if not known:
            return np.zeros(self.size, np.int32)
        numbers, weights = np.array(known, np.int32).T
        return self.table[numbers].T @ weights

    def weight_of_rows(self, weight_of: Mapping[str, int]) -> np.ndarray:
        """For every row the sum of its terms' weights × their document weights, exactly."""
        weights = np.array([weight_of[term] for term in self.vocabulary], np.int64)
        return self.table.T @ weights

    def value(self, term: str, row: int) -> int:
        """The document weight of ``term`` in one row, 0 where it is absent."""
        at = self.vocabulary.get(term)
        return 0 if at is None else int(self.table[at, row])


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
