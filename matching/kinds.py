"""Which model is matched under which name."""

from __future__ import annotations

from typing import Any

from demands.models import Demand
from matching.enums import ResourceKind, Side
from platforms.models import Capability, Equipment, Expert, Line, Solution

KIND_OF: dict[type[Any], ResourceKind] = {
    Equipment: ResourceKind.EQUIPMENT,
    Line: ResourceKind.LINE,
    Expert: ResourceKind.EXPERT,
    Solution: ResourceKind.SOLUTION,
}
MODEL_OF: dict[str, type[Any]] = {
    Side.CAPABILITY: Capability,
    Side.DEMAND: Demand,
    **{kind: model for model, kind in KIND_OF.items()},
}


def resource_fields(resource: Any) -> dict[str, Any]:
    """The fields by which a row names a resource or solution (`matching.models.OfResource`)."""
    return {"resource_kind": KIND_OF[type(resource)].value, "resource_id": resource.pk}


def offer_fields(offer: Any | None) -> dict[str, Any]:
    """The fields by which a row names a capability, resource or solution, or none of them."""
    if offer is None or isinstance(offer, Capability):
        return {"capability": offer, "resource_kind": "", "resource_id": None}
    return {"capability": None} | resource_fields(offer)
