"""Chains over messages and webhooks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q

from notifications.enums import WebhookStatus

MAIL_FOR = timedelta(days=2)  # older messages are not mailed any more: late news is no news


class NotificationQuerySet(models.QuerySet[Any]):
    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at__isnull=True)

    def to_mail(self, *, now: datetime) -> NotificationQuerySet:
        """Messages to be mailed by now: recent, to active people, who have not read meanwhile
        what was held back. Demo people have no mailbox."""
        is_news = Q(read_at__isnull=True) | Q(mail_at__lte=F("created_at"))
        return self.filter(
            is_news,
            mailed_at__isnull=True,
            mail_at__lte=now,
            mail_at__gt=now - MAIL_FOR,
            user__is_active=True,
            user__is_demo=False,
        )


class WebhookEndpointQuerySet(models.QuerySet[Any]):
    def told_of(self, kind: str) -> WebhookEndpointQuerySet:
        """Endpoints in use, of people who may sign in, that ask for `kind`."""
        return self.filter(is_active=True, kinds__contains=[kind], user__is_active=True)

    def to_send(self, *, now: datetime) -> WebhookEndpointQuerySet:
        """Endpoints that nobody is sending to now."""
        free = Q(busy_until__isnull=True) | Q(busy_until__lte=now)
        return self.filter(free, is_active=True, user__is_active=True)


class WebhookDeliveryQuerySet(models.QuerySet[Any]):
    def due(self, *, now: datetime) -> WebhookDeliveryQuerySet:
        return self.filter(status=WebhookStatus.WAITING, due_at__lte=now)
