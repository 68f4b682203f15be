"""Scores of all rows for one query, and the best of them, in as few passes over memory as it takes.

Every value is made by the same operations on one row at a time, so a row's score does not depend on
which other rows stand beside it in memory, and a query's scores do not depend on its batch.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

CHUNK = 64


@dataclass(frozen=True, slots=True)
class Column:
    """Raw values of one feature for every row; the feature is ``(values - shift) × factor``."""

    values: np.ndarray
    factor: float = 1.0
    shift: float = 0.0
    known: np.ndarray | None = None

    @classmethod
    def share_of_best(cls, values: np.ndarray, live: np.ndarray | None) -> "Column":
        """Values as a share of the best live one (None: all are); 0 where none is positive."""
        return cls(values, _inverse(_best(values, live), 0.0))

    @classmethod
    def above_mean(
        cls, values: np.ndarray, live: np.ndarray | None, known: np.ndarray | None
    ) -> "Column":
        """Values above their mean over live known rows, as a share of the best; 0 for the
        unknown."""
        counted = live if known is None else known if live is None else live & known
        if counted is None:
            mean = float(values.sum(dtype=np.float64)) / max(len(values), 1)
        else:
            total = float(values.sum(dtype=np.float64, where=counted))
            mean = total / max(int(counted.sum()), 1)
        return cls(values, _inverse(_best(values, counted), mean), mean, known)

    def all(self) -> np.ndarray:
        """The feature of every row."""
        column = (self.values - self.shift) * self.factor
        return column if self.known is None else np.where(self.known, column, 0.0)

    def at(self, row: int) -> float:
        """The feature of one row."""
        if self.known is not None and not self.known[row]:
            return 0.0
        return float((float(self.values[row]) - self.shift) * self.factor)


def _best(values: np.ndarray, live: np.ndarray | None) -> float:
    if not len(values):
        return 0.0
    if live is None:
        return float(values.max())
    return float(values.max(where=live, initial=-np.inf))


def _inverse(best: float, mean: float) -> float:
    return 1.0 / (best - mean) if np.isfinite(best) and best > mean else 0.0


@dataclass(frozen=True, slots=True)
class Scored:
    """Log odds and features of every row of an index, in the order of its ids."""

    odds: np.ndarray
    columns: Mapping[str, Column]

    @classmethod
    def of(cls, columns: Mapping[str, Column], weights: Mapping[str, float]) -> "Scored":
        """The weighted sum of ``columns`` plus the bias."""
        total: np.ndarray | None = None
        constant = weights["bias"]
        for name in sorted(columns):
            column, weight = columns[name], weights[name]
            if not weight or not column.factor:
                continue
            if column.known is None:
                part = column.values * np.float64(column.factor * weight)
                constant -= column.shift * column.factor * weight
            else:
                part = column.all() * weight
            total = part if total is None else np.add(total, part, out=total)
        size = len(next(iter(columns.values())).values)
        return cls(np.full(size, constant) if total is None else total + constant, columns)

    @property
    def features(self) -> dict[str, np.ndarray]:
        """Every feature as a whole column."""
        return {name: column.all() for name, column in self.columns.items()}

    def features_at(self, row: int) -> dict[str, float]:
        """The features of one row."""
        return {name: column.at(row) for name, column in self.columns.items()}


def best_rows(
    odds: np.ndarray, allowed: np.ndarray | None, k: int, name_of: Callable[[int], str]
) -> list[int]:
    """The ``k`` allowed rows of highest odds, exactly, best first; equals by the name of the row.

    The greatest value of each small chunk is found first: the k-th greatest of those is a bound
    that no row of the answer is below, so only few rows have to be sorted.
    """
    if k <= 0 or not len(odds):
        return []
    values = odds if allowed is None else np.where(allowed, odds, -np.inf)
    whole = len(values) // CHUNK * CHUNK
    bound = -np.inf
    if whole // CHUNK > k:
        peaks = values[:whole].reshape(-1, CHUNK).max(axis=1)
        bound = np.partition(peaks, len(peaks) - k)[len(peaks) - k]
    rows = np.flatnonzero((values >= bound) & (values > -np.inf))
    if len(rows) > 4 * k:
        found = values[rows]
        rows = rows[found >= np.partition(found, len(found) - k)[len(found) - k]]
    ordered = sorted((-values[row], name_of(row), row) for row in rows.tolist())
    return [row for _, _, row in ordered[:k]]
