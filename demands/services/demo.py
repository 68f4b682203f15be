"""Invented demands: those behind demo projects, already settled, and the demo enterprise's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Organisation, User
from core.access import SYSTEM
from demands.enums import DemandStatus
from demands.models import Demand
from demands.services.lifecycle import publish_demand, submit_demand
from demands.services.posting import create_draft, demand_search, process_kind_of
from taxonomy.models import Term

# how many days ago, title, text: the first stays a draft, the last is published
OWN = (
    (1, "水性导电涂料小批量试制（演示需求）", "演示数据：先存为草稿，规模和预算待补。"),
    (2, "电子级环氧树脂百公斤级放大（演示需求）",
     "演示数据：小试产品纯度已达要求，寻求百公斤级合成放大、水洗纯化和三批验证。"),
    (6, "聚酰亚胺薄膜涂布中试（演示需求）",
     "演示数据：寻求连续涂布和亚胺化中试线，幅宽 300 毫米以上，交付样卷和检测报告。"),
)  # fmt: skip


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


@transaction.atomic
def attach_demo_demands(
    *, organisation: Organisation, person: User, field: Term | None, now: datetime
) -> Demand:
    """A draft, one in review and one that is open, of the demo enterprise; the open one.

    Through the services, marked `is_demo` as the enterprise is. Not to be called twice.
    """
    made = [
        create_draft(
            actor=person, organisation=organisation, now=now - timedelta(days=days),
            values={"title": title, "description": description, "field": field},
        )
        for days, title, description in OWN
    ]  # fmt: skip
    for demand in made[1:]:
        submit_demand(actor=person, demand=demand, is_secrecy_confirmed=True,
                      now=now - timedelta(days=1))  # fmt: skip
    return publish_demand(actor=SYSTEM, demand=made[-1], now=now)
