"""The exact two-way ranking: capabilities for a demand, or demands for a capability.

Retrievers' scores are sums of whole numbers, so the ranking is the same byte for byte whatever the
order of rows, the number of threads, the batch a query came in, or whether a document arrived in
the snapshot or in a delta. Ties go to the smaller id.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .constraints import Check, Columns, checks_of, is_possible, rules
from .documents import CapabilityDoc, DemandDoc, Doc
from .fusion import UNIT, probability, whole_vectors
from .lexical import document_terms
from .lexicon import lexicon_digest
from .relax import Relaxation, relaxations
from .scorer import Asked, Scorer
from .scoring import Room, Scored, best_rows
from .segment import Segment, joined, place
from .storage import open_segment, save_segment
from .weights import Weights, shipped_weights, weights_from

MANIFEST = "manifest.json"
FORMAT = 4
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
    latest: tuple[Doc, np.ndarray | None, Asked, Scored] | None = None
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
        manifest |= {"lexicon": lexicon_digest(), "weights": self.weights.record()}
        text = json.dumps(manifest, ensure_ascii=False)
        (directory / MANIFEST).write_text(text, encoding="utf-8")

    @classmethod
    def open(cls, directory: Path) -> "Index":
        """The index saved in ``directory``, with the weights it was saved with.

        Its arrays are mapped into memory, so all workers of a machine share them. Raises
        FileNotFoundError when the directory is not there or was not written to its end, ValueError
        when it was written in another format or with another lexicon.
        """
        manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
        if (manifest.get("format"), manifest.get("lexicon")) != (FORMAT, lexicon_digest()):
            raise ValueError(f"{directory}: saved by an earlier release")
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

    def beside(self, others: Sequence["Index"]) -> "Index":
        """This index and ``others`` as one: nothing is read again, scores are of one scale.

        The ids of all must differ; this index's weights rank.
        """
        every = (self, *others)
        return Index(
            tuple(segment for index in every for segment in index.segments),
            np.concatenate([index.live for index in every]),
            self.weights,
            sum((index.hidden_terms for index in every), Counter()),
        )

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
        if self.latest and self.latest[0] is query:
            return dict(self.latest[2].terms)
        return self.scorer.term_weights(query)

    def scored(self, query: Doc, vector: np.ndarray | None = None) -> Scored:
        """Log odds and features of every row, hidden ones included, in the order of `ids`.

        The last answer is kept: ranking, near misses, relaxations and explanations of one query
        are asked for one after another.
        """
        if self.latest and self.latest[0] is query and self.latest[1] is vector:
            return self.latest[3]
        room = Room(len(self.live))
        (semantic,) = [None] if vector is None else self.scorer.semantic([vector], room)
        asked = self.scorer.ask(query)
        found = self.scorer.score(asked, semantic, room)
        self.latest = (query, vector, asked, found)
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
            # texts first, then numbers: each kind of work finds its own things in the cache
            asked = [self.scorer.ask(query) for query in part]
            for query, one in zip(part, asked, strict=True):
                semantic = next(columns) if query.id in vectors else None
                scored = self.scorer.score(one, semantic, room)
                self.latest = (query, vectors.get(query.id), one, scored)
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

    def rank_within(
        self,
        query: DemandDoc,
        stretches: Mapping[str, tuple[int, int]],
        k: int = 20,
        vector: np.ndarray | None = None,
        *,
        least: float = 0.0,
    ) -> dict[str, list[Ranked]]:
        """`rank` inside each stretch of rows (from, to in the order of `ids`), by one scoring:
        scores of one stretch may be compared with those of another. Those below ``least`` are
        left out."""
        scored, fits = self.scored(query, vector), self._fits(query)

        def best(start: int, end: int) -> list[int]:
            found = best_rows(
                scored.odds[start:end],
                lambda rows: fits(rows + start),
                k,
                lambda row: self._name(row + start),
            )
            rows = [row + start for row in found]
            odds = scored.odds_at(rows)
            return [row for row, one in zip(rows, odds, strict=True) if _score(one) >= least]

        return {
            name: self._ranked(query, best(start, end), scored, with_checks=True)
            for name, (start, end) in stretches.items()
        }

    def rank_many(
        self, queries: Sequence[Doc], k: int = 20, vectors: Mapping[str, np.ndarray] | None = None
    ) -> Iterator[list[Ranked]]:
        """`rank` for each query in turn, the same results in a fraction of the time.

        The constraint tables are left out: ask `checks` for a pair when it is shown.
        """
        for query, scored in self.scored_many(queries, vectors):
            yield self._best(query, k, scored, with_checks=False)

    def near_misses(
        self, query: Doc, k: int = 10, vector: np.ndarray | None = None
    ) -> list[Ranked]:
        """The most relevant documents that a stated constraint rules out, with the reason and the
        nearest relaxation; the constraints are the demand's, whichever side asks."""
        scored = self.scored(query, vector)
        fits = self._fits(query)
        rows = best_rows(scored.odds, lambda rows: self.live[rows] & ~fits(rows), k, self._name)
        return self._ranked(query, rows, scored, with_checks=True)

    def relaxations(
        self, query: DemandDoc, vector: np.ndarray | None = None, depth: int = 50
    ) -> tuple[Relaxation, ...]:
        """Single changes of the demand that let more of its ``depth`` most relevant capabilities
        fit."""
        odds = self.scored(query, vector).odds
        rows = best_rows(odds, self.live.__getitem__, depth, self._name)
        found = [self._locate(row) for row in rows]
        return relaxations(query, [doc for doc in found if isinstance(doc, CapabilityDoc)])

    def checks(self, query: Doc, document_id: str) -> tuple[Check, ...]:
        """The constraint table of one pair."""
        return self.checks_many(query, [document_id])[0]

    def checks_many(self, query: Doc, document_ids: Sequence[str]) -> list[tuple[Check, ...]]:
        """The constraint tables of a query with each of some documents."""
        return _checks(query, [self.document(one) for one in document_ids])

    def features(
        self, query: Doc, document_id: str, vector: np.ndarray | None = None
    ) -> dict[str, float]:
        """The feature values of one pair, the same that `rank` uses."""
        return self.scored(query, vector).features_at([self._row(document_id)])[0]

    def cosines(self, vector: np.ndarray, document_ids: Sequence[str]) -> list[float]:
        """The cosine of ``vector`` with each of some documents that has a vector."""
        whole, found = whole_vectors(vector).astype(np.float64), []
        for segment, at in (place(self.segments, self._row(one)) for one in document_ids):
            if segment.vectors is not None and segment.has_vector[at]:
                found.append(float(whole @ segment.vectors[:-1, at]) / UNIT**2)
        return found

    def contributions(self, query: Doc, document_id: str) -> dict[str, float]:
        """What each shared token brings to the lexical score of one pair."""
        segment, row = place(self.segments, self._row(document_id))
        found = {t: w * segment.postings.value(t, row) for t, w in self.term_weights(query).items()}
        return {term: float(value) for term, value in found.items() if value}

    def _fits(self, query: Doc) -> Callable[[np.ndarray], np.ndarray]:
        """Says of rows which of them are live and break no stated constraint, whichever side
        states it."""
        if isinstance(query, DemandDoc):
            masks = [
                joined([segment.columns.mask(rule) for segment in self.segments])
                for rule in rules(query)
            ]
            if len(self.scorer.hidden):
                masks.append(self.live)
            return lambda rows: _all_of(masks, rows)
        return lambda rows: self._fit_capability(query, rows)

    def _fit_capability(self, query: CapabilityDoc, rows: np.ndarray) -> np.ndarray:
        fit, start = self.live[rows], 0
        for segment in self.segments:
            end = start + len(segment.docs)
            inside = np.flatnonzero(fit & (rows >= start) & (rows < end))
            fit[inside] = segment.stated.fit(query, rows[inside] - start)
            start = end
        return fit

    def _best(self, query: Doc, k: int, scored: Scored, *, with_checks: bool) -> list[Ranked]:
        rows = best_rows(scored.odds, self._fits(query), k, self._name)
        return self._ranked(query, rows, scored, with_checks=with_checks)

    def _ranked(
        self, query: Doc, rows: list[int], scored: Scored, *, with_checks: bool
    ) -> list[Ranked]:
        docs = [self._locate(row) for row in rows]
        at = np.array(rows, int)
        odds, features = scored.odds_at(at), scored.features_at(at)
        found = _checks(query, docs) if with_checks else [()] * len(docs)
        return [
            Ranked(
                doc.id,
                number + 1,
                _score(odds[number]),
                features[number],
                found[number],
                is_possible(found[number]),
            )
            for number, doc in enumerate(docs)
        ]


def _score(odds: float) -> float:
    return round(probability(odds), 6)


def _all_of(masks: Sequence[np.ndarray], rows: np.ndarray) -> np.ndarray:
    fit = np.ones(len(rows), bool)
    for mask in masks:
        fit &= mask[rows]
    return fit


def _checks(query: Doc, docs: Sequence[Doc]) -> list[tuple[Check, ...]]:
    """The constraint tables of ``query`` with each of ``docs``; empty between two of a kind."""
    if isinstance(query, DemandDoc) and all(isinstance(doc, CapabilityDoc) for doc in docs):
        return checks_of(query, Columns(docs))
    if isinstance(query, CapabilityDoc):
        alone = Columns([query])
        return [checks_of(doc, alone)[0] if isinstance(doc, DemandDoc) else () for doc in docs]
    return [()] * len(docs)
