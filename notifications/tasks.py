"""Mail, and messages about what happens in accounts (which lies below and cannot notify)."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from core.events import on
from notifications import services
from notifications.services import account_messages


@shared_task(name="notifications.mail", ignore_result=True)
def mail(*, notification_id: int) -> None:
    services.mail_notification(notification_id=notification_id, now=timezone.now())


@shared_task(name="notifications.mail_waiting", expires=240)
def mail_waiting() -> None:
    services.mail_waiting(now=timezone.now())


@on(*account_messages.EVENTS, name="notifications.about_accounts")
def about_accounts(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    account_messages.EVENTS[name](event_id=event_id, now=timezone.now(), **payload)
