"""Reading demands for pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.selectors import history_of
from core.activity import sentence
from demands.access import DemandAccess
from demands.enums import DemandStatus
from demands.models import Demand, Disclosure

# states shown on the way of a demand from draft to its end
WAY = (
    (DemandStatus.DRAFT, "填写"),
    (DemandStatus.IN_REVIEW, "审核"),
    (DemandStatus.OPEN, "征集与匹配"),
    (DemandStatus.FULFILLED, "对接成功"),
)


@dataclass(frozen=True)
class Happening:
    """One line of a demand's history, as its owner reads it."""

    at: datetime
    who: str
    what: str
    reason: str
    note: str


def demand_for_page(access: DemandAccess) -> QuerySet[Demand]:
    """Visible demands with everything a page about one of them shows."""
    return (
        access.visible()
        .select_related("organisation__region", "field", "process_kind", "stage", "region__parent")
        .select_related("wanted_region", "hazard_class", "posted_by")
        .prefetch_related("service_types", "certificates")
    )


def history(demand: Demand) -> list[Happening]:
    """What was done to the demand and who read its confidential text, the newest first."""
    return [
        Happening(row.at, row.actor_name, sentence(row.action), row.reason, _note(row.data))
        for row in history_of(demand)[:100]
    ]


def _note(data: dict[str, Any]) -> str:
    if "organisation" in data:
        return str(data["organisation"])
    names = [_label(name) for name in data.get("fields", ())]
    return "修改了" + "、".join(names) if names else ""


def _label(name: str) -> str:
    return str(getattr(Demand._meta.get_field(name), "verbose_name", name))


def disclosures(demand: Demand) -> QuerySet[Disclosure]:
    """Who may read the demand in full now, by name."""
    rows = demand.disclosures.filter(revoked_at__isnull=True).select_related("organisation")
    return rows.order_by("organisation__name", "pk")


def drafts(access: DemandAccess) -> QuerySet[Demand]:
    """The user's demands that still want work: drafts and returned ones, the last touched first."""
    rows = access.owned().filter(status__in=[DemandStatus.DRAFT, DemandStatus.RETURNED])
    return rows.order_by("-updated_at", "-pk")


def way(demand: Demand) -> list[dict[str, str]]:
    """Where the demand is on its way, for c-steps; empty when it left the way."""
    order = [status for status, _label in WAY]
    status = DemandStatus(demand.status)
    if status == DemandStatus.RETURNED:
        status = DemandStatus.DRAFT
    if status not in order:
        return []
    here = order.index(status)
    return [
        {"label": label, "state": "done" if i < here else "current" if i == here else "todo"}
        for i, (_status, label) in enumerate(WAY)
    ]
