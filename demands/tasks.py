"""Scheduled work of demands, and what people are told when one changes."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from core.events import on
from demands import services
from demands.services import messages


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
