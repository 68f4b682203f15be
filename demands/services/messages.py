"""What people are told when a demand changes; called by the reactions in demands/tasks.py."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.urls import reverse

from accounts.models import User
from accounts.selectors import brokers_for_region, last_reason, staff_for_region
from demands.models import Demand
from notifications.services import notify

# event → (title, body) for the person who posted the demand
TO_OWNER = {
    "demands.demand.published": (
        "需求“{title}”已发布",
        "系统已开始匹配平台，结果会显示在需求页面。有效期至 {expires}。",
    ),
    "demands.demand.returned": ("需求“{title}”需要修改", "退回原因：{reason}"),
    "demands.demand.expired": (
        "需求“{title}”已到期下架",
        "仍有需要时，可以在需求页面重新编辑后再次提交。",
    ),
}


def tell_reviewers(*, demand_id: int, event_id: UUID | str, now: datetime) -> int:
    """Tell the nearest staff and brokers that a demand waits for review; return how many."""
    demand = Demand.objects.select_related("organisation").filter(pk=demand_id).first()
    if demand is None:
        return 0
    return notify(
        users=_reviewers(demand),
        event_id=event_id,
        kind="demands.review",
        title=f"新需求待审核：{demand}",
        body=f"{demand.shown_organisation}提交了需求，请核对后发布或退回。",
        url=reverse("demands:review"),
        now=now,
    )


def tell_owner(*, name: str, demand_id: int, event_id: UUID | str, now: datetime) -> int:
    """Tell the person who posted the demand what became of it; nobody for starting data."""
    demand = Demand.objects.select_related("posted_by").filter(pk=demand_id).first()
    if demand is None or demand.posted_by is None:
        return 0
    title, body = TO_OWNER[name]
    facts = {
        "title": str(demand),
        "expires": demand.expires_date or "长期",
        "reason": last_reason(demand, "return"),
    }
    return notify(
        users=[demand.posted_by],
        event_id=event_id,
        kind=name,
        title=title.format(**facts),
        body=body.format(**facts),
        url=demand.get_absolute_url(),
        now=now,
    )


def _reviewers(demand: Demand) -> list[User]:
    """Staff and brokers of the demand's region, or, when nobody works there, of its owner's."""
    home = demand.organisation.region_id if demand.organisation else None
    for code in (demand.region_id, home):
        people = [*staff_for_region(code), *brokers_for_region(code)] if code else []
        if people:
            return people
    return []
