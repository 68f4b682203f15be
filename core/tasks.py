"""Kernel tasks: deliver events, sweep what was left, seal the activity log."""

from celery import shared_task
from django.utils import timezone

from core import services


@shared_task(name="core.dispatch_event")
def dispatch_event(*, event_id: str) -> None:
    services.deliver_event(event_id=event_id, now=timezone.now())


@shared_task(name="core.sweep_events", expires=60)
def sweep_events() -> None:
    services.sweep_events(now=timezone.now())


@shared_task(name="core.seal_activity_log", expires=600)
def seal_activity_log() -> None:
    services.seal_activity_log(now=timezone.now())
