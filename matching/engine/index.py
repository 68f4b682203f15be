"""The exact two-way ranking: an index over capabilities ranked for a demand, or over demands
ranked for a capability.

Scores are sums of whole numbers until the last step, so the ranking is the same byte for byte
whatever the order of rows, the number of threads, the batch a query came in, or whether a
document arrived in the snapshot or in a delta. Ties go to the smaller id.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .bm25 import IMPACT_SCALE, WEIGHT_SCALE, field_tokens, idf, query_frequencies
from .constraints import Check, checks, is_possible, possible_rows
from .documents import CapabilityDoc, DemandDoc, Doc
from .fusion import VectorStatistics, log_odds, probability, whole_vectors
from .relax import Relaxation, relaxations
from .segment import Segment
from .weights import Weights, shipped_weights

_NO_DEVIATION = 1.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """One document at its place: the probability of relevance, the features behind it, the
    constraints checked."""

    document_id: str
    rank: int
    score: float
    features: Mapping[str, float]
    checks: tuple[Check, ...] = ()
    possible: bool = True

    @property
    def capability_id(self) -> str:
        """The id, where the index holds capabilities."""
        return self.document_id


@dataclass(slots=True)
class _Scored:
    """Log odds and features of every row of every segment, in order."""

    odds: np.ndarray
    features: dict[str, np.ndarray]


@dataclass(slots=True)
class Index:
    """An immutable snapshot and the segments added since; build it with `Index.build`."""

    segments: tuple[Segment, ...]
    live: tuple[np.ndarray, ...]
    weights: Weights
    hidden_terms: Counter[str] = field(default_factory=Counter)
    statistics: VectorStatistics | None = None

    @classmethod
    def build(
        cls,
        docs: Sequence[Doc],
        vectors: Mapping[str, np.ndarray] | None = None,
        weights: Weights | None = None,
    ) -> "Index":
        """An index over ``docs`` (capabilities, or demands for the way back) and the vectors
        known for some of them.

        Raises ValueError when two documents share an id.
        """
        weights = weights or shipped_weights()
        segment = Segment.build(tuple(docs), vectors, weights.lexical)
        return cls((segment,), (np.ones(len(docs), bool),), weights, Counter(), segment.statistics)

    def __len__(self) -> int:
        return int(sum(mask.sum() for mask in self.live))

    def changed(
        self,
        docs: Sequence[Doc] = (),
        vectors: Mapping[str, np.ndarray] | None = None,
        removed: Sequence[str] = (),
    ) -> "Index":
        """This index with ``docs`` added or replaced and ``removed`` gone; costs only what
        changed."""
        live = [mask.copy() for mask in self.live]
        hidden, statistics = Counter(self.hidden_terms), self.statistics
        for gone in {*removed, *(doc.id for doc in docs)}:
            for segment, mask in zip(self.segments, live, strict=True):
                row = segment.row_of.get(gone)
                if row is None or not mask[row]:
                    continue
                mask[row] = False
                hidden.update(
                    {token for found in field_tokens(segment.docs[row]).values() for token in found}
                )
                if statistics and segment.vectors is not None and segment.has_vector[row]:
                    statistics = statistics.plus(
                        VectorStatistics.of(segment.vectors[row : row + 1]), -1
                    )
        if not docs:
            return Index(self.segments, tuple(live), self.weights, hidden, statistics)
        segment = Segment.build(tuple(docs), vectors, self.weights.lexical)
        if segment.statistics:
            statistics = statistics.plus(segment.statistics) if statistics else segment.statistics
        return Index(
            (*self.segments, segment),
            (*live, np.ones(len(docs), bool)),
            self.weights,
            hidden,
            statistics,
        )

    def document(self, document_id: str) -> Doc:
        """The live document with this id; KeyError if there is none."""
        return self._locate(self._row(document_id))

    def documents(self) -> Iterator[Doc]:
        """Every live document."""
        for segment, mask in zip(self.segments, self.live, strict=True):
            yield from (segment.docs[row] for row in np.flatnonzero(mask))

    def term_weights(self, query: Doc) -> dict[str, int]:
        """What the query asks for: its terms with their whole-number weights, the heaviest
        ``max_terms`` of them."""
        size = len(self)
        weighed = []
        for term, asked in query_frequencies(query, self.weights.lexical).items():
            frequency = sum(segment.postings.document_frequency(term) for segment in self.segments)
            frequency -= self.hidden_terms[term]
            weight = round(WEIGHT_SCALE * asked * idf(size, max(frequency, 0)))
            if weight > 0:
                weighed.append((-weight, term))
        return {term: -weight for weight, term in sorted(weighed)[: self.weights.lexical.max_terms]}

    def _scored(self, query: Doc, vector: np.ndarray | None) -> _Scored:
        terms = self.term_weights(query)
        ideal = max(sum(terms.values()), 1) * IMPACT_SCALE * (self.weights.lexical.k1 + 1)
        lexical = (
            np.concatenate([segment.postings.scores(terms) for segment in self.segments]) / ideal
        )
        features = {
            "lexical": lexical,
            "taxonomy": np.concatenate([s.taxonomy(query) for s in self.segments]),
        }
        has_vector = vector is not None and self.statistics is not None
        if has_vector:
            features["semantic"] = self._semantic(whole_vectors(vector))
        return _Scored(log_odds(self.weights.features(has_vector=has_vector), features), features)

    def _semantic(self, vector: np.ndarray) -> np.ndarray:
        assert self.statistics is not None  # noqa: S101 -- the caller looked
        mean, deviation = self.statistics.mean_and_deviation(vector)
        columns = [
            np.where(segment.has_vector, (segment.dots(vector) - mean) / deviation, 0.0)
            for segment in self.segments
        ]
        return np.concatenate(columns)

    def _live_rows(self) -> np.ndarray:
        return np.concatenate(self.live)

    def _locate(self, row: int) -> Doc:
        for segment in self.segments:
            if row < len(segment.docs):
                return segment.docs[row]
            row -= len(segment.docs)
        raise IndexError(row)

    def _possible(self, query: Doc) -> np.ndarray:
        live = self._live_rows()
        if isinstance(query, DemandDoc):
            masks = [possible_rows(query, segment.columns) for segment in self.segments]
            if masks and masks[0] is not None:
                return live & np.concatenate([mask for mask in masks if mask is not None])
        return live

    def rank(
        self, query: Doc, k: int = 20, vector: np.ndarray | None = None, *, with_checks: bool = True
    ) -> list[Ranked]:
        """The ``k`` best documents that no stated constraint of the pair rules out, best first,
        exactly.

        ``vector`` is the query's embedding (any length, same encoder as the documents'); without
        it the weights for the ranking without encoder apply. Constraints whose values are not
        known do not rule out; they are shown as unknown.
        """
        scored = self._scored(query, vector)
        if isinstance(query, DemandDoc):
            rows = self._best(scored.odds, self._possible(query), k)
        else:
            rows = self._best_possible_demands(query, scored.odds, k)
        return self._ranked(query, rows, scored, with_checks=with_checks)

    def rank_many(
        self, queries: Sequence[Doc], k: int = 20, vectors: Mapping[str, np.ndarray] | None = None
    ) -> Iterator[list[Ranked]]:
        """`rank` for each query in turn, without the constraint tables (ask `checks` for a pair
        when it is shown)."""
        for query in queries:
            yield self.rank(query, k, (vectors or {}).get(query.id), with_checks=False)

    def near_misses(
        self, query: DemandDoc, k: int = 10, vector: np.ndarray | None = None
    ) -> list[Ranked]:
        """The most relevant capabilities that a stated constraint rules out, with the reason and
        the nearest relaxation."""
        scored = self._scored(query, vector)
        rows = self._best(scored.odds, self._live_rows() & ~self._possible(query), k)
        return self._ranked(query, rows, scored, with_checks=True)

    def relaxations(
        self, query: DemandDoc, vector: np.ndarray | None = None, depth: int = 50
    ) -> tuple[Relaxation, ...]:
        """Single changes of the demand that let more of its ``depth`` most relevant capabilities
        fit."""
        rows = self._best(self._scored(query, vector).odds, self._live_rows(), depth)
        found = [self._locate(row) for row in rows]
        return relaxations(query, [doc for doc in found if isinstance(doc, CapabilityDoc)])

    def checks(self, query: Doc, document_id: str) -> tuple[Check, ...]:
        """The constraint table of one pair."""
        return _pair_checks(query, self.document(document_id))

    def features(
        self, query: Doc, document_id: str, vector: np.ndarray | None = None
    ) -> dict[str, float]:
        """The feature values of one pair, the same that `rank` uses."""
        row = self._row(document_id)
        return {
            name: float(column[row])
            for name, column in self._scored(query, vector).features.items()
        }

    def contributions(self, query: Doc, document_id: str) -> dict[str, float]:
        """What each shared token brings to the lexical score of one pair."""
        row = self._row(document_id)
        for segment in self.segments:
            if row < len(segment.docs):
                found = {
                    t: w * segment.postings.impact(t, row)
                    for t, w in self.term_weights(query).items()
                }
                return {term: float(value) for term, value in found.items() if value}
            row -= len(segment.docs)
        raise KeyError(document_id)

    def _row(self, document_id: str) -> int:
        before = 0
        for segment, mask in zip(self.segments, self.live, strict=True):
            row = segment.row_of.get(document_id)
            if row is not None and mask[row]:
                return before + row
            before += len(segment.docs)
        raise KeyError(document_id)

    def _best(self, odds: np.ndarray, allowed: np.ndarray, k: int) -> list[int]:
        rows = np.flatnonzero(allowed)
        values = odds[rows]
        if k < len(rows):
            bound = np.partition(values, len(rows) - k)[len(rows) - k] if k > 0 else np.inf
            keep = values >= bound
            rows, values = rows[keep], values[keep]
        ordered = sorted(
            zip(-values, (self._locate(int(r)).id for r in rows), rows.tolist(), strict=True)
        )
        return [row for _, _, row in ordered[:k]]

    def _best_possible_demands(self, query: Doc, odds: np.ndarray, k: int) -> list[int]:
        """Down the ranking of demands until ``k`` are found that the capability does not fail."""
        depth, live = 2 * k, self._live_rows()
        while True:
            rows = self._best(odds, live, depth)
            fit = [row for row in rows if is_possible(_pair_checks(query, self._locate(row)))]
            if len(fit) >= k or len(rows) < depth:
                return fit[:k]
            depth *= 4

    def _ranked(
        self, query: Doc, rows: list[int], scored: _Scored, *, with_checks: bool
    ) -> list[Ranked]:
        result = []
        for rank, row in enumerate(rows, start=1):
            doc = self._locate(row)
            found = _pair_checks(query, doc) if with_checks else ()
            features = {name: float(column[row]) for name, column in scored.features.items()}
            score = round(float(probability(scored.odds[row])), 6)
            result.append(Ranked(doc.id, rank, score, features, found, is_possible(found)))
        return result


def _pair_checks(query: Doc, doc: Doc) -> tuple[Check, ...]:
    if isinstance(query, DemandDoc) and isinstance(doc, CapabilityDoc):
        return checks(query, doc)
    if isinstance(query, CapabilityDoc) and isinstance(doc, DemandDoc):
        return checks(doc, query)
    return ()
