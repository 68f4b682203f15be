"""Chains over messages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

MAIL_FOR = timedelta(days=2)  # older messages are not mailed any more: late news is no news


class NotificationQuerySet(models.QuerySet[Any]):
    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at__isnull=True)

    def to_mail(self, *, now: datetime) -> NotificationQuerySet:
        """Messages still to be mailed: not yet sent, recent, to active people who want mail.

        Demo people have no mailbox.
        """
        wants = Q(user__notification_preference__isnull=True) | Q(
            user__notification_preference__wants_mail=True
        )
        return self.filter(
            wants,
            mailed_at__isnull=True,
            created_at__gt=now - MAIL_FOR,
            user__is_active=True,
            user__is_demo=False,
        )
