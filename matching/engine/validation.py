"""Whether learnt weights are better: both versions on judged pairs that neither has seen."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

from .learning import Judged, figures, retrained
from .measures import mean_with_interval
from .weights import Weights

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """A mean over queries with its 95 % bootstrap interval; None where no query has a value."""

    mean: float | None
    low: float | None
    high: float | None
    queries: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure under the present and the learnt weights, and the difference query by query."""

    before: Measured
    after: Measured
    gain: Measured

    def record(self) -> dict[str, Any]:
        """Plain numbers, for JSON."""
        return asdict(self)


def _measured(values: Sequence[float]) -> Measured:
    known = [value for value in values if not isnan(value)]
    if not known:
        return Measured(None, None, None, 0)
    mean, low, high = (round(number, 4) for number in mean_with_interval(known))
    return Measured(mean, low, high, len(known))


def _groups(pairs: Sequence[Judged]) -> dict[str, list[Judged]]:
    found: dict[str, list[Judged]] = {}
    for pair in sorted(pairs, key=lambda pair: pair.query_id):
        found.setdefault(pair.query_id, []).append(pair)
    return found


def cross_validated(
    pairs: Sequence[Judged], weights: Weights, *, folds: int = FOLDS
) -> dict[str, Comparison]:
    """nDCG@10 and AUC under ``weights`` and under weights learnt on the other folds.

    A query's pairs are always in one fold, so no query is measured by weights that have seen it.
    The same pairs give the same figures in whatever order they come.
    """
    groups = _groups(pairs)
    names = list(groups)
    values: dict[str, list[tuple[float, float]]] = {"ndcg": [], "auc": []}
    for fold in range(min(folds, len(names))):
        held = names[fold::folds]
        rest = [pair for name in names if name not in held for pair in groups[name]]
        learnt = retrained(weights, rest, weights.version)
        for name in held:
            one, other = figures(groups[name], weights), figures(groups[name], learnt)
            values["ndcg"].append((one.ndcg, other.ndcg))
            values["auc"].append((one.auc, other.auc))
    return {
        name: Comparison(
            _measured([before for before, _ in found]),
            _measured([after for _, after in found]),
            _measured([after - before for before, after in found]),
        )
        for name, found in values.items()
    }
