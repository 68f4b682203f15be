"""Reading demands for pages."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import Organisation
from accounts.selectors import history_of, last_reason
from core.activity import sentence
from demands.access import DemandAccess, DisclosureAccess
from demands.enums import DemandStatus, DisclosureStatus
from demands.models import Demand, Disclosure, FullReading, SecrecyPromise

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


@dataclass(frozen=True)
class Reach:
    """One organisation of a confidential demand's circle: what it was granted and promised, and
    who of it read. Without an organisation: people who read by right."""

    disclosure: Disclosure | None
    organisation: Organisation | None
    promise: SecrecyPromise | None
    readings: list[FullReading]

    @property
    def is_waiting(self) -> bool:
        """A request to answer, and nothing yet that was read."""
        row = self.disclosure
        return row is not None and row.status == DisclosureStatus.REQUESTED and not self.readings


def circle(demand: Demand) -> list[Reach]:
    """Who asked for a confidential demand, was granted it, promised and read, the last granted
    first; then who read it by right. Three queries."""
    read = defaultdict(list)
    readings = demand.readings.select_related("reader", "organisation").order_by("first_at", "pk")
    for row in readings:
        read[row.organisation].append(row)
    promises: dict[int, SecrecyPromise] = {}
    for promise in (
        SecrecyPromise.objects.filter(disclosure__demand=demand)
        .order_by("accepted_at", "pk")
        .select_related("person")
    ):
        promises[promise.disclosure_id] = promise
    rows = demand.disclosures.select_related("organisation", "requested_by")
    found = []
    for row in rows.order_by("-status_changed_at", "-pk"):
        row.demand = demand  # already read
        seen = read.pop(row.organisation, [])
        found.append(Reach(row, row.organisation, promises.get(row.pk), seen))
    return found + [Reach(None, one, None, seen) for one, seen in read.items()]


def granted_without_promise(demand: Demand, organisation_id: int | None) -> Disclosure | None:
    """What the organisation was granted of the demand and has never promised secrecy for."""
    rows = Disclosure.objects.never_promised().filter(
        demand=demand, organisation_id=organisation_id
    )
    return rows.select_related("demand").first()


def own_disclosures(access: DemandAccess, demand: Demand) -> list[Disclosure]:
    """Where requests and grants of the reader's organisations stand, with the reason of a no."""
    mine = access.organisation_ids
    if not mine or not demand.is_confidential:
        return []
    rows = demand.disclosures.filter(organisation__in=mine).select_related("organisation")
    found = list(rows.order_by("pk"))
    for row in found:
        row.demand = demand  # already read
        declined = row.status == DisclosureStatus.DECLINED
        row.reason = last_reason(row, "decline") if declined else ""
    return found


def disclosures_with_all(access: DisclosureAccess) -> QuerySet[Disclosure]:
    """Those the reader may know of, with what their pages show."""
    return access.visible().select_related("demand__organisation", "organisation")


def waiting_requests(access: DemandAccess) -> QuerySet[Disclosure]:
    """Requests that wait for the user's answer, the longest waiting first."""
    rows = Disclosure.objects.unanswered().filter(demand__in=access.owned())
    return rows.select_related("demand").order_by("requested_at", "pk")


def waiting_promises(access: DemandAccess) -> QuerySet[Disclosure]:
    """Grants whose promise somebody of the user's organisations is still to accept."""
    rows = Disclosure.objects.sought().filter(
        status=DisclosureStatus.GRANTED, organisation__in=access.organisation_ids
    )
    return rows.select_related("demand").order_by("status_changed_at", "pk")


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
