"""The engine as it is measured: many demands in a batch, and one demand as a page needs it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.matching_speed.peers import K
from matching.engine.documents import CapabilityDoc, DemandDoc
from matching.engine.explain import explain
from matching.engine.index import Index

Vectors = Mapping[str, np.ndarray]


class Build:
    """Reading and weighing all documents, and writing the index."""

    queries = 1

    def __init__(self, docs: Sequence[CapabilityDoc], rows: np.ndarray, directory: Path) -> None:
        self.docs, self.rows, self.directory = docs, rows, directory

    def prepare(self) -> None:
        known = {doc.id: row for doc, row in zip(self.docs, self.rows, strict=True)}
        self.index = Index.build(self.docs, known)
        if not self.directory.exists():
            self.index.save(self.directory)

    def answer(self) -> None:
        """Nothing more: what counts is the making."""

    def servers(self) -> Sequence[int]:
        return ()


class Batch:
    """The whole ranking of all demands over an index opened from disk: texts read, retrievers,
    fusion, constraints, exact best 20. One process, one thread."""

    def __init__(self, directory: Path, asked: Sequence[DemandDoc], vectors: Vectors) -> None:
        self.directory, self.asked, self.vectors = directory, asked, vectors
        self.queries = len(asked)

    def prepare(self) -> None:
        self.index = Index.open(self.directory)

    def answer(self) -> None:
        for _ in self.index.rank_many(self.asked, K, self.vectors):
            pass

    def servers(self) -> Sequence[int]:
        return ()


class Page(Batch):
    """Demands one by one as a page shows them: ranking with constraint tables, explanations of
    the best five, near misses, relaxations."""

    def answer(self) -> None:
        for demand in self.asked:
            vector = self.vectors.get(demand.id)
            ranked = self.index.rank(demand, K, vector)
            for best in ranked[:5]:
                explain(self.index, demand, best.document_id, vector=vector)
            self.index.near_misses(demand, 5, vector)
            self.index.relaxations(demand, vector)


class Slow(Batch):
    """`Batch` answered one demand at a time, as single runs are."""

    def answer(self) -> None:
        for demand in self.asked:
            self.index.rank(demand, K, self.vectors.get(demand.id), with_checks=False)
