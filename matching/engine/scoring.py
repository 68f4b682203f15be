"""Scores of all rows for one query, and the best of them, in as few passes over memory as it takes.

Every value is made by the same operations on one row at a time, in single precision, so a row's
score does not depend on which other rows stand beside it in memory, and a query's scores do not
depend on its batch.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

import numpy as np

CHUNKS = 64
_LOOKED_AT = 4
Rows = Sequence[int] | np.ndarray


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
    """Raw values of one feature for every row; the feature is ``values × factor``."""

    values: np.ndarray
    factor: float = 1.0

    @classmethod
    def share_of_best(cls, values: np.ndarray, left_out: np.ndarray) -> "Column":
        """Values as a share of the best that is not in a row ``left_out``; 0 where none is
        positive."""
        best = _best(values, left_out)
        return cls(values, 1.0 / best if best > 0 else 0.0)

    def weighted(self, weight: float, part: np.ndarray) -> np.ndarray:
        """Weight × feature of every row; ``part`` is room for it."""
        scale = np.float32(self.factor * weight)
        return self.values if scale == 1 else np.multiply(self.values, scale, out=part)

    def all(self) -> np.ndarray:
        """The feature of every row."""
        return self.values * np.float64(self.factor)

    def at(self, rows: Rows) -> list[float]:
        """The feature of some rows."""
        found: list[float] = (self.values[rows] * np.float64(self.factor)).tolist()
        return found


def _best(values: np.ndarray, left_out: np.ndarray) -> float:
    """The greatest value outside the rows ``left_out``."""
    if len(left_out) == len(values):
        return -np.inf
    best = values.max()
    if len(left_out) and values[left_out].max() >= best:
        best = np.delete(values, left_out).max()
    return float(best)


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
        total, part = room.array("odds"), room.array("part")
        is_empty = True
        for name in sorted(columns):
            column, weight = columns[name], weights[name]
            if not weight or not column.factor:
                continue
            if is_empty:
                first = column.weighted(weight, total)
                if first is not total:
                    np.copyto(total, first)
                is_empty = False
            else:
                np.add(total, column.weighted(weight, part), out=total)
        if is_empty:
            total.fill(0)
        return cls(total, weights["bias"], columns)

    @property
    def features(self) -> dict[str, np.ndarray]:
        """Every feature as a whole column."""
        return {name: column.all() for name, column in self.columns.items()}

    def odds_at(self, rows: Rows) -> list[float]:
        """The log odds of some rows."""
        found: list[float] = (self.odds[rows].astype(np.float64) + self.bias).tolist()
        return found

    def features_at(self, rows: Rows) -> list[dict[str, float]]:
        """The features of some rows."""
        names = list(self.columns)
        values = [self.columns[name].at(rows) for name in names]
        return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def best_rows(
    odds: np.ndarray,
    allowed: Callable[[np.ndarray], np.ndarray] | None,
    k: int,
    name_of: Callable[[int], str],
) -> list[int]:
    """The ``k`` allowed rows of highest odds, exactly, best first; equals by the name of the row.

    ``allowed`` says of an array of rows which of them are (None: all). It is asked about the best
    rows first and about more only while too few of them are allowed. All rows above a bound are
    found by the greatest value of each group of rows: a group whose greatest is below holds none.
    """
    if k <= 0 or not len(odds):
        return []
    groups = len(odds) // CHUNKS
    whole = groups * CHUNKS
    # a group is every groups-th row: that way whole stretches of memory are compared at once
    table = odds[:whole].reshape(CHUNKS, groups)
    peaks = table.max(axis=0)
    wanted = k if allowed is None else _LOOKED_AT * k
    while True:
        if wanted < groups:
            bound = np.partition(peaks, groups - wanted)[groups - wanted]
            rows = _rows_above(odds, table, peaks, bound)
        else:
            rows = np.arange(len(odds))
        fit = rows if allowed is None else rows[allowed(rows)]
        if len(fit) >= k or len(rows) == len(odds):
            break
        wanted *= _LOOKED_AT
    if len(fit) > 4 * k:
        found = odds[fit]
        fit = fit[found >= np.partition(found, len(found) - k)[len(found) - k]]
    # names are looked up for equals only: they cost more than the numbers
    ordered: list[int] = []
    pairs = sorted(zip((-odds[fit]).tolist(), fit.tolist(), strict=True))
    for _, equals in groupby(pairs, itemgetter(0)):
        rows_of = [row for _, row in equals]
        ordered += rows_of if len(rows_of) == 1 else sorted(rows_of, key=name_of)
        if len(ordered) >= k:
            break
    return ordered[:k]


def _rows_above(
    odds: np.ndarray, table: np.ndarray, peaks: np.ndarray, bound: np.float32
) -> np.ndarray:
    """Every row whose odds are at least ``bound``."""
    high = np.flatnonzero(peaks >= bound)
    places, at = np.nonzero(table[:, high] >= bound)
    rest = np.flatnonzero(odds[table.size :] >= bound) + table.size
    return np.concatenate([places * table.shape[1] + high[at], rest])
