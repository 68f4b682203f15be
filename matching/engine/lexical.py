"""The lexical retriever: shared characters, character pairs and Latin words, weighed by rarity.

A document's score is the sum, over the terms it shares with the query, of the term's weight on the
query's side (how strongly it is asked for, times idf squared) and its weight on the document's
side (which field holds it), divided by a power of the document's own weight, so that long texts
do not win by length. Single characters count because in technical Chinese they are half-words
(锂, 酶, 焊) that join what word segmentation keeps apart.

All weights are whole numbers and a query's are scaled so that no sum passes 2^24: a sum is exact
in single precision, the same to the last bit in any order of rows, terms, threads or segments.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np

# weight × column added in place; the public product copies every column first (docs/adr/0007)
from scipy.sparse._sparsetools import csc_matvec

from .documents import Doc, body_text, context_text, title_text
from .lexicon import FAMILY, families_of
from .text import is_single, normalise, tokens, tokens_of_normal

IDF_SCALE = 64
DOCUMENT_SCALE = 240
MOST_WEIGHT = 2**24 // DOCUMENT_SCALE - 1
"""What all terms of a query weigh together at most, so that sums stay exact in float32."""
_PORTION = 1_000_000
FIELDS = ("title", "body", "context")
_READ = {"title": title_text, "body": body_text, "context": context_text}


@dataclass(frozen=True, slots=True)
class LexicalWeights:
    """Parameters of the lexical retriever, read from the weights file.

    ``query_fields`` is what one token of a field of the query counts; all tokens of its body
    together count no more than ``body_mass`` tokens of the title, however long it is. ``pair`` and
    ``family`` are what a pair of characters and a family count beside a single character. Of the
    terms asked for, the heaviest ``max_terms`` are looked up, of the implied ``implied_terms``.
    """

    document_fields: Mapping[str, float]
    query_fields: Mapping[str, float]
    body_mass: float
    pair: float
    family: float
    length_power: float
    max_terms: int
    implied_terms: int


def field_tokens(doc: Doc) -> dict[str, list[str]]:
    """The tokens of each field of ``doc``."""
    return {name: tokens(read(doc)) for name, read in _READ.items()}


def _terms(text: str) -> list[str]:
    """The tokens of ``text`` and the families of its words."""
    normal = normalise(text)
    found = tokens_of_normal(normal)
    return [*found, *families_of(normal, found)]


def kind_weights(weights: LexicalWeights) -> tuple[float, float, float]:
    """What a term counts by its `kind`."""
    return 1.0, weights.pair, weights.family


def kind(term: str) -> int:
    """0 for one character or a Latin word, 1 for a pair of characters, 2 for a family."""
    return 2 if term[0] == FAMILY else int(not is_single(term))


def document_terms(doc: Doc, weights: LexicalWeights) -> dict[str, int]:
    """Each distinct token and family of ``doc`` with its whole-number weight, from 1 to
    ``DOCUMENT_SCALE``.

    A token in several fields counts their sum, at most the full scale.
    """
    found: dict[str, int] = {}
    for name in ("body", "context", "title"):  # the longest first: the rest is little to merge
        weight = round(weights.document_fields[name] * DOCUMENT_SCALE)
        fresh = dict.fromkeys(_terms(_READ[name](doc)), weight) if weight else {}
        for token in found.keys() & fresh.keys():
            fresh[token] = min(found[token] + weight, DOCUMENT_SCALE)
        found |= fresh
    return found


@dataclass(frozen=True, slots=True)
class Postings:
    """Terms × documents: for each term the rows that hold it, ascending, and its weight there.

    Term t's part of ``rows`` and ``values`` is from ``starts[t]`` to ``starts[t + 1]``.
    """

    vocabulary: dict[str, int]
    values: np.ndarray
    rows: np.ndarray
    starts: np.ndarray
    size: int
    kinds: np.ndarray

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
            dict(vocabulary), np.array(values, np.float32)[order], rows[order], starts, len(docs)
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
        kinds = np.fromiter(map(kind, vocabulary), np.int8, len(vocabulary))
        return cls(vocabulary, values, rows, starts, size, kinds)

    def frequency(self, term: str) -> int:
        """How many rows hold ``term``."""
        at = self.vocabulary.get(term)
        return 0 if at is None else int(self.starts[at + 1] - self.starts[at])

    def add_sums(self, query: Mapping[str, int], sums: np.ndarray) -> None:
        """Add to ``sums`` (float32), for every row, query weight × document weight of its terms."""
        number = self.vocabulary.get
        found = [(at, one) for term, one in query.items() if (at := number(term)) is not None]
        if not found:
            return
        # All lists in one call, the last in memory first: what the kernel takes for the list
        # between two of them begins after its own end, so it is empty.
        at, weights = np.array(sorted(found, reverse=True), np.int32).T
        bounds = self.starts[np.add.outer(at, (0, 1))].ravel()
        spaced = np.zeros(len(bounds), np.float32)
        spaced[::2] = weights
        csc_matvec(self.size, len(bounds) - 1, bounds, self.rows, self.values, spaced, sums)

    def _counts(self) -> np.ndarray:
        """How many rows hold each term."""
        return np.diff(self.starts).astype(np.int64)

    def frequencies(self, others: Sequence["Postings"], hidden: Mapping[str, int]) -> np.ndarray:
        """How many live documents of this and of the ``others`` hold each term of this."""
        found = self._counts()
        for other in others:
            small, large = sorted((self, other), key=lambda one: len(one.vocabulary))
            numbers = map(large.vocabulary.get, small.vocabulary, repeat(-1))
            there = np.fromiter(numbers, np.int64, len(small.vocabulary))
            here = np.flatnonzero(there >= 0)
            there = there[here]
            mine, theirs = (here, there) if small is self else (there, here)
            found[mine] += other._counts()[theirs]
        for term, count in hidden.items():
            if term in self.vocabulary:
                found[self.vocabulary[term]] -= count
        return found

    def length_of_rows(self, frequencies: np.ndarray, size: int, pair: float) -> np.ndarray:
        """For every row the sum of idf squared × document weight over its tokens, exactly."""
        counts = np.array([1.0, pair, 0.0])[self.kinds]
        weights = (term_weights(size, frequencies, counts) // IDF_SCALE).astype(np.float64)
        lengths = np.zeros(self.size)
        first = 0
        while first < len(weights):
            # as many terms as have a portion of rows: their weights are copied in full width
            end = int(np.searchsorted(self.starts, self.starts[first] + _PORTION, "right"))
            last = min(max(end - 1, first + 1), len(weights))
            part = slice(self.starts[first], self.starts[last])
            starts = self.starts[first : last + 1] - self.starts[first]
            rows, values = self.rows[part], self.values[part].astype(np.float64)
            csc_matvec(self.size, last - first, starts, rows, values, weights[first:last], lengths)
            first = last
        return lengths

    def value(self, term: str, row: int) -> int:
        """The document weight of ``term`` in one row, 0 where it is absent."""
        at = self.vocabulary.get(term)
        if at is None:
            return 0
        start, end = self.starts[at], self.starts[at + 1]
        place = start + np.searchsorted(self.rows[start:end], row)
        return int(self.values[place]) if place < end and self.rows[place] == row else 0


def asked_terms(doc: Doc, weights: LexicalWeights) -> dict[str, float]:
    """How strongly each token is asked for: the logarithm of its weighted count in the query."""
    asked: dict[str, float] = {}
    for name, share in weights.query_fields.items():
        found = tokens(_READ[name](doc)) if share else []
        if name == "body" and found:
            share = min(share, weights.body_mass / len(found))
        for token, count in Counter(found).items():
            asked[token] = asked.get(token, 0.0) + share * count
    return {token: math.log1p(count) for token, count in asked.items()}


def whole_weights(heaviest: Mapping[str, int]) -> dict[str, int]:
    """Weights of a query's terms scaled to `MOST_WEIGHT` together; what falls to nothing is left
    out. Only their proportions matter: a score is a share of the query's best."""
    scale = MOST_WEIGHT / max(sum(heaviest.values()), 1)
    scaled = {term: math.floor(weight * scale) for term, weight in heaviest.items()}
    return {term: weight for term, weight in scaled.items() if weight}


def term_weight(size: int, frequency: int, kind: float) -> int:
    """`term_weights` of one term."""
    if frequency <= 0:
        return 0
    idf = math.log1p((size - frequency + 0.5) / (frequency + 0.5))
    return round(IDF_SCALE * idf * idf * kind)


def term_weights(size: int, frequencies: np.ndarray, kinds: np.ndarray | float) -> np.ndarray:
    """Whole-number weights of terms: idf squared times what their kind counts; 0 where unused.

    Source of the idf: Robertson and Zaragoza (2009), in Lucene's form that is never negative.
    """
    known = np.maximum(frequencies, 1)
    idf = np.log1p((size - known + 0.5) / (known + 0.5))
    return np.where(frequencies > 0, np.rint(IDF_SCALE * idf * idf * kinds), 0).astype(np.int64)
