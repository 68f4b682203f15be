"""Log odds and features of every row for a query, made by all retrievers over all segments."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .documents import Doc
from .fusion import whole_vectors
from .lexical import asked_terms, kind, kind_weights, term_weight, whole_weights
from .lexicon import implied_tokens
from .scoring import Column, Room, Scored
from .segment import Segment, joined, place
from .weights import Weights

_KEPT_TAXONOMIES = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query looks up: its own terms and the implied ones, weighed, and its taxonomy."""

    terms: Mapping[str, int]
    implied: Mapping[str, int]
    taxonomy: Column


@dataclass(slots=True)
class Scorer:
    """The segments of an index with what is computed once for all of its queries.

    ``live`` says which rows count, ``hidden_terms`` how many rows that do not count hold a term.
    """

    segments: tuple[Segment, ...]
    live: np.ndarray
    weights: Weights
    hidden_terms: Counter[str]
    size: int = field(init=False)
    hidden: np.ndarray = field(init=False)
    uncounted: np.ndarray = field(init=False)
    _factors: np.ndarray | None = None
    _vector_sum: np.ndarray | None = None
    _term_weights: dict[str, int] = field(default_factory=dict)
    _taxonomies: dict[tuple[str, tuple[str, ...]], Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        has_vector = joined([segment.has_vector for segment in self.segments])
        self.size = int(self.live.sum())
        self.hidden = np.flatnonzero(~self.live)
        self.uncounted = np.flatnonzero(~(has_vector & self.live))

    @property
    def counted(self) -> int:
        """How many live rows have a vector."""
        return len(self.live) - len(self.uncounted)

    def term_weights(self, query: Doc) -> dict[str, int]:
        """The terms the query asks for with whole-number weights, the heaviest ``max_terms``."""
        lexical = self.weights.lexical
        return self._weighed(asked_terms(query, lexical), lexical.max_terms)

    def _weighed(self, asked: Mapping[str, float], most: int) -> dict[str, int]:
        known = self._term_weights
        for term in asked:
            if term not in known:
                known[term] = self._weight(term)
        weighed = [(-round(one * known[term]), term) for term, one in asked.items() if known[term]]
        heaviest = sorted(weighed)[:most]
        return whole_weights({term: -weight for weight, term in heaviest if weight})

    def _weight(self, term: str) -> int:
        """The whole-number weight of a term in this index, 0 if no live document has it."""
        found = sum(segment.postings.frequency(term) for segment in self.segments)
        counts = kind_weights(self.weights.lexical)[kind(term)]
        return term_weight(self.size, found - self.hidden_terms[term], counts)

    def _length_factors(self) -> np.ndarray:
        """What each row's lexical sum is multiplied by; made once for an index."""
        if self._factors is None:
            every = [segment.postings for segment in self.segments]
            weights = self.weights.lexical
            lengths = []
            for one in every:
                others = [other for other in every if other is not one]
                frequencies = one.frequencies(others, self.hidden_terms)
                lengths.append(one.length_of_rows(frequencies, self.size, weights.pair))
            factors = np.maximum(joined(lengths), 1.0) ** -weights.length_power
            self._factors = factors.astype(np.float32)
        return self._factors

    def _matched(self, terms: Mapping[str, int], sums: np.ndarray) -> Column:
        """The lexical score of every row for weighted terms, made in ``sums``."""
        sums.fill(0)
        for segment, part in self._parts(sums):
            segment.postings.add_sums(terms, part)
        np.multiply(sums, self._length_factors(), out=sums)
        return Column.share_of_best(sums, self.hidden)

    def _parts(self, table: np.ndarray) -> Iterator[tuple[Segment, np.ndarray]]:
        """Each segment with its part of an array over all rows."""
        end = 0
        for segment in self.segments:
            start, end = end, end + len(segment.docs)
            yield segment, table[..., start:end]

    def _taxonomy(self, query: Doc) -> Column:
        """How close each row stands in the taxonomy; kept for like queries."""
        key = (query.industry, query.field_codes)
        if key not in self._taxonomies:
            if len(self._taxonomies) >= _KEPT_TAXONOMIES:
                self._taxonomies.clear()
            parts = [segment.taxonomy(query) for segment in self.segments]
            self._taxonomies[key] = Column(joined(parts))
        return self._taxonomies[key]

    def semantic(self, vectors: Sequence[np.ndarray], room: Room) -> Iterator[Column | None]:
        """For each vector the cosines above their mean, as a share of the best; None if no live
        row has a vector. A row without one stands at the mean."""
        if not self.counted or not len(vectors):
            yield from [None] * len(vectors)
            return
        whole = whole_vectors(np.stack(vectors))
        # sums of whole numbers are exact in any order, and so are their rounded means
        means = np.rint((whole.astype(np.float64) @ self._sum_of_vectors()) / self.counted)
        asked = np.column_stack([whole, -means]).astype(np.float32)
        dots = room.array("dots", len(asked))
        for segment, part in self._parts(dots):
            segment.put_dots(asked, part)
        for values in dots:
            yield Column.share_of_best(values, self.uncounted)

    def _sum_of_vectors(self) -> np.ndarray:
        """The sum of the vectors of all live rows; made once for an index."""
        if self._vector_sum is None:
            found = [np.asarray(segment.vector_sum()) for segment in self.segments]
            for row in self.hidden.tolist():
                segment, at = place(self.segments, row)
                if segment.vectors is not None:
                    found.append(-segment.vectors[:, at].astype(np.float64))
            self._vector_sum = sum(found, np.zeros(()))[:-1]
        return self._vector_sum

    def ask(self, query: Doc) -> Asked:
        """What is looked up for ``query``."""
        implied = self._weighed(implied_tokens(query), self.weights.lexical.implied_terms)
        return Asked(self.term_weights(query), implied, self._taxonomy(query))

    def score(self, asked: Asked, semantic: Column | None, room: Room) -> Scored:
        """Every feature of every row, and their weighted sum, made in ``room``.

        Where the lexicon leads to nothing that any row says, the words themselves stand for it.
        """
        lexical = self._matched(asked.terms, room.array("lexical"))
        lexicon = self._matched(asked.implied, room.array("lexicon"))
        columns = {
            "lexical": lexical,
            "lexicon": lexicon if lexicon.factor else lexical,
            "taxonomy": asked.taxonomy,
        }
        if semantic is not None:
            columns["semantic"] = semantic
        return Scored.of(columns, self.weights.features(has_vector=semantic is not None), room)
