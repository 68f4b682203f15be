"""What spans apps: telling other systems, counting the directories."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.events import Payload, on
from portal import webhooks
from portal.services import directories


@on(*webhooks.TOLD, name="portal.tell_systems")
def tell_systems(*, event_id: str, name: str, payload: Payload) -> None:
    webhooks.tell_systems(event_id=event_id, name=name, payload=payload, now=timezone.now())


@shared_task(name="portal.count_directories", expires=200)
def count_directories() -> None:
    directories.count_directories()
