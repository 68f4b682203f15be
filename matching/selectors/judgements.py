"""What people said and did of pairs, as graded labels that the weights are learnt from.

The mapping below is the declared one. Levels: 0 unrelated, 1 hardly, 2 relevant, 3 proven. A pair
refused for its price, place, date, scale, stage or closed doors is left out: conditions are checked
by rules, and say nothing about whether the texts belong together. What is said of resources and
solutions is not learnt from: the weights are fitted to capabilities, and both stand on one scale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from matching.enums import FeedbackSide, MismatchReason, Stage, Verdict
from matching.models import Feedback

STAGE_LEVELS = {
    Stage.CONTACTED: 2,
    Stage.OUT_OF_SCOPE: 0,
    Stage.CONTRACTED: 3,
    Stage.CONFIRMED: 3,
}
REASON_LEVELS = {MismatchReason.TOPIC: 0, MismatchReason.OTHER: 1}
SUITABLE_LEVEL = 2
PROVEN = frozenset({Stage.CONTRACTED, Stage.CONFIRMED})
# whose word counts where several judged the same pair; among equals the latest
SPEAKERS = (FeedbackSide.DEMAND, FeedbackSide.BROKER, FeedbackSide.CAPABILITY)
RELEVANT_LEVEL = 2
# fewer say nothing about demands that nobody judged
MIN_PAIRS = 40
MIN_DEMANDS = 10


class Deed(NamedTuple):
    """How far one pair came."""

    demand_id: int
    capability_id: int
    stage: Stage


_sources: dict[str, Callable[[], Iterable[Deed]]] = {}


def register_deeds(name: str, source: Callable[[], Iterable[Deed]]) -> None:
    """An app that follows pairs further says how far each came; asked anew for each training."""
    _sources[name] = source


@dataclass(frozen=True, slots=True)
class Readiness:
    """How much there is to learn from."""

    pairs: int
    relevant: int
    demands: int  # with both relevant and other pairs: only these tell better from worse

    @property
    def is_enough(self) -> bool:
        return self.pairs >= MIN_PAIRS and self.demands >= MIN_DEMANDS

    @property
    def missing(self) -> str:
        """What is lacking, for people; empty when there is enough."""
        if self.is_enough:
            return ""
        return (
            f"反馈还不够：现有 {self.pairs} 对评价，"
            f"其中 {self.demands} 条需求既有合适也有不合适的；"
            f"至少需要 {MIN_PAIRS} 对、{MIN_DEMANDS} 条这样的需求，训练结果才可信。"
        )


def graded_pairs() -> dict[int, dict[int, int]]:
    """Levels by demand and capability. A contract outweighs any word, a word any first contact."""
    found: dict[int, dict[int, int]] = {}
    proven: dict[int, dict[int, int]] = {}
    for source in _sources.values():
        for deed in source():
            table = proven if deed.stage in PROVEN else found
            table.setdefault(deed.demand_id, {})[deed.capability_id] = STAGE_LEVELS[deed.stage]
    for (demand_id, capability_id), level in _said().items():
        if level is None:
            found.get(demand_id, {}).pop(capability_id, None)
        else:
            found.setdefault(demand_id, {})[capability_id] = level
    for demand_id, levels in proven.items():
        found.setdefault(demand_id, {}).update(levels)
    return {demand: dict(sorted(levels.items())) for demand, levels in sorted(found.items())}


def _said() -> dict[tuple[int, int], int | None]:
    """The level of each pair that somebody judged; None: refused for a condition."""
    rows = Feedback.objects.filter(capability__isnull=False).order_by("updated_at", "pk")
    said: dict[tuple[int, int], tuple[int, int | None]] = {}
    for row in rows.values_list("demand_id", "capability_id", "side", "verdict", "reason"):
        demand_id, capability_id, side, verdict, reason = row
        place = SPEAKERS.index(FeedbackSide(side))
        known = said.get((demand_id, capability_id))
        if known is None or place <= known[0]:
            said[demand_id, capability_id] = (place, _level(verdict, reason))
    return {pair: level for pair, (_, level) in said.items()}


def _level(verdict: str, reason: str) -> int | None:
    if verdict == Verdict.SUITABLE:
        return SUITABLE_LEVEL
    return REASON_LEVELS.get(MismatchReason(reason))


def readiness(graded: dict[int, dict[int, int]] | None = None) -> Readiness:
    """How much of `graded` (by default: all there is) can be learnt from."""
    graded = graded_pairs() if graded is None else graded
    levels = [list(pairs.values()) for pairs in graded.values() if pairs]
    relevant = [[level >= RELEVANT_LEVEL for level in row] for row in levels]
    return Readiness(
        pairs=sum(map(len, levels)),
        relevant=sum(map(sum, relevant)),
        demands=sum(1 for row in relevant if any(row) and not all(row)),
    )
