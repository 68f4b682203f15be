"""Scheduled work of demands and what people are told when one changes."""

from celery import shared_task
from django.utils import timezone

from demands import services


@shared_task(name="demands.expire_demands", queue="default", expires=3600)
def expire_demands() -> None:
    services.expire_demands(now=timezone.now())
