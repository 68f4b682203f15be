"""A fixed set of documents made ready for ranking: postings, vectors, constraint columns,
taxonomy groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .constraints import Columns
from .documents import Doc
from .fusion import taxonomy_similarity, whole_vectors
from .lexical import LexicalWeights, Postings

_KEPT_TAXONOMIES = 64


@dataclass(slots=True)
class Segment:
    """Documents that never change; the index replaces one by hiding its row and adding a later
    segment."""

    docs: Sequence[Doc]
    postings: Postings
    vectors: np.ndarray | None
    has_vector: np.ndarray
    taxonomy_of: dict[tuple[str, tuple[str, ...]], np.ndarray]
    columns: Columns
    groups: np.ndarray
    group_docs: list[Doc]
    row_of: dict[str, int]

    @classmethod
    def build(
        cls, docs: Sequence[Doc], vectors: Mapping[str, np.ndarray] | None, weights: LexicalWeights
    ) -> "Segment":
        """Read ``docs`` and the vectors known for some of them."""
        table, has_vector = _vector_table(docs, vectors)
        return cls.of(docs, Postings.build(docs, weights), table, has_vector)

    @classmethod
    def of(
        cls,
        docs: Sequence[Doc],
        postings: Postings,
        vectors: np.ndarray | None,
        has_vector: np.ndarray,
    ) -> "Segment":
        """A segment over postings and vectors that are already made."""
        row_of = {doc.id: row for row, doc in enumerate(docs)}
        if len(row_of) != len(docs):
            raise ValueError("文档编号有重复")
        groups, group_docs = _taxonomy_groups(docs)
        return cls(
            docs, postings, vectors, has_vector, {}, Columns(docs), groups, group_docs, row_of
        )

    def taxonomy(self, query: Doc) -> np.ndarray:
        """How close each row stands to ``query`` in the taxonomy; kept for like queries."""
        key = (query.industry, query.field_codes)
        if key not in self.taxonomy_of:
            if len(self.taxonomy_of) >= _KEPT_TAXONOMIES:
                self.taxonomy_of.clear()
            table = np.array([taxonomy_similarity(query, doc) for doc in self.group_docs], float)
            self.taxonomy_of[key] = table[self.groups]
        return self.taxonomy_of[key]

    def dots(self, vectors: np.ndarray) -> np.ndarray:
        """Exact dot products of whole-number query vectors with every row: queries × rows.

        0 for rows without a vector.
        """
        if self.vectors is None:
            return np.zeros((len(vectors), len(self.docs)), np.float32)
        return vectors @ self.vectors.T


def _vector_table(
    docs: Sequence[Doc], vectors: Mapping[str, np.ndarray] | None
) -> tuple[np.ndarray | None, np.ndarray]:
    has_vector = np.array([doc.id in (vectors or {}) for doc in docs], dtype=bool)
    if not vectors or not has_vector.any():
        return None, has_vector
    rows = np.flatnonzero(has_vector)
    known = whole_vectors(np.stack([vectors[docs[row].id] for row in rows.tolist()]))
    table = np.zeros((len(docs), known.shape[1]), np.float32)
    table[rows] = known
    return table, has_vector


def _taxonomy_groups(docs: Sequence[Doc]) -> tuple[np.ndarray, list[Doc]]:
    """Rows that share industry and fields form a group; the first document of each stands for
    it."""
    numbers: dict[tuple[str, tuple[str, ...]], int] = {}
    group_docs: list[Doc] = []
    groups = np.zeros(len(docs), np.int32)
    for row, doc in enumerate(docs):
        key = (doc.industry, doc.field_codes)
        if key not in numbers:
            numbers[key] = len(group_docs)
            group_docs.append(doc)
        groups[row] = numbers[key]
    return groups, group_docs
