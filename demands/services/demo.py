"""Invented demands: those behind demo projects, already settled, and the demo enterprise's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.models import Organisation, User
from core.access import SYSTEM
from core.services import settle_events
from demands.enums import Confidentiality, DemandStatus
from demands.models import Demand
from demands.promise import promise_text, text_digest
from demands.services.disclosure import (
    disclose_demand,
    note_full_reading,
    promise_secrecy,
    request_disclosure,
)
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


SECRET_TITLES = ("耐高温聚合物聚合放大（演示需求）", "耐高温聚合物提纯放大（演示需求）")
SECRET = {
    "description": "演示数据：2 L 釜已稳定，需在 50 L 高温聚合釜做三批放大并交付样品。",
    "target_figures": "演示：特性黏度批间差异 ≤ 3%；灰分 ≤ 0.1%。",
    "materials": "演示：单体甲、单体乙、高沸点溶剂",
    "scale_low": Decimal(20), "scale_high": Decimal(50), "scale_unit": "L",
    "confidentiality": Confidentiality.TEASER,
    "teaser": "演示数据：某耐高温聚合物需要 50 L 级放大和样品检测，细节在承诺保密后可见。",
    "promise_note": "演示：样品与数据在项目结束后一并退还。",
    "is_anonymous": True, "contact_name": "演示联系人",
}  # fmt: skip


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


@transaction.atomic
def attach_demo_secrets(
    *, organisation: Organisation, person: User, field: Term | None, reader: User, asker: User,
    now: datetime,
) -> list[Demand]:  # fmt: skip
    """Two confidential demands of the demo enterprise. The platform of `reader` asked, was granted
    and promised secrecy for the first, and read it; that of `asker` waits for the answer. For the
    second `reader` has still to promise.

    Through the services, marked `is_demo` as the enterprise is. Not to be called twice.
    """
    days = [now - timedelta(days=days) for days in (5, 4, 3, 2, 1)]
    home, other = reader.organisations[0], asker.organisations[0]
    opened = []
    for title in SECRET_TITLES:
        demand = create_draft(
            actor=person, organisation=organisation, now=days[0],
            values=SECRET | {"title": title, "field": field},
        )  # fmt: skip
        submit_demand(actor=person, demand=demand, is_secrecy_confirmed=True, now=days[0])
        opened.append(publish_demand(actor=SYSTEM, demand=demand, now=days[0]))
        row = request_disclosure(
            actor=reader, demand=opened[-1], organisation=home, now=days[1],
            note="演示：我们有 50 L 高温聚合釜，想核对温度和物料。",
        )  # fmt: skip
        disclose_demand(actor=person, demand=opened[-1], organisation=home, now=days[2])
        if demand.pk == opened[0].pk:
            text = promise_text(demand=opened[0], organisation=home)
            promise_secrecy(actor=reader, disclosure=row, digest=text_digest(text), now=days[2])
    for moment in (days[2], days[3]):
        note_full_reading(actor=reader, demand=opened[0], now=moment)
    request_disclosure(
        actor=asker, demand=opened[0], organisation=other, now=days[4],
        note="演示：做过同类聚合放大，想看指标要求再判断。",
    )  # fmt: skip
    ids = [demand.pk for demand in opened]
    settle_events(prefix="demands.demand.submitted", key="demand_id", ids=ids, now=now)
    return opened
