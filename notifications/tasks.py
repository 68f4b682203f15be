"""Mail, webhooks, and messages about accounts (which lie below and cannot notify)."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from core.events import on
from notifications import services
from notifications.services import account_messages

AT_ONCE = 100


@shared_task(name="notifications.mail", ignore_result=True)
def mail(*, notification_id: int) -> None:
    services.mail_notification(notification_id=notification_id, now=timezone.now())


@shared_task(name="notifications.mail_digest", ignore_result=True)
def mail_digest(*, user_id: int) -> None:
    services.mail_digest(user_id=user_id, now=timezone.now())


@shared_task(name="notifications.mail_waiting", expires=240)
def mail_waiting() -> None:
    services.mail_waiting(now=timezone.now())


@shared_task(name="notifications.send_webhooks", ignore_result=True)
def send_webhooks(*, endpoint_id: int) -> None:
    for _ in range(AT_ONCE):  # then the sweep goes on, so that others get their turn
        if not services.send_next(endpoint_id=endpoint_id, now=timezone.now()):
            return


@shared_task(name="notifications.sweep_webhooks", expires=60)
def sweep_webhooks() -> None:
    services.sweep_webhooks(now=timezone.now())


@shared_task(name="notifications.forget_deliveries", expires=3600)
def forget_deliveries() -> None:
    services.forget_deliveries(now=timezone.now())


@on(*account_messages.EVENTS, name="notifications.about_accounts")
def about_accounts(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    account_messages.EVENTS[name](event_id=event_id, now=timezone.now(), **payload)


@on("accounts.user.closed", name="notifications.forget_person")
def forget_person(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    services.forget_person(user_id=payload["user_id"])
