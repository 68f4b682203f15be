"""Which events other systems are told of: one table from the outbox to the kinds of webhook.

Here and not in `notifications`, because it knows the records of every app. A record that is public
is told to everybody who asked; one that only its parties see, to its parties; one that was public
and is gone, to everybody, since nothing but its number and address is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.urls import reverse

from accounts.models import User
from cases.access import ProjectAccess
from cases.models import Project
from core.access import Access
from core.events import Payload
from core.states import Relation
from demands.access import DemandAccess
from demands.models import Demand
from matching.access import MatchRunAccess
from matching.models import MatchRun
from notifications.enums import WebhookKind as Kind
from notifications.models import WebhookEndpoint
from notifications.services import queue_deliveries
from platforms.access import BookingAccess, CapabilityAccess, PlatformAccess, RecognitionAccess
from platforms.models import Booking, Capability, Platform, Recognition
from policies.access import DocumentAccess, InterpretationAccess, NewsAccess, TopicAccess
from policies.models import Interpretation, News, PolicyDocument, Topic
from reporting.access import PublicationAccess, PublishedListAccess
from reporting.models import Publication, PublishedList


class Audience(Enum):
    """Of those who asked, who is told."""

    READERS = "who may see the record"
    PARTIES = "both sides of it"
    OWNERS = "whose record it is"
    EVERYBODY = "all, as it was public"


RELATIONS = {
    Audience.PARTIES: {Relation.OWNER, Relation.COUNTERPART},
    Audience.OWNERS: {Relation.OWNER},
}


@dataclass(frozen=True)
class Source:
    """Where a kind of record is found: model, rights, REST route and what names it there."""

    model: type[Model]
    access: type[Access]
    route: str
    lookup: str = "slug"


PLATFORM = Source(Platform, PlatformAccess, "platform")
CAPABILITY = Source(Capability, CapabilityAccess, "capability")
DEMAND = Source(Demand, DemandAccess, "demand")
RUN = Source(MatchRun, MatchRunAccess, "matchrun", "pk")
PROJECT = Source(Project, ProjectAccess, "enquiry", "number")
BOOKING = Source(Booking, BookingAccess, "booking", "pk")
RECOGNITION = Source(Recognition, RecognitionAccess, "roster", "verification_code")
PUBLICATION = Source(Publication, PublicationAccess, "publication", "pk")
LIST = Source(PublishedList, PublishedListAccess, "list", "pk")
CONTENT = {
    "policydocument": Source(PolicyDocument, DocumentAccess, "policy"),
    "interpretation": Source(Interpretation, InterpretationAccess, "interpretation"),
    "news": Source(News, NewsAccess, "news"),
    "topic": Source(Topic, TopicAccess, "topic"),
}
Found = Iterable[tuple[Source, Any]]


@dataclass(frozen=True)
class Telling:
    """What becomes of one event: its kind, who is told, and the records (by key) it is about."""

    kind: Kind
    find: Callable[[Payload], Found]
    audience: Audience = Audience.READERS


def _one(source: Source, key: str) -> Callable[[Payload], Found]:
    return lambda payload: [(source, payload[key])]


def _content(payload: Payload) -> Found:
    return [(CONTENT[payload["kind"]], payload["content_id"])]


def _demand_matches(payload: Payload) -> Found:
    """The run, when it found anything new."""
    is_news = payload["capability_ids"] or payload.get("resources")
    return [(RUN, payload["run_id"])] if is_news else []


def _capability_matches(payload: Payload) -> Found:
    """The run for the platform; for each enterprise its demand, whose list has grown."""
    demands = [(DEMAND, pk) for pk in payload["demand_ids"]]
    return [(RUN, payload["run_id"]), *demands] if demands else []


def _shown_before(payload: Payload) -> Found:
    """A demand sent back for changes, where it had been public."""
    rows = Demand.objects.filter(pk=payload["demand_id"], published_at__isnull=False)
    return [(DEMAND, payload["demand_id"])] if rows.exists() else []


READERS, BOTH, OWNERS, ALL = (
    Audience.READERS, Audience.PARTIES, Audience.OWNERS, Audience.EVERYBODY,
)  # fmt: skip
TOLD: dict[str, Telling] = {
    "demands.demand.returned": Telling(Kind.DEMAND_WITHDRAWN, _shown_before, ALL),
    "matching.demand.matched": Telling(Kind.MATCH_LIST_CHANGED, _demand_matches, OWNERS),
    "matching.capability.matched": Telling(Kind.MATCH_LIST_CHANGED, _capability_matches, OWNERS),
    "policies.content.published": Telling(Kind.CONTENT_PUBLISHED, _content),
}
for _kind, _audience, _source, _key, _prefix, _verbs in (
    (Kind.PLATFORM_PUBLISHED, READERS, PLATFORM, "platform_id", "platforms.platform", "published"),
    (Kind.PLATFORM_CHANGED, READERS, PLATFORM, "platform_id", "platforms.platform", "changed"),
    (Kind.PLATFORM_WITHDRAWN, ALL, PLATFORM, "platform_id", "platforms.platform", "withdrawn"),
    (Kind.CAPABILITY_PUBLISHED, READERS, CAPABILITY, "capability_id", "platforms.capability",
     "published"),
    (Kind.CAPABILITY_CHANGED, READERS, CAPABILITY, "capability_id", "platforms.capability",
     "changed"),
    (Kind.CAPABILITY_WITHDRAWN, ALL, CAPABILITY, "capability_id", "platforms.capability",
     "withdrawn"),
    (Kind.DEMAND_PUBLISHED, READERS, DEMAND, "demand_id", "demands.demand", "published"),
    (Kind.DEMAND_CHANGED, READERS, DEMAND, "demand_id", "demands.demand",
     "amended fulfilled expired"),
    (Kind.DEMAND_WITHDRAWN, ALL, DEMAND, "demand_id", "demands.demand", "withdrawn"),
    (Kind.PROJECT_CHANGED, BOTH, PROJECT, "project_id", "cases.project",
     "started quoted declined contracted begun delivered closed cancelled"),
    (Kind.PROJECT_CHANGED, BOTH, PROJECT, "project_id", "cases.message", "sent"),
    (Kind.BOOKING_CHANGED, BOTH, BOOKING, "booking_id", "platforms.booking",
     "asked accepted declined withdrawn cancelled used"),
    (Kind.RECOGNITION_CHANGED, READERS, RECOGNITION, "recognition_id", "platforms.recognition",
     "created moved corrected"),
    (Kind.PUBLICATION_PUBLISHED, READERS, PUBLICATION, "publication_id", "reporting.publication",
     "published"),
    (Kind.LIST_PUBLISHED, READERS, LIST, "list_id", "reporting.list", "published"),
):  # fmt: skip
    for _verb in _verbs.split():
        TOLD[f"{_prefix}.{_verb}"] = Telling(_kind, _one(_source, _key), _audience)


def tell_systems(*, event_id: str, name: str, payload: Payload, now: datetime) -> int:
    """Write a delivery for each endpoint that is told of the event; safe to run twice.

    Returns how many. Nothing is read where nobody asked for the kind.
    """
    telling = TOLD[name]
    if not WebhookEndpoint.objects.told_of(telling.kind).exists():
        return 0
    count = 0
    for source, pk in telling.find(payload):
        record: Any = source.model._default_manager.filter(pk=pk).first()
        if record is None:
            continue
        key = str(getattr(record, source.lookup))
        count += queue_deliveries(
            event_id=event_id, kind=telling.kind, record_id=key, now=now,
            record_url=reverse(f"{source.route}-detail", args=[key]),
            may_know=_rule(telling.audience, source, record),
        )  # fmt: skip
    return count


def _rule(audience: Audience, source: Source, record: Any) -> Callable[[User], bool]:
    """Whether a person may know of the record."""
    if audience in RELATIONS:
        return lambda user: bool(source.access(user).relations(record) & RELATIONS[audience])
    if audience is Audience.EVERYBODY or _sees(source, record, AnonymousUser()):
        return lambda user: True
    return lambda user: _sees(source, record, user)


def _sees(source: Source, record: Any, user: Any) -> bool:
    return source.access(user).visible().filter(pk=record.pk).exists()
