"""Demands that another portal has published: made here as from there, and kept up to date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from core.services import assign, assign_many, check_record, emit, lock, log_activity
from demands.access import DemandAccess
from demands.enums import DemandStatus
from demands.models import Demand
from demands.services.posting import LIST_FIELDS, demand_search, new_slug, process_kind_of


@transaction.atomic
def receive_demand(*, actor: Any, values: Mapping[str, Any], now: datetime) -> Demand:
    """Publish what another portal has published and reviewed, and emit its publication.

    `values` hold its source and `published_at` too; of a confidential one only what is public
    there. Raises Refused, or DomainError `invalid` naming the field.
    """
    demand = Demand(slug=new_slug(now=now), status=DemandStatus.OPEN, status_changed_at=now)
    DemandAccess(actor).require("receive", demand)
    _write(demand, {"published_at": now, **values})
    log_activity(actor=actor, action="demands.demand.receive", target=demand, now=now)
    emit("demands.demand.published", demand_id=demand.pk)
    return demand


@transaction.atomic
def update_received(
    *, actor: Any, demand: Demand, values: Mapping[str, Any], now: datetime
) -> Demand:
    """Bring fields of an open demand to what the other portal says, and emit the amendment.

    Raises Refused, or DomainError `invalid` naming the field.
    """
    locked = lock(demand)
    DemandAccess(actor).require("receive", locked)
    data = {"fields": _write(locked, values)}
    log_activity(actor=actor, action="demands.demand.amend", target=locked, now=now, data=data)
    emit("demands.demand.amended", demand_id=locked.pk)
    return locked


def _write(demand: Demand, values: Mapping[str, Any]) -> list[str]:
    changed = assign(demand, {n: v for n, v in values.items() if n not in LIST_FIELDS})
    demand.process_kind = process_kind_of(demand)
    check_record(demand, exclude={"search"})
    demand.search = demand_search(demand)
    demand.save()
    return changed + assign_many(demand, values, LIST_FIELDS)
