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

from .constraints import Check, Columns, checks_of, is_possible, possible_rows
from .documents import CapabilityDoc, DemandDoc, Doc
from .fusion import probability
from .lexical import document_terms
from .relax import Relaxation, relaxations
from .scorer import Scorer
from .scoring import Room, Scored, best_rows
from .segment import Segment, joined, place
from .storage import open_segment, save_segment
from .weights import Weights, shipped_weights, weights_from

MANIFEST = "manifest.json"
FORMAT = 2
"""Of the saved files; what was saved in another is built anew."""
BLOCK_CELLS = 8_000_000
"""Queries × rows whose dot products are made at once: enough for BLAS, few enough for memory."""
MOST_IN_BLOCK = 256


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
    latest: tuple[Doc, np.ndarray | None, Scored] | None = None
    scorer: Scorer = field(init=False)

    def __post_init__(self) -> None:
        self.scorer = Scorer(self.segments, self.live, self.weights, self.hidden_terms)

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
        manifest = {"format": FORMAT, "segments": len(self.segments), "hidden_terms": hidden}
        manifest["weights"] = self.weights.record()
        text = json.dumps(manifest, ensure_ascii=False)
        (directory / MANIFEST).write_text(text, encoding="utf-8")

    @classmethod
    def open(cls, directory: Path) -> "Index":
        """The index saved in ``directory``, with the weights it was saved with.

        Its arrays are mapped into memory, so all workers of a machine share them. Raises
        FileNotFoundError when the directory is not there or was not written to its end, ValueError
        when it was written in another format.
        """
        manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
        if manifest.get("format") != FORMAT:
            raise ValueError(f"{directory}: another format")  # by an earlier release
        names = [f"segment-{number}" for number in range(manifest["segments"])]
        return cls(
            tuple(open_segment(directory / name) for name in names),
            np.load(directory / "live.npy"),
            weights_from(manifest["weights"]),
            Counter(manifest["hidden_terms"]),
        )

    def __len__(self) -> int:
        return self.scorer.size

    @property
    def has_vectors(self) -> bool:
        """Whether any live document has one."""
        return self.scorer.counted > 0

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

    def _name(self, row: int) -> str:
        return self._locate(row).id

    def _locate(self, row: int) -> Doc:
        segment, at = place(self.segments, row)
        return segment.docs[at]

    def term_weights(self, query: Doc) -> dict[str, int]:
        """The terms the query asks for with whole-number weights, the heaviest ``max_terms``."""
        return self.scorer.term_weights(query)

    def scored(self, query: Doc, vector: np.ndarray | None = None) -> Scored:
        """Log odds and features of every row, hidden ones included, in the order of `ids`.

        The last answer is kept: ranking, near misses, relaxations and explanations of one query
        are asked for one after another.
        """
        if self.latest and self.latest[0] is query and self.latest[1] is vector:
            return self.latest[2]
        room = Room(len(self.live))
        (semantic,) = [None] if vector is None else self.scorer.semantic([vector], room)
        found = self.scorer.score(query, semantic, room)
        self.latest = (query, vector, found)
        return found

    def scored_many(
        self, queries: Sequence[Doc], vectors: Mapping[str, np.ndarray] | None = None
    ) -> Iterator[tuple[Doc, Scored]]:
        """`scored` for each query in turn, each good until the next is asked for: all are made in
        the same memory, and the dot products of many at once.

        Until then `rank`, `near_misses` and whatever else is asked with the same query and its
        vector costs no second scoring.
        """
        room, vectors = Room(len(self.live)), vectors or {}
        block = min(max(BLOCK_CELLS // max(len(self.live), 1), 1), MOST_IN_BLOCK)
        for start in range(0, len(queries), block):
            part = queries[start : start + block]
            known = [vectors[query.id] for query in part if query.id in vectors]
            columns = self.scorer.semantic(known, room)
            for query in part:
                semantic = next(columns) if query.id in vectors else None
                scored = self.scorer.score(query, semantic, room)
                self.latest = (query, vectors.get(query.id), scored)
                yield query, scored
        self.latest = None

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
        for query, scored in self.scored_many(queries, vectors):
            yield self._best(query, k, scored, with_checks=False)

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
        return _checks(query, [self.document(document_id)])[0]

    def features(
        self, query: Doc, document_id: str, vector: np.ndarray | None = None
    ) -> dict[str, float]:
        """The feature values of one pair, the same that `rank` uses."""
        return self.scored(query, vector).features_at([self._row(document_id)])[0]

    def contributions(self, query: Doc, document_id: str) -> dict[str, float]:
        """What each shared token brings to the lexical score of one pair."""
        segment, row = place(self.segments, self._row(document_id))
        found = {t: w * segment.postings.value(t, row) for t, w in self.term_weights(query).items()}
        return {term: float(value) for term, value in found.items() if value}

    def _possible(self, query: DemandDoc) -> np.ndarray:
        """The live rows that no stated constraint of the demand rules out."""
        masks = joined([possible_rows(query, segment.columns) for segment in self.segments])
        return masks & self.live if len(self.scorer.hidden) else masks

    def _best(self, query: Doc, k: int, scored: Scored, *, with_checks: bool) -> list[Ranked]:
        if isinstance(query, DemandDoc):
            rows = best_rows(scored.odds, self._possible(query), k, self._name)
        else:
            rows = self._best_demands(query, scored.odds, k)
        return self._ranked(query, rows, scored, with_checks=with_checks)

    def _best_demands(self, query: CapabilityDoc, odds: np.ndarray, k: int) -> list[int]:
        """Down the ranking of demands until ``k`` are found that the capability does not fail."""
        depth, alone = 2 * k, Columns([query])
        while True:
            rows = best_rows(
                odds, self.live if len(self.scorer.hidden) else None, depth, self._name
            )
            found = ((row, self._locate(row)) for row in rows)
            fit = [
                row
                for row, doc in found
                if not isinstance(doc, DemandDoc) or possible_rows(doc, alone)[0]
            ]
            if len(fit) >= k or len(rows) < depth:
                return fit[:k]
            depth *= 4

    def _ranked(
        self, query: Doc, rows: list[int], scored: Scored, *, with_checks: bool
    ) -> list[Ranked]:
        docs = [self._locate(row) for row in rows]
        odds, features = scored.odds_at(rows), scored.features_at(rows)
        found = _checks(query, docs) if with_checks else [()] * len(docs)
        return [
            Ranked(
                doc.id,
                at + 1,
                round(probability(odds[at]), 6),
                features[at],
                found[at],
                is_possible(found[at]),
            )
            for at, doc in enumerate(docs)
        ]


def _checks(query: Doc, docs: Sequence[Doc]) -> list[tuple[Check, ...]]:
    """The constraint tables of ``query`` with each of ``docs``; empty between two of a kind."""
    if isinstance(query, DemandDoc) and all(isinstance(doc, CapabilityDoc) for doc in docs):
        return checks_of(query, Columns(docs))
    if isinstance(query, CapabilityDoc):
        alone = Columns([query])
        return [checks_of(doc, alone)[0] if isinstance(doc, DemandDoc) else () for doc in docs]
    return [()] * len(docs)
