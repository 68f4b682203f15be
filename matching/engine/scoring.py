"""Scores of all rows for one query, and the best of them, in as few passes over memory as it takes.

Every value is made by the same operations on one row at a time, in single precision, so a row's
score does not depend on which other rows stand beside it in memory, and a query's scores do not
depend on its batch.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

CHUNKS = 64


@dataclass(slots=True)
class Room:
    """Arrays of one number a row in which queries are scored one after another.

    Fresh memory costs more than the sums made in it. What was scored in a room is good until the
    next query is.
    """

    size: int
    _arrays: dict[str, np.ndarray] = field(default_factory=dict)

    def array(self, name: str, *rows: int) -> np.ndarray:
        """The float32 array called ``name``, one number (or ``rows`` numbers) a row, unfilled."""
        shape = (*rows, self.size)
        if name not in self._arrays or self._arrays[name].shape != shape:
            self._arrays[name] = np.empty(shape, np.float32)
        return self._arrays[name]


@dataclass(frozen=True, slots=True)
class Column:
    """Raw values of one feature for every row; the feature is ``(values - shift) × factor``, and 0
    where it is not ``known``."""

    values: np.ndarray
    factor: float = 1.0
    shift: float = 0.0
    known: np.ndarray | None = None

    @classmethod
    def share_of_best(cls, values: np.ndarray, hidden: np.ndarray) -> "Column":
        """Values as a share of the best one that is not in a ``hidden`` row; 0 where none is
        positive."""
        return cls(values, _inverse(_best(values, hidden), 0.0))

    @classmethod
    def above_mean(
        cls, values: np.ndarray, mean: float, uncounted: np.ndarray, known: np.ndarray | None
    ) -> "Column":
        """Values above ``mean``, as a share of the best that is not in an ``uncounted`` row; 0 for
        the unknown."""
        return cls(values, _inverse(_best(values, uncounted), mean), mean, known)

    def add_to(self, total: np.ndarray, weight: float, part: np.ndarray) -> None:
        """Add weight × feature to ``total``; ``part`` is room for it."""
        values = self.values
        if self.shift:
            values = np.subtract(values, np.float32(self.shift), out=part)
        np.multiply(values, np.float32(self.factor * weight), out=part)
        if self.known is not None:
            np.multiply(part, self.known, out=part)
        np.add(total, part, out=total)

    def all(self) -> np.ndarray:
        """The feature of every row."""
        column = (self.values - np.float64(self.shift)) * self.factor
        return column if self.known is None else np.where(self.known, column, 0.0)

    def at(self, rows: Sequence[int]) -> list[float]:
        """The feature of some rows."""
        values = (self.values[rows].astype(np.float64) - self.shift) * self.factor
        if self.known is not None:
            values = np.where(self.known[rows], values, 0.0)
        found: list[float] = values.tolist()
        return found


def _best(values: np.ndarray, left_out: np.ndarray) -> float:
    """The greatest value outside the rows ``left_out``."""
    if len(left_out) == len(values):
        return -np.inf
    best = values.max()
    if len(left_out) and values[left_out].max() >= best:
        best = np.delete(values, left_out).max()
    return float(best)


def _inverse(best: float, mean: float) -> float:
    return 1.0 / (best - mean) if np.isfinite(best) and best > mean else 0.0


@dataclass(frozen=True, slots=True)
class Scored:
    """Log odds (less ``bias``, which orders nothing) and features of every row of an index."""

    odds: np.ndarray
    bias: float
    columns: Mapping[str, Column]

    @classmethod
    def of(
        cls, columns: Mapping[str, Column], weights: Mapping[str, float], room: Room
    ) -> "Scored":
        """The weighted sum of ``columns``."""
        total = room.array("odds")
        total.fill(0)
        for name in sorted(columns):
            column, weight = columns[name], weights[name]
            if weight and column.factor:
                column.add_to(total, weight, room.array("part"))
        return cls(total, weights["bias"], columns)

    @property
    def features(self) -> dict[str, np.ndarray]:
        """Every feature as a whole column."""
        return {name: column.all() for name, column in self.columns.items()}

    def odds_at(self, rows: Sequence[int]) -> list[float]:
        """The log odds of some rows."""
        found: list[float] = (self.odds[rows].astype(np.float64) + self.bias).tolist()
        return found

    def features_at(self, rows: Sequence[int]) -> list[dict[str, float]]:
        """The features of some rows."""
        names = list(self.columns)
        values = [self.columns[name].at(rows) for name in names]
        return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def best_rows(
    odds: np.ndarray, allowed: np.ndarray | None, k: int, name_of: Callable[[int], str]
) -> list[int]:
    """The ``k`` allowed rows of highest odds, exactly, best first; equals by the name of the row.

    The greatest value of each small group of rows is found first: the k-th greatest of those is a
    bound that no row of the answer is below, so only few rows have to be sorted.
    """
    if k <= 0 or not len(odds):
        return []
    values = odds if allowed is None else np.where(allowed, odds, np.float32(-np.inf))
    groups = len(values) // CHUNKS
    bound = np.float32(-np.inf)
    if groups > k:
        # a group is every groups-th row: that way whole stretches of memory are compared at once
        peaks = values[: groups * CHUNKS].reshape(CHUNKS, groups).max(axis=0)
        bound = np.partition(peaks, groups - k)[groups - k]
    rows = np.flatnonzero(values >= bound if np.isfinite(bound) else values > bound)
    if len(rows) > 4 * k:
        found = values[rows]
        rows = rows[found >= np.partition(found, len(found) - k)[len(found) - k]]
    ordered = sorted(
        (-value, name_of(row), row)
        for value, row in zip(values[rows].tolist(), rows.tolist(), strict=True)
    )
    return [row for _, _, row in ordered[:k]]
