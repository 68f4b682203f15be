"""Invented demands behind demo projects: already settled, so that no list of open ones grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Organisation, User
from demands.enums import DemandStatus
from demands.models import Demand
from demands.services.posting import demand_search, process_kind_of
from taxonomy.models import Term


@dataclass(frozen=True)
class DemoDemand:
    """What a demo enterprise asked for, and when it was settled."""

    title: str
    description: str
    field: Term | None
    organisation: Organisation
    person: User
    published_at: datetime
    settled_at: datetime


@transaction.atomic
def load_demo_demands(*, demands: Sequence[DemoDemand]) -> list[Demand]:
    """Write them as fulfilled, marked `is_demo`, in the order given. One statement."""
    start = Demand.objects.filter(slug__startswith="demo-demand-").count()
    rows = [
        Demand(
            slug=f"demo-demand-{number:04d}", title=row.title, description=row.description,
            field=row.field, organisation=row.organisation, posted_by=row.person,
            region=row.organisation.region, published_at=row.published_at,
            status=DemandStatus.FULFILLED, status_changed_at=row.settled_at, is_demo=True,
        )
        for number, row in enumerate(demands, start + 1)
    ]  # fmt: skip
    for row in rows:
        row.process_kind = process_kind_of(row)
        row.search = demand_search(row)
    return Demand.objects.bulk_create(rows)
