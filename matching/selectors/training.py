"""What staff read of a trained version before they activate it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from demands.models import Demand
from matching.engine.weights import Weights, weights_from
from matching.models import MatchWeights, WeightsTraining
from matching.selectors.judgements import MIN_DEMANDS, MIN_PAIRS, Readiness, readiness
from matching.selectors.weights import (
    NumberLine,
    active_weights,
    compared_records,
    feature_label,
)
from platforms.models import Capability

MEASURES = {
    "ndcg": ("排序质量 nDCG@10", "前十名里，好的是不是排在前面；1 为最好"),
    "auc": ("区分能力 AUC", "任取一个合适和一个不合适的，合适的排在前面的机会；0.5 等于瞎猜"),
}


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One measure before and after, on demands that the learning had not seen."""

    label: str
    help: str
    before: dict[str, Any]
    after: dict[str, Any]
    gain: dict[str, Any]

    @property
    def verdict(self) -> str:
        """better, worse, or unsure when the interval of the difference holds 0."""
        if self.gain["low"] is None:
            return "none"
        if self.gain["low"] > 0:
            return "better"
        return "worse" if self.gain["high"] < 0 else "unsure"


@dataclass(frozen=True, slots=True)
class PullLine:
    """What a feature adds to the log odds of a judged pair on average."""

    label: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Example:
    """A demand whose first five places would change."""

    demand: Demand
    before: list[Capability]
    after: list[Capability]
    entering: frozenset[int]


@dataclass(frozen=True, slots=True)
class VersionPage:
    row: MatchWeights
    active: Weights
    training: WeightsTraining | None
    figures: list[FigureLine]
    pulls: list[PullLine]
    examples: list[Example]
    lines: list[NumberLine]

    @property
    def advice(self) -> str:
        """What the figures say, in one sentence."""
        verdicts = {line.verdict for line in self.figures} - {"none"}
        if not verdicts:
            return "评价太少或太一边倒，算不出可比的数字；请先不要启用。"
        if "worse" in verdicts:
            return "在没有学过的需求上，新版本有一项变差了；不建议启用。"
        if "better" in verdicts:
            return "在没有学过的需求上，新版本更好，且超出误差；可以启用。"
        return "与现用版本的差别在误差之内；启用与否影响不大，多攒些反馈再训练更有把握。"


def version_page(row: MatchWeights) -> VersionPage:
    """A version against the active one; figures and examples where it was trained here."""
    training = WeightsTraining.objects.filter(weights=row).select_related("owner").first()
    result: dict[str, Any] = training.result if training else {}
    active = active_weights()
    return VersionPage(
        row=row,
        active=active,
        training=training,
        figures=[
            FigureLine(*MEASURES[name], **row.figures[name])
            for name in MEASURES
            if training and name in row.figures
        ],
        pulls=[
            PullLine(feature_label(name), *values)
            for name, values in result.get("contributions", {}).items()
        ],
        examples=_examples(result.get("examples", [])),
        lines=compared_records(active.record(), weights_from(row.record).record()),
    )


def _examples(stored: list[dict[str, Any]]) -> list[Example]:
    demands = Demand.objects.in_bulk([item["demand"] for item in stored])
    ids = {pk for item in stored for pk in [*item["before"], *item["after"]]}
    offers = Capability.objects.select_related("platform").in_bulk(ids)
    return [
        Example(
            demands[item["demand"]],
            [offers[pk] for pk in item["before"] if pk in offers],
            [offers[pk] for pk in item["after"] if pk in offers],
            frozenset(item["after"]) - frozenset(item["before"]),
        )
        for item in stored
        if item["demand"] in demands
    ]


@dataclass(frozen=True, slots=True)
class TrainingState:
    """Whether staff can train now, and the training under way or the last one."""

    readiness: Readiness
    latest: WeightsTraining | None
    min_pairs: int = MIN_PAIRS
    min_demands: int = MIN_DEMANDS

    @property
    def is_running(self) -> bool:
        return self.latest is not None and not self.latest.is_finished


def training_state() -> TrainingState:
    """For the page of the weights: what there is to learn from, and the newest training."""
    return TrainingState(readiness(), WeightsTraining.objects.order_by("-pk").first())
