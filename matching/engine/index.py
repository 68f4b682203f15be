"""The exact two-way ranking: capabilities for a demand, or demands for a capability.

Retrievers' scores are sums of whole numbers, so the ranking is the same byte for byte whatever the
order of rows, the number of threads, the batch a query came in, or whether a document arrived in
the snapshot or in a delta. Ties go to the smaller id.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .constraints import Check, checks, is_possible, possible_rows
from .documents import CapabilityDoc, DemandDoc, Doc
from .fusion import probability, whole_vectors
from .lexical import MOST_WEIGHT, asked_terms, document_terms, term_weights
from .lexicon import implied_tokens
from .relax import Relaxation, relaxations
from .scoring import Column, Scored, best_rows
from .segment import Segment
from .storage import open_segment, save_segment
from .text import is_single
from .weights import Weights, shipped_weights, weights_from

MANIFEST = "manifest.json"
BLOCK = 32
"""Queries whose dot products are made at once: enough for BLAS, few enough for memory."""


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


@dataclass(slots=True)
class Index:
    """An immutable snapshot and the segments added since; build it with `Index.build`."""

    segments: tuple[Segment, ...]
    live: np.ndarray
    weights: Weights
    hidden_terms: Counter[str] = field(default_factory=Counter)
    factors: np.ndarray | None = None
    latest: tuple[Doc, np.ndarray | None, Scored] | None = None
    term_cache: dict[str, int] = field(default_factory=dict)
    size: int = field(init=False)
    all_live: bool = field(init=False)
    known: np.ndarray | None = field(init=False)
    has_vectors: bool = field(init=False)

    def __post_init__(self) -> None:
        has_vector = _joined([segment.has_vector for segment in self.segments])
        self.size = int(self.live.sum())
        self.all_live = self.size == len(self.live)
        self.known = None if has_vector.all() else has_vector
        self.has_vectors = bool((has_vector & self.live).any())

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

    def save(self, directory: Path) -> None:
        """Write the index into a new directory; the manifest comes last and makes it complete."""
        for number, segment in enumerate(self.segments):
            save_segment(segment, directory / f"segment-{number}")
        np.save(directory / "live.npy", self.live)
        hidden = {term: count for term, count in sorted(self.hidden_terms.items()) if count}
        manifest = {"segments": len(self.segments), "hidden_terms": hidden}
        manifest["weights"] = self.weights.record()
        text = json.dumps(manifest, ensure_ascii=False)
        (directory / MANIFEST).write_text(text, encoding="utf-8")

    @classmethod
    def open(cls, directory: Path) -> "Index":
        """The index saved in ``directory``, with the weights it was saved with.

        Its arrays are mapped into memory, so all workers of a machine share them. Raises
        FileNotFoundError when the directory is not there or was not written to its end.
        """
        manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
        names = [f"segment-{number}" for number in range(manifest["segments"])]
        return cls(
            tuple(open_segment(directory / name) for name in names),
            np.load(directory / "live.npy"),
            weights_from(manifest["weights"]),
            Counter(manifest["hidden_terms"]),
        )

    def __len__(self) -> int:
        return self.size

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

    def _name(self, row: int) -> str:
        return self._locate(row).id

    def _locate(self, row: int) -> Doc:
        segment, at = self._place(row)
        return segment.docs[at]

    def term_weights(self, query: Doc) -> dict[str, int]:
        """The terms the query asks for with whole-number weights, the heaviest ``max_terms``."""
        return self._weighed(asked_terms(query, self.weights.lexical))

    def _weighed(self, asked: Mapping[str, float]) -> dict[str, int]:
        weighed = []
        for term, strength in asked.items():
            weight = min(round(strength * self._weight(term)), MOST_WEIGHT)
            if weight > 0:
                weighed.append((-weight, term))
        return {term: -weight for weight, term in sorted(weighed)[: self.weights.lexical.max_terms]}

    def _weight(self, term: str) -> int:
        """The whole-number weight of a term in this index, 0 if no live document has it."""
        if term not in self.term_cache:
            found = sum(segment.postings.frequency(term) for segment in self.segments)
            frequency = np.array(found - self.hidden_terms[term])
            kind = 1.0 if is_single(term) else self.weights.lexical.pair
            self.term_cache[term] = int(term_weights(self.size, frequency, kind))
        return self.term_cache[term]

    def _length_factors(self) -> np.ndarray:
        """What each row's lexical sum is multiplied by; made once for an index."""
        if self.factors is None:
            every = [segment.postings for segment in self.segments]
            weights = self.weights.lexical
            lengths = []
            for one in every:
                others = [other for other in every if other is not one]
                frequencies = one.frequencies(others, self.hidden_terms)
                lengths.append(one.length_of_rows(frequencies, self.size, weights.pair))
            self.factors = np.maximum(_joined(lengths), 1.0) ** -weights.length_power
        return self.factors

    def _matched(self, asked: Mapping[str, float]) -> Column:
        """The lexical score of every row for what is asked, as a share of the best."""
        terms = self._weighed(asked)
        sums = _joined([segment.postings.sums(terms) for segment in self.segments])
        return Column.share_of_best(sums * self._length_factors(), self._hidden_or_none())

    def _hidden_or_none(self) -> np.ndarray | None:
        """The mask of live rows, or None where all are."""
        return None if self.all_live else self.live

    def _semantic(self, dots: np.ndarray) -> Column:
        """Cosines above their mean, as a share of the best."""
        return Column.above_mean(dots, self._hidden_or_none(), self.known)

    def _dots(self, vectors: Sequence[np.ndarray]) -> np.ndarray | None:
        """Dot products of the vectors with every row; None if no live row has a vector."""
        if not self.has_vectors:
            return None
        whole = whole_vectors(np.stack(vectors))
        return _joined([segment.dots(whole) for segment in self.segments])

    def scored(self, query: Doc, vector: np.ndarray | None = None) -> Scored:
        """Log odds and features of every row, hidden ones included, in the order of `ids`.

        The last answer is kept: ranking, near misses, relaxations and explanations of one query
        are asked for one after another.
        """
        if self.latest and self.latest[0] is query and self.latest[1] is vector:
            return self.latest[2]
        dots = self._dots([vector]) if vector is not None else None
        found = self._scored(query, None if dots is None else dots[0])
        self.latest = (query, vector, found)
        return found

    def _scored(self, query: Doc, dots: np.ndarray | None) -> Scored:
        columns = {
            "lexical": self._matched(asked_terms(query, self.weights.lexical)),
            "lexicon": self._matched(implied_tokens(query)),
            "taxonomy": Column(_joined([segment.taxonomy(query) for segment in self.segments])),
        }
        if dots is not None:
            columns["semantic"] = self._semantic(dots)
        return Scored.of(columns, self.weights.features(has_vector=dots is not None))

    def rank(
        self,
        query: Doc,
        k: int = 20,
        vector: np.ndarray | None = None,
        *,
        with_checks: bool = True,
    ) -> list[Ranked]:
        """The ``k`` best documents that no stated constraint rules out, best first, exactly.

        ``vector`` is the query's embedding by the encoder of the documents' vectors; without it the
        weights for ranking without encoder apply. A constraint whose value is not known rules
        nothing out; it is shown as unknown.
        """
        return self._best(query, k, self.scored(query, vector), with_checks=with_checks)

    def rank_many(
        self, queries: Sequence[Doc], k: int = 20, vectors: Mapping[str, np.ndarray] | None = None
    ) -> Iterator[list[Ranked]]:
        """`rank` for each query in turn, the same results in a fraction of the time.

        The constraint tables are left out: ask `checks` for a pair when it is shown.
        """
        for start in range(0, len(queries), BLOCK):
            block = queries[start : start + BLOCK]
            known = [query.id for query in block if vectors and query.id in vectors]
            dots = self._dots([vectors[name] for name in known]) if vectors and known else None
            place = {name: at for at, name in enumerate(known)} if dots is not None else {}
            for query in block:
                row = None if dots is None or query.id not in place else dots[place[query.id]]
                yield self._best(query, k, self._scored(query, row), with_checks=False)

    def near_misses(
        self, query: DemandDoc, k: int = 10, vector: np.ndarray | None = None
    ) -> list[Ranked]:
        """The most relevant capabilities that a stated constraint rules out, with the reason and
        the nearest relaxation."""
        scored = self.scored(query, vector)
        rows = best_rows(scored.odds, self.live & ~self._possible(query), k, self._name)
        return self._ranked(query, rows, scored, with_checks=True)

    def relaxations(
        self, query: DemandDoc, vector: np.ndarray | None = None, depth: int = 50
    ) -> tuple[Relaxation, ...]:
        """Single changes of the demand that let more of its ``depth`` most relevant capabilities
        fit."""
        rows = best_rows(self.scored(query, vector).odds, self.live, depth, self._name)
        found = [self._locate(row) for row in rows]
        return relaxations(query, [doc for doc in found if isinstance(doc, CapabilityDoc)])

    def checks(self, query: Doc, document_id: str) -> tuple[Check, ...]:
        """The constraint table of one pair."""
        return _pair_checks(query, self.document(document_id))

    def features(
        self, query: Doc, document_id: str, vector: np.ndarray | None = None
    ) -> dict[str, float]:
        """The feature values of one pair, the same that `rank` uses."""
        return self.scored(query, vector).features_at(self._row(document_id))

    def contributions(self, query: Doc, document_id: str) -> dict[str, float]:
        """What each shared token brings to the lexical score of one pair."""
        segment, row = self._place(self._row(document_id))
        found = {t: w * segment.postings.value(t, row) for t, w in self.term_weights(query).items()}
        return {term: float(value) for term, value in found.items() if value}

    def _possible(self, query: DemandDoc) -> np.ndarray:
        """The live rows that no stated constraint of the demand rules out."""
        masks = _joined([possible_rows(query, segment.columns) for segment in self.segments])
        return masks if self.all_live else masks & self.live

    def _best(self, query: Doc, k: int, scored: Scored, *, with_checks: bool) -> list[Ranked]:
        if isinstance(query, DemandDoc):
            rows = best_rows(scored.odds, self._possible(query), k, self._name)
        else:
            rows = self._best_demands(query, scored.odds, k)
        return self._ranked(query, rows, scored, with_checks=with_checks)

    def _best_demands(self, query: Doc, odds: np.ndarray, k: int) -> list[int]:
        """Down the ranking of demands until ``k`` are found that the capability does not fail."""
        depth = 2 * k
        while True:
            rows = best_rows(odds, self._hidden_or_none(), depth, self._name)
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
            score = round(probability(float(scored.odds[row])), 6)
            features = scored.features_at(row)
            result.append(Ranked(doc.id, rank, score, features, found, is_possible(found)))
        return result


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    """The parts of all segments as one; the only segment's own array is not copied."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)


def _pair_checks(query: Doc, doc: Doc) -> tuple[Check, ...]:
    if isinstance(query, DemandDoc) and isinstance(doc, CapabilityDoc):
        return checks(query, doc)
    if isinstance(query, CapabilityDoc) and isinstance(doc, DemandDoc):
        return checks(doc, query)
    return ()
