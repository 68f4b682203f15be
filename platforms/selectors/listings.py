"""Reading platforms and what they offer: one selector for each page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from itertools import chain
from operator import or_
from typing import Any

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.core.cache import cache
from django.db.models import Count, F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.files import files_of
from core.models import ActivityLog
from core.search import words
from platforms.access import ClaimAccess, ReportAccess, access_to
from platforms.enums import ClaimStatus, ListingStatus, ReportStatus
from platforms.facts import in_words, label_of
from platforms.kinds import KINDS, OFFERS, Kind
from platforms.models import Capability, ListingReport, Platform, PlatformClaim
from taxonomy.models import Region, RegionLevel

CITIES = "platforms:cities"
# words that nearly every capability holds say nothing about likeness
COMMON_WORDS = frozenset({"中试", "服务", "平台", "技术", "验证", "研发", "工艺", "放大", "试验"})


def city_choices() -> list[tuple[str, str]]:
    """(code, name) of every prefecture (cached an hour)."""

    def read() -> list[tuple[str, str]]:
        rows = Region.objects.active().filter(level=RegionLevel.CITY).order_by("pinyin_key")
        return list(rows.values_list("code", "name"))

    return cache.get_or_set(CITIES, read, 3600) or []


def fresh_since(now: datetime) -> datetime:
    """What was confirmed after this moment is fresh."""
    return now - timedelta(days=settings.CONFIRM_EVERY_DAYS)


def platform_rows(rows: QuerySet[Platform]) -> QuerySet[Platform]:
    """Platforms ready for the directory, with `capability_count`, best kept first."""
    shown = (
        Capability.objects.published()
        .filter(platform=OuterRef("pk"))
        .order_by()
        .values("platform")
        .annotate(n=Count("pk"))
    )
    return (
        rows.select_related(
            "region__parent", "kind", "level", "host_type", "run_status", "organisation"
        )
        .prefetch_related("fields")
        .annotate(capability_count=Coalesce(Subquery(shown.values("n")), 0))
        .order_by(F("confirmed_at").desc(nulls_last=True), "-completeness", "pinyin_key", "pk")
    )


def capability_rows(rows: QuerySet[Capability]) -> QuerySet[Capability]:
    """Capabilities ready for the directory, best kept first."""
    return (
        rows.select_related("platform__region__parent", "field")
        .prefetch_related("service_types", "certificates")
        .order_by(F("confirmed_at").desc(nulls_last=True), "-completeness", "pk")
    )


def resource_rows(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Equipment, lines, experts or solutions ready for their directory."""
    ordered = rows.select_related("platform__region__parent")
    return ordered.order_by(F("confirmed_at").desc(nulls_last=True), "-completeness", "pk")


def capability_in_full(rows: QuerySet[Capability]) -> QuerySet[Capability]:
    """Capabilities with everything that their page or a comparison shows."""
    return rows.select_related(
        "platform__region__parent", "field", "industry", "process_kind", "hazard_class", "ip_terms"
    ).prefetch_related(
        "parameters", "service_types", "service_modes", "verification_types", "certificates",
        "equipment",
    )  # fmt: skip


def platform_in_full(rows: QuerySet[Platform]) -> QuerySet[Platform]:
    """Platforms with everything that their page shows."""
    return rows.select_related(
        "region__parent", "organisation", "kind", "level", "host_type", "operation_mode",
        "governance", "inclusion_basis", "build_type", "run_status",
    ).prefetch_related("fields")  # fmt: skip


@dataclass(frozen=True)
class PlatformOffers:
    """What a visitor sees of a platform's offers, each list by name."""

    capabilities: list[Any]
    equipment: list[Any]
    lines: list[Any]
    experts: list[Any]
    solutions: list[Any]


def platform_offers(platform: Platform) -> PlatformOffers:
    """Published offers of `platform`. Five queries and two prefetches."""
    published = {
        kind.key: kind.model._default_manager.filter(
            platform=platform, status=ListingStatus.PUBLISHED
        ).order_by("-completeness", "pk")
        for kind in OFFERS
    }
    published["capabilities"] = (
        published["capabilities"]
        .select_related("field")
        .prefetch_related("service_types", "certificates")
    )
    published["experts"] = published["experts"].filter(consented_at__isnull=False)
    offers = {key: list(rows) for key, rows in published.items()}
    for offer in chain(*offers.values()):
        offer.platform = platform  # known already: no query for each
    return PlatformOffers(**offers)


def similar_capabilities(capability: Capability, limit: int = 5) -> list[Capability]:
    """Public capabilities of other platforms that share telling words of the title."""
    telling = [w for w in words(capability.title) if len(w) > 1 and w not in COMMON_WORDS]
    if not telling:
        return []
    query = reduce(or_, (SearchQuery(w, config="simple", search_type="plain") for w in telling))
    rows = (
        Capability.objects.shown()
        .exclude(platform=capability.platform_id)
        .filter(search=query)
        .annotate(rank=SearchRank(F("search"), query))
        .select_related("platform__region")
    )
    return list(rows.order_by("-rank", "-completeness", "pk")[:limit])


def parameter_lines(compared: list[Capability]) -> list[tuple[str, list[str]]]:
    """Parameters of the compared capabilities by name; empty text where one has none."""
    sheets = [{row.name: row.value_display for row in item.parameters.all()} for item in compared]
    names = dict.fromkeys(name for sheet in sheets for name in sheet)
    return [(name, [sheet.get(name, "") for sheet in sheets]) for name in names]


def managed_counts(platform: Platform) -> dict[str, int]:
    """How many offers of each kind the platform has in its workbench."""
    return {
        kind.key: kind.model._default_manager.filter(platform=platform).count() for kind in OFFERS
    }


def activity_of(platform: Platform, limit: int = 12) -> list[ActivityLog]:
    """What was done to the platform and its offers, newest first."""
    condition = Q(target_type="platforms.platform", target_id=str(platform.pk))
    for kind in OFFERS:
        ids = kind.model._default_manager.filter(platform=platform).values_list("pk", flat=True)
        condition |= Q(
            target_type=kind.model._meta.label_lower, target_id__in=[str(pk) for pk in ids]
        )
    return list(ActivityLog.objects.filter(condition).order_by("-at", "-pk")[:limit])


@dataclass(frozen=True)
class Waiting:
    """A row of the review queue."""

    kind: Kind
    listing: Any

    @property
    def key(self) -> str:
        return f"{self.kind.key}:{self.listing.pk}"


def waiting_listings(user: Any, limit: int = 200) -> list[Waiting]:
    """Listings in the user's regions that wait for review, the oldest `limit`, oldest first."""
    found: list[Waiting] = []
    for kind in KINDS.values():
        rows = access_to(kind.model, user).reviewable()
        related = "region" if kind.model is Platform else "platform__region"
        oldest = rows.select_related(related).order_by("status_changed_at", "pk")[:limit]
        found.extend(Waiting(kind, row) for row in oldest)
    found.sort(key=lambda waiting: (waiting.listing.status_changed_at, waiting.key))
    return found[:limit]


@dataclass(frozen=True)
class Difference:
    label: str
    before: str
    after: str


UNTOLD = {"status", "status_changed_at", "confirmed_at", "created_at", "pinyin_key", "slug", "id"}


def differences(listing: Any) -> list[Difference]:
    """What differs from the version last published, by the row history; empty for a first one."""
    events = listing.pgh_event_model.objects.filter(
        pgh_obj_id=listing.pk, status=ListingStatus.PUBLISHED
    )
    before = events.order_by("-pgh_id").first()
    if before is None:
        return []
    found = []
    for field in listing._meta.concrete_fields:
        if field.name in UNTOLD or not hasattr(before, field.attname):
            continue
        old, new = getattr(before, field.attname), getattr(listing, field.attname)
        if old != new:
            found.append(
                Difference(
                    label_of(listing, field.name),
                    _told(field, before, old),
                    in_words(getattr(listing, field.name)),
                )
            )
    return found


def _told(field: Any, row: Model, value: Any) -> str:
    """The old value in words; a reference by the name it has today."""
    if field.is_relation and value is not None:
        return str(field.related_model._default_manager.filter(pk=value).first() or value)
    return in_words(value)


def waiting_claims(user: Any) -> list[PlatformClaim]:
    """Claims in the user's regions that wait for a decision, oldest first, with `evidence`."""
    rows = ClaimAccess(user).visible().filter(status=ClaimStatus.PENDING)
    claims = list(
        rows.select_related("platform__region", "organisation", "claimed_by").order_by(
            "created_at", "pk"
        )
    )
    for claim in claims:
        claim.evidence = files_of(claim)
    return claims


def open_reports(user: Any) -> QuerySet[ListingReport]:
    """Reports that nobody dealt with, oldest first."""
    rows = ReportAccess(user).visible().filter(status=ReportStatus.OPEN)
    return rows.select_related("platform__region", "reported_by").order_by("created_at", "pk")


def managed_offers(platform: Platform, model: type[Any]) -> QuerySet[Any]:
    """Every offer of one kind, drafts and all, for the workbench."""
    rows = model._default_manager.filter(platform=platform).select_related("platform__organisation")
    return rows.order_by("status", "-updated_at", "pk")


def overdue_offers(platform: Platform, *, now: datetime) -> list[Waiting]:
    """Published offers of the platform that want confirming."""
    return [
        Waiting(kind, row)
        for kind in OFFERS
        for row in kind.model._default_manager.filter(platform=platform)
        .overdue(since=fresh_since(now))
        .order_by("confirmed_at", "pk")
    ]


def _overdue(user: Any, kind: Kind, *, now: datetime) -> QuerySet[Any]:
    access = access_to(kind.model, user)
    rows = kind.model._default_manager.filter(access.own() | access.watched())
    return rows.overdue(since=fresh_since(now))


def overdue_counts(user: Any, *, now: datetime) -> int:
    """How many published rows that the user runs or watches want confirming."""
    return sum(_overdue(user, kind, now=now).count() for kind in KINDS.values())


def overdue_listings(user: Any, *, now: datetime, limit: int = 200) -> list[Waiting]:
    """Published rows that the user runs or watches and nobody confirmed in time, stalest first."""
    found: list[Waiting] = []
    for kind in KINDS.values():
        prefix = "" if kind.model is Platform else "platform__"
        related = (f"{prefix}region", f"{prefix}organisation")
        rows = _overdue(user, kind, now=now).select_related(*related)
        oldest = rows.order_by(F("confirmed_at").asc(nulls_first=True), "pk")[:limit]
        found.extend(Waiting(kind, row) for row in oldest)
    never = datetime.min.replace(tzinfo=now.tzinfo)
    found.sort(key=lambda waiting: (waiting.listing.confirmed_at or never, waiting.key))
    return found[:limit]
