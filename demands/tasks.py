"""Scheduled work of demands, and what people are told when one changes."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from core.events import on
from demands import services
from demands.services import disclosure_messages, messages


@shared_task(name="demands.expire_demands", expires=3600)
def expire_demands() -> None:
    services.expire_demands(now=timezone.now())


@on("demands.demand.submitted", name="demands.tell_reviewers")
def tell_reviewers(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    messages.tell_reviewers(demand_id=payload["demand_id"], event_id=event_id, now=timezone.now())


@on(*messages.TO_OWNER, name="demands.tell_owner")
def tell_owner(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    messages.tell_owner(
        name=name, demand_id=payload["demand_id"], event_id=event_id, now=timezone.now()
    )


@on(*disclosure_messages.EVENTS, name="demands.tell_disclosure")
def tell_disclosure(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    disclosure_messages.tell_disclosure(event_id=event_id, name=name, now=timezone.now(), **payload)


@shared_task(name="demands.remind_disclosures", expires=3000)
def remind_disclosures() -> None:
    services.remind_disclosures(now=timezone.now())
