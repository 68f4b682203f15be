"""The weights that rank, what each of their numbers does, and how versions differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, FloatField, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Abs, Cast

from matching.engine.weights import FEATURES, Weights, shipped_weights, weights_from
from matching.models import Match, MatchWeights

# probability from which a pair is worth somebody's time; weaker capabilities are folded away,
# weaker resources not shown, and a demand without any such capability counts as unmet. From here
# strict readers call two of five pairs suitable and seven of ten at least related, and nine of ten
# demands that somebody can meet keep a pair (docs/matching.md, "Probabilities")
RELEVANT_SCORE = 0.3
# a list that holds something suitable with a chance under this counts as unmet as well: less likely
# than not (docs/matching.md, "Whether anybody can do it")
LIKELY = 0.5
# from which a pair that fails a constraint is still worth showing as a near miss: every second was
# at least related there
RELATED_SCORE = 0.2
FEATURE_LABELS = {
    "lexical": "字词相同",
    "lexicon": "专业词相近",
    "semantic": "语义相近",
    "taxonomy": "领域相同",
}
SAMPLED_RANKS = 10


def unmet(path: str = "") -> Q:
    """Lists of demands that count as unmet, seen from `path`: nothing relevant is in them, or
    probably nobody can do it."""
    return Q(**{f"{path}relevant_count": 0}) | Q(**{f"{path}chance__lt": LIKELY})


def active_weights() -> Weights:
    """The active version, or the one shipped with the engine while nobody activated any."""
    row = MatchWeights.objects.filter(is_active=True).first()
    return weights_from(row.record) if row else shipped_weights()


def feature_label(name: str) -> str:
    """What a feature is called on a page."""
    return FEATURE_LABELS.get(name, name)


@dataclass(frozen=True, slots=True)
class Contribution:
    """How much one feature brings to the scores people see, on average."""

    name: str
    label: str
    percent: float


def contributions() -> list[Contribution]:
    """Mean absolute share of each feature over the first ten places of demands' lists.

    Measured on the stored lists, so it tells of the weights that made them. Percent.
    """
    rows = Match.objects.for_demands().possible().filter(rank__lte=SAMPLED_RANKS)
    means = rows.aggregate(
        **{name: Avg(Abs(Cast(KT(f"shares__{name}"), FloatField()))) for name in FEATURES}
    )
    found = [
        Contribution(name, feature_label(name), 100 * mean)
        for name, mean in means.items()
        if mean is not None
    ]
    return sorted(found, key=lambda item: (-item.percent, item.name))


@dataclass(frozen=True, slots=True)
class NumberLine:
    """One number of the weights in two versions; None where a version lacks it."""

    path: str
    first: Any
    second: Any

    @property
    def differs(self) -> bool:
        return bool(self.first != self.second)


def compared(first: MatchWeights, second: MatchWeights) -> list[NumberLine]:
    """Every number of the two versions side by side, those that differ first."""
    return compared_records(first.record, second.record)


def compared_records(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[NumberLine]:
    """Every number of the two records side by side, those that differ first."""
    mine, theirs = dict(_numbers(first)), dict(_numbers(second))
    lines = [NumberLine(path, mine.get(path), theirs.get(path)) for path in {**mine, **theirs}]
    return sorted(lines, key=lambda line: not line.differs)


def _numbers(record: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(record, Mapping):
        for name, value in record.items():
            yield from _numbers(value, f"{path}.{name}" if path else name)
    elif path not in {"version", "note"}:
        yield path, record
