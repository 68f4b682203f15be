"""A fixed set of documents made ready for ranking: postings, vectors, constraint columns,
taxonomy groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .constraints import Columns
from .documents import Doc
from .fusion import taxonomy_similarity, whole_vectors
from .lexical import LexicalWeights, Postings
from .stated import Stated


@dataclass(slots=True)
class Segment:
    """Documents that never change; the index replaces one by hiding its row and adding a later
    segment."""

    docs: Sequence[Doc]
    postings: Postings
    vectors: np.ndarray | None
    has_vector: np.ndarray
    columns: Columns
    groups: np.ndarray
    group_docs: list[Doc]
    row_of: dict[str, int]
    _stated: Stated | None = None

    @property
    def stated(self) -> Stated:
        """The constraints that the documents state; made once."""
        if self._stated is None:
            self._stated = Stated.of(self.docs)
        return self._stated

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
        return cls(docs, postings, vectors, has_vector, Columns(docs), groups, group_docs, row_of)

    def taxonomy(self, query: Doc) -> np.ndarray:
        """How close each row stands to ``query`` in the taxonomy."""
        table = [taxonomy_similarity(query, doc) for doc in self.group_docs]
        return np.array(table, np.float32)[self.groups]

    def put_dots(self, vectors: np.ndarray, dots: np.ndarray) -> None:
        """Exact dot products of whole-number query vectors with every row into ``dots``, queries ×
        rows; 0 for rows without a vector."""
        if self.vectors is None:
            dots.fill(0)
        else:
            np.matmul(vectors, self.vectors, out=dots)

    def vector_sum(self) -> np.ndarray | float:
        """The sum of all rows' vectors, in whole numbers."""
        return 0.0 if self.vectors is None else self.vectors.sum(axis=1, dtype=np.float64)


def _vector_table(
    docs: Sequence[Doc], vectors: Mapping[str, np.ndarray] | None
) -> tuple[np.ndarray | None, np.ndarray]:
    """Vectors as columns (queries are multiplied with them a block at a time, which that way is
    fast) and which rows have one."""
    has_vector = np.array([doc.id in (vectors or {}) for doc in docs], dtype=bool)
    if not vectors or not has_vector.any():
        return None, has_vector
    rows = np.flatnonzero(has_vector)
    known = whole_vectors(np.stack([vectors[docs[row].id] for row in rows.tolist()]))
    table = np.zeros((known.shape[1] + 1, len(docs)), np.float32)
    table[:-1, rows] = known.T
    table[-1, rows] = 1
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


def joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    """The parts of all segments as one; the only segment's own array is not copied."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)


def place(segments: Sequence[Segment], row: int) -> tuple[Segment, int]:
    """The segment that holds ``row`` of all rows, and the row's number in it."""
    for segment in segments:
        if row < len(segment.docs):
            return segment, row
        row -= len(segment.docs)
    raise IndexError(row)
