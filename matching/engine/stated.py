"""The constraints of many demands, each distinct one once, for asking them of one capability."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .constraints import Columns, Rule, rules
from .documents import CapabilityDoc, DemandDoc, Doc

FEW = 1000
"""So many rows are looked at one by one sooner than all rows rule by rule."""


@dataclass(slots=True)
class Stated:
    """Which rules each of ``docs`` states; a row that is no demand states none.

    ``numbers[starts[row]:starts[row + 1]]`` are the places in ``distinct`` of a row's rules.
    """

    distinct: list[Rule]
    numbers: np.ndarray
    starts: np.ndarray
    _rows_of_common: list[tuple[Rule, np.ndarray]] = field(init=False)

    def __post_init__(self) -> None:
        counts = np.bincount(self.numbers, minlength=len(self.distinct))
        rows = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        self._rows_of_common = [
            (self.distinct[number], rows[self.numbers == number])
            for number in np.flatnonzero(counts >= FEW).tolist()
        ]

    @classmethod
    def of(cls, docs: Sequence[Doc]) -> "Stated":
        """The rules that ``docs`` state."""
        places: dict[tuple[object, ...], int] = {}
        distinct: list[Rule] = []
        numbers: list[int] = []
        starts = [0]
        for doc in docs:
            for rule in rules(doc) if isinstance(doc, DemandDoc) else ():
                place = places.setdefault(rule.key, len(distinct))
                if place == len(distinct):
                    distinct.append(rule)
                numbers.append(place)
            starts.append(len(numbers))
        return cls(distinct, np.array(numbers, np.int32), np.array(starts))

    def fit(self, capability: CapabilityDoc, rows: np.ndarray) -> np.ndarray:
        """Which of ``rows`` state no rule that ``capability`` is known to fail."""
        alone = Columns([capability])
        fit = np.ones(len(rows), bool)
        if len(rows) > FEW:
            whole = np.ones(len(self.starts) - 1, bool)
            for rule, stating in self._rows_of_common:
                if not alone.mask(rule)[0]:
                    whole[stating] = False
            fit = whole[rows]
        passes: dict[int, bool] = {}
        for at in np.flatnonzero(fit).tolist():
            row = rows[at]
            for number in self.numbers[self.starts[row] : self.starts[row + 1]].tolist():
                if number not in passes:
                    passes[number] = bool(alone.mask(self.distinct[number])[0])
                if not passes[number]:
                    fit[at] = False
                    break
        return fit
