"""Reactions that span apps: telling other systems."""

from __future__ import annotations

from django.utils import timezone

from core.events import Payload, on
from portal import webhooks


@on(*webhooks.TOLD, name="portal.tell_systems")
def tell_systems(*, event_id: str, name: str, payload: Payload) -> None:
    webhooks.tell_systems(event_id=event_id, name=name, payload=payload, now=timezone.now())
