"""Who wants to be told of what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from matching.access import SubscriptionAccess
from matching.enums import ResourceKind
from matching.kinds import MODEL_OF
from matching.models import Subscription


@dataclass(frozen=True, slots=True)
class SubscriptionLine:
    """A subscription in words; `url` is the page of its matches, empty for a saved search."""

    subscription: Subscription
    label: str
    kind: str
    url: str


def is_subscribed(*, user: Any, **subject: Any) -> bool:
    """Whether `user` asked to be told of new matches of a demand, capability or resource."""
    return SubscriptionAccess(user).visible().filter(**subject).exists()


def subscription_lines(user: Any) -> list[SubscriptionLine]:
    """What `user` asked to be told of, newest first. One query a kind of resource at most."""
    rows = SubscriptionAccess(user).visible()
    found = list(rows.select_related("demand", "capability", "field", "region").order_by("-pk"))
    resources: dict[tuple[str, int], Any] = {}
    for kind in sorted({row.resource_kind for row in found if row.resource_kind}):
        ids = [row.resource_id for row in found if row.resource_kind == kind]
        for listing in MODEL_OF[kind]._default_manager.filter(pk__in=ids):
            resources[kind, listing.pk] = listing
    return [_line(row, resources) for row in found]


def _line(row: Subscription, resources: dict[tuple[str, int], Any]) -> SubscriptionLine:
    if row.demand is not None:
        url = reverse("matching:demand", args=[row.demand.slug])
        return SubscriptionLine(row, str(row.demand), "需求的新匹配", url)
    if row.capability is not None:
        url = reverse("matching:capability", args=[row.capability.slug])
        return SubscriptionLine(row, str(row.capability), "能力的新需求", url)
    if row.resource_id is not None:
        label = str(ResourceKind(row.resource_kind).label)
        listing = resources.get((row.resource_kind, row.resource_id))
        if listing is None:
            return SubscriptionLine(row, f"已删除的{label}", f"{label}的新需求", "")
        url = reverse("matching:suited", args=[row.resource_kind, listing.slug])
        return SubscriptionLine(row, str(listing), f"{label}的新需求", url)
    words = [row.words, *(str(part) for part in (row.field, row.region) if part)]
    return SubscriptionLine(row, " ".join(word for word in words if word), "保存的搜索", "")
