"""How far each pair of demand and capability came: what the matching learns from (G08)."""

from __future__ import annotations

from collections.abc import Iterator

from cases.enums import DeclineReason, OutcomeStatus
from cases.enums import ProjectStatus as P
from cases.models import Project
from matching.enums import Stage
from matching.selectors.judgements import Deed

SIGNED = frozenset({P.CONTRACTED, P.PILOTING, P.DELIVERED, P.CLOSED})
ORDER = (Stage.OUT_OF_SCOPE, Stage.CONTACTED, Stage.CONTRACTED, Stage.CONFIRMED)


def pair_deeds() -> Iterator[Deed]:
    """The furthest stage of each pair, one a pair; projects about no demand or no certain
    capability say nothing. One query."""
    rows = Project.objects.filter(demand__isnull=False, capability__isnull=False)
    found: dict[tuple[int, int], Stage] = {}
    values = rows.values_list(
        "demand_id", "capability_id", "status", "decline_reason", "outcomes__status"
    )
    for demand_id, capability_id, status, reason, outcome in values.order_by("pk"):
        stage = _stage(status, reason, outcome)
        known = found.get((demand_id, capability_id), stage)
        found[demand_id, capability_id] = max(known, stage, key=ORDER.index)
    for (demand_id, capability_id), stage in found.items():
        yield Deed(demand_id, capability_id, stage)


def _stage(status: str, reason: str, outcome: str | None) -> Stage:
    if outcome == OutcomeStatus.CONFIRMED:
        return Stage.CONFIRMED
    if status in SIGNED:
        return Stage.CONTRACTED
    if status == P.DECLINED and reason == DeclineReason.SCOPE:
        return Stage.OUT_OF_SCOPE
    return Stage.CONTACTED
