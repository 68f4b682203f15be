"""The exact two-way ranking: capabilities for a demand, or demands for a capability.

Retrievers' scores are sums of whole numbers, so the ranking is the same byte for byte whatever the
order of rows, the number of threads, the batch a query came in, or whether a document arrived in
the snapshot or in a delta. Ties go to the smaller id.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .constraints import Check, checks, is_possible, possible_rows
from .documents import CapabilityDoc, DemandDoc, Doc
from .fusion import log_odds, probability, share_of_best, whole_vectors
from .lexical import asked_terms, document_terms, term_weight
from .lexicon import implied_tokens
from .relax import Relaxation, relaxations
from .segment import Segment
from .weights import Weights, shipped_weights


@dataclass(frozen=True, slots=True)
class Ranked:
    """One document at its place: probability of relevance, features behind it, constraints."""

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


@dataclass(frozen=True, slots=True)
class Scored:
    """Log odds and features of every row of every segment, in the order of `Index.ids`."""

    odds: np.ndarray
    features: Mapping[str, np.ndarray]


@dataclass(slots=True)
class Index:
    """An immutable snapshot and the segments added since; build it with `Index.build`."""

    segments: tuple[Segment, ...]
    live: np.ndarray
    weights: Weights
    hidden_terms: Counter[str] = field(default_factory=Counter)
    divisors: np.ndarray | None = None

    @classmethod
    def build(
        cls,
        docs: Sequence[Doc],
        vectors: Mapping[str, np.ndarray] | None = None,
        weights: Weights | None = None,
    ) -> "Index":
        """An index over ``docs`` (capabilities, or demands for the way back).

        ``vectors`` are the embeddings known for some of them, by id.
        Raises ValueError when two documents share an id.
        """
        weights = weights or shipped_weights()
        segment = Segment.build(tuple(docs), vectors, weights.lexical)
        return cls((segment,), np.ones(len(docs), bool), weights)

    def __len__(self) -> int:
        return int(self.live.sum())

    def changed(
        self,
        docs: Sequence[Doc] = (),
        vectors: Mapping[str, np.ndarray] | None = None,
        removed: Sequence[str] = (),
    ) -> "Index":
        """This index with ``docs`` added or replaced and ``removed`` gone, without a rebuild."""
        live, hidden = self.live.copy(), Counter(self.hidden_terms)
        for gone in {*removed, *(doc.id for doc in docs)}:
            row = self._find(gone)
            if row is not None:
                live[row] = False
                hidden.update(document_terms(self._locate(row), self.weights.lexical).keys())
        segments = self.segments
        if docs:
            segments = (*segments, Segment.build(tuple(docs), vectors, self.weights.lexical))
            live = np.concatenate([live, np.ones(len(docs), bool)])
        return Index(segments, live, self.weights, hidden)

    def ids(self) -> list[str]:
        """The id of every row, hidden ones included: the order of `scored`."""
        return [doc.id for segment in self.segments for doc in segment.docs]

    def documents(self) -> Iterator[Doc]:
        """Every live document."""
        return (self._locate(int(row)) for row in np.flatnonzero(self.live))

    def document(self, document_id: str) -> Doc:
        """The live document with this id; KeyError if there is none."""
        return self._locate(self._row(document_id))

    def _find(self, document_id: str) -> int | None:
        before = 0
        for segment in self.segments:
            row = segment.row_of.get(document_id)
            if row is not None and self.live[before + row]:
                return before + row
            before += len(segment.docs)
        return None

    def _row(self, document_id: str) -> int:
        row = self._find(document_id)
        if row is None:
            raise KeyError(document_id)
        return row

    def _place(self, row: int) -> tuple[Segment, int]:
        for segment in self.segments:
            if row < len(segment.docs):
                return segment, row
            row -= len(segment.docs)
        raise IndexError(row)

    def _locate(self, row: int) -> Doc:
        segment, at = self._place(row)
        return segment.docs[at]

    def term_weights(self, query: Doc) -> dict[str, int]:
        """The terms the query asks for with whole-number weights, the heaviest ``max_terms``."""
        return self._weighed(asked_terms(query, self.weights.lexical))

    def _weighed(self, asked: Mapping[str, float]) -> dict[str, int]:
        weighed = []
        for term, strength in asked.items():
            frequency = self._frequency(term)
            weight = round(strength * self._weight(term, frequency)) if frequency > 0 else 0
            if weight > 0:
                weighed.append((-weight, term))
        return {term: -weight for weight, term in sorted(weighed)[: self.weights.lexical.max_terms]}

    def _frequency(self, term: str) -> int:
        found = sum(segment.postings.frequency(term) for segment in self.segments)
        return found - self.hidden_terms[term]

    def _weight(self, term: str, frequency: int) -> int:
        return term_weight(term, len(self), frequency, self.weights.lexical.pair)

    def _length_divisors(self) -> np.ndarray:
        """What each row's lexical sum is divided by; made once for an index."""
        if self.divisors is None:
            terms = {term for segment in self.segments for term in segment.postings.vocabulary}
            known = {term: self._weight(term, self._frequency(term)) for term in terms}
            rows = np.concatenate([s.postings.weight_of_rows(known) for s in self.segments])
            self.divisors = np.maximum(rows, 1.0) ** self.weights.lexical.length_power
        return self.divisors

    def _matched(self, asked: Mapping[str, float]) -> np.ndarray:
        """The lexical score of every row for what is asked, as a share of the best."""
        terms = self._weighed(asked)
        sums = np.concatenate([segment.postings.sums(terms) for segment in self.segments])
        return share_of_best(sums / self._length_divisors(), self.live)

    def _semantic(self, vector: np.ndarray) -> np.ndarray | None:
        """Cosines above their mean, as a share of the best; None if no document has a vector."""
        known = np.concatenate([segment.has_vector for segment in self.segments])
        compared = known & self.live
        if not compared.any():
            return None
        whole = whole_vectors(vector)
        dots = np.concatenate([segment.dots(whole) for segment in self.segments])
        mean = float(np.sum(dots[compared], dtype=np.float64)) / int(compared.sum())
        return share_of_best(np.where(known, dots - mean, 0.0), self.live)

    def scored(self, query: Doc, vector: np.ndarray | None = None) -> Scored:
        """Log odds and features of every row, hidden ones included, in the order of `ids`."""
        features = {
            "lexical": self._matched(asked_terms(query, self.weights.lexical)),
            "lexicon": self._matched(implied_tokens(query)),
            "taxonomy": np.concatenate([s.taxonomy(query) for s in self.segments]),
        }
        semantic = self._semantic(vector) if vector is not None else None
        if semantic is not None:
            features["semantic"] = semantic
        weights = self.weights.features(has_vector=semantic is not None)
        return Scored(log_odds(weights, features), features)

    def rank(
        self, query: Doc, k: int = 20, vector: np.ndarray | None = None, *, with_checks: bool = True
    ) -> list[Ranked]:
        """The ``k`` best documents that no stated constraint of the pair rules out, best first,
        exactly.

        ``vector`` is the query's embedding (any length, same encoder as the documents'); without
        it the weights for the ranking without encoder apply. Constraints whose values are not
        known do not rule out; they are shown as unknown.
        """
        scored = self.scored(query, vector)
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
        scored = self.scored(query, vector)
        rows = self._best(scored.odds, self.live & ~self._possible(query), k)
        return self._ranked(query, rows, scored, with_checks=True)

    def relaxations(
        self, query: DemandDoc, vector: np.ndarray | None = None, depth: int = 50
    ) -> tuple[Relaxation, ...]:
        """Single changes of the demand that let more of its ``depth`` most relevant capabilities
        fit."""
        rows = self._best(self.scored(query, vector).odds, self.live, depth)
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
            name: float(column[row]) for name, column in self.scored(query, vector).features.items()
        }

    def contributions(self, query: Doc, document_id: str) -> dict[str, float]:
        """What each shared token brings to the lexical score of one pair."""
        segment, row = self._place(self._row(document_id))
        found = {t: w * segment.postings.value(t, row) for t, w in self.term_weights(query).items()}
        return {term: float(value) for term, value in found.items() if value}

    def _possible(self, query: DemandDoc) -> np.ndarray:
        """The live rows that no stated constraint of the demand rules out."""
        masks = [possible_rows(query, segment.columns) for segment in self.segments]
        return self.live & np.concatenate(masks)

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
        depth, live = 2 * k, self.live
        while True:
            rows = self._best(odds, live, depth)
            fit = [row for row in rows if is_possible(_pair_checks(query, self._locate(row)))]
            if len(fit) >= k or len(rows) < depth:
                return fit[:k]
            depth *= 4

    def _ranked(
        self, query: Doc, rows: list[int], scored: Scored, *, with_checks: bool
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
