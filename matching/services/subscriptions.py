"""Wishes to be told, and the telling."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.selectors import brokers_for_region
from core.errors import DomainError
from core.search import search_rows
from demands.models import Demand
from matching.access import (
    CapabilityMatchesAccess,
    DemandMatchesAccess,
    ResourceMatchesAccess,
    SubscriptionAccess,
)
from matching.enums import ResourceKind, Side
from matching.kinds import MODEL_OF, offer_fields
from matching.models import MatchList, MatchRun, Subscription
from notifications.services import notify
from platforms.models import Capability
from taxonomy.models import Region, Term

MAX_SEARCHES = 20


@transaction.atomic
def subscribe(
    *,
    actor: Any,
    now: datetime,
    demand: Demand | None = None,
    capability: Capability | None = None,
    resource: Any = None,
    words: str = "",
    field: Term | None = None,
    region: Region | None = None,
) -> Subscription:
    """Ask to be told of new matches of a demand, a capability, or a resource or solution, or of
    new capabilities that a saved search finds. Asking twice is asking once. Raises Refused or
    DomainError."""
    SubscriptionAccess(actor).require("create")
    if demand is not None:
        DemandMatchesAccess(actor).require("subscribe", demand)
    elif capability is not None:
        CapabilityMatchesAccess(actor).require("subscribe", capability)
    elif resource is not None:
        ResourceMatchesAccess(actor).require("subscribe", resource)
    else:
        words = " ".join(words.split())
        if not (words or field or region):
            raise DomainError("empty_search", "请填写关键词，或选择领域、地区。", "words")
        if Subscription.objects.searches().filter(user=actor).count() >= MAX_SEARCHES:
            raise DomainError("too_many", f"最多保存 {MAX_SEARCHES} 个搜索，请先取消一些。")
    found, _ = Subscription.objects.get_or_create(
        user=actor,
        demand=demand,
        words=words,
        field=field,
        region=region,
        **offer_fields(capability or resource),
    )
    return found


@transaction.atomic
def unsubscribe(*, actor: Any, subscription: Subscription, now: datetime) -> None:
    """Stop being told."""
    SubscriptionAccess(actor).require("cancel", subscription)
    subscription.delete()


def tell_of_demand(
    *,
    event_id: str,
    run: MatchRun,
    demand: Demand,
    capability_ids: Collection[int],
    resources: Collection[tuple[str, int]],
    now: datetime,
) -> None:
    """Tell the demand's poster of the outcome, and who subscribed to the capabilities, resources
    and solutions (kind and key) that it fits.

    A run that a person started is on that person's screen: the poster is not told again. Nor is
    one told that nothing was added to a list that has something suitable.
    """
    url = reverse("matching:demand", args=[demand.slug])
    count = len(capability_ids)
    has_list = MatchList.objects.filter(demand=demand, relevant_count__gt=0).exists()
    is_news = bool(count or resources) or not has_list
    if demand.posted_by and run.owner_id is None and is_news:
        body = f"系统为“{demand.title}”找到 {count} 项新的合适能力，每项都有理由和条件核对。"
        if resources:
            body += f"另有 {len(resources)} 项设备、中试线、专家或方案与它相关。"
        elif not count:
            body = f"“{demand.title}”暂未发现合适的能力，页面上有放宽条件的建议和其他办法。"
        notify(
            users=[demand.posted_by],
            kind="matching.demand_matched",
            title="需求匹配完成",
            body=body,
            url=url,
            event_id=event_id,
            now=now,
        )
    offers = Capability.objects.in_bulk(capability_ids)
    rows = Subscription.objects.filter(capability__in=capability_ids)
    for row in rows.select_related("user").order_by("pk"):
        offer = offers[row.capability_id]
        notify(
            users=[row.user],
            kind=f"matching.new_demand.{offer.pk}",
            title="有新需求适合您的能力",
            body=f"“{offer.title}”有一条新的合适需求，可查看理由后跟进。",
            url=reverse("matching:capability", args=[offer.slug]),
            event_id=event_id,
            now=now,
        )
    for kind in ResourceKind:
        ids = [pk for name, pk in resources if name == kind]
        _tell_of_resources(event_id=event_id, kind=kind, ids=ids, now=now)


def _tell_of_resources(
    *, event_id: str, kind: ResourceKind, ids: Collection[int], now: datetime
) -> None:
    """Tell who subscribed to resources of `kind` that a new demand fits."""
    listings = MODEL_OF[kind]._default_manager.select_related("platform").in_bulk(ids)
    rows = Subscription.objects.filter(resource_kind=kind, resource_id__in=listings)
    for row in rows.select_related("user").order_by("pk"):
        listing = listings[row.resource_id or 0]
        if not ResourceMatchesAccess(row.user).can("view", listing):
            continue
        notify(
            users=[row.user],
            kind=f"matching.new_demand.{kind.value}.{listing.pk}",
            title=f"有新需求适合您的{kind.label}",
            body=f"“{listing}”有一条新的合适需求，可查看理由后跟进。",
            url=reverse("matching:suited", args=[kind.value, listing.slug]),
            event_id=event_id,
            now=now,
        )


def tell_of_offer(
    *, event_id: str, kind: str, offer: Any, demand_ids: Collection[int], now: datetime
) -> None:
    """Tell who subscribed to the demands that a new or changed capability (`kind`: capability),
    resource or solution fits."""
    demands = Demand.objects.open().in_bulk(demand_ids)
    is_capability = kind == Side.CAPABILITY
    label = "能力" if is_capability else ResourceKind(kind).label
    rows = Subscription.objects.filter(demand__in=demands).select_related("user")
    for row in rows.order_by("pk"):
        demand = demands[row.demand_id]
        if not DemandMatchesAccess(row.user).can("view", demand):
            continue
        url = reverse("matching:demand", args=[demand.slug])
        notify(
            users=[row.user],
            kind=f"matching.new_{kind}.{demand.pk}",
            title=f"有新{label}适合您的需求",
            body=f"“{offer}”（{offer.platform}）适合“{demand.title}”。",
            url=url if is_capability else f"{url}?kind={kind}",
            event_id=event_id,
            now=now,
        )


def tell_of_search(*, event_id: str, capability: Capability, now: datetime) -> None:
    """Tell whose saved search finds a capability that was just published."""
    rows = Subscription.objects.searches().select_related("user", "field", "region")
    for row in rows.order_by("pk"):
        if not _finds(row, capability):
            continue
        notify(
            users=[row.user],
            kind=f"matching.search.{row.pk}",
            title="您保存的搜索有新能力",
            body=f"“{capability.title}”（{capability.platform}）刚刚发布。",
            url=capability.get_absolute_url(),
            event_id=event_id,
            now=now,
        )


def _finds(search: Subscription, capability: Capability) -> bool:
    if search.field_id and search.field_id != capability.field_id:
        return False
    if search.region and not search.region.contains(capability.platform.region_id):
        return False
    if not search.words:
        return True
    return bool(search_rows(Capability.objects.filter(pk=capability.pk), search.words).exists())


def tell_brokers(*, event_id: str, demand: Demand, person: User, now: datetime) -> None:
    """Tell the nearest brokers that somebody asks for their help with a demand."""
    notify(
        users=brokers_for_region(demand.region_id or ""),
        kind="matching.help_requested",
        title="企业请求对接协助",
        body=f"{person.name}请您协助“{demand.title}”找到合适的平台。",
        url=reverse("matching:demand", args=[demand.slug]),
        event_id=event_id,
        now=now,
    )
