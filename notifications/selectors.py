"""Reading messages and webhooks."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet

from notifications.access import DeliveryAccess, NotificationAccess, WebhookAccess
from notifications.enums import WebhookStatus
from notifications.mail_rules import MailRules
from notifications.models import (
    Notification,
    NotificationPreference,
    WebhookDelivery,
    WebhookEndpoint,
)


def unread_count(user: Any) -> int:
    """How many messages the person has not read; 0 for visitors."""
    if not getattr(user, "is_authenticated", False):
        return 0
    return Notification.objects.unread().filter(user=user).count()


def messages_for(user: Any) -> QuerySet[Notification]:
    """The person's messages: unread first, then the newest."""
    is_unread = ExpressionWrapper(Q(read_at__isnull=True), output_field=BooleanField())
    return NotificationAccess(user).visible().order_by(is_unread.desc(), "-created_at", "-pk")


def mail_rules_of(users: Iterable[Any]) -> dict[int, MailRules]:
    """How each of the people wants mail, by key: one query."""
    keys = [user.pk for user in users]
    rows = NotificationPreference.objects.filter(user__in=keys)
    return dict.fromkeys(keys, MailRules()) | {row.user_id: row.rules for row in rows}


def mails_at_once(user: Any, kind: str, *, now: datetime) -> bool:
    """Whether a message of `kind` would be mailed to the person this moment, by itself."""
    mail_at, in_digest = mail_rules_of([user])[user.pk].plan(kind, now)
    return mail_at == now and not in_digest


def webhooks_of(user: Any) -> QuerySet[WebhookEndpoint]:
    """The person's endpoints, the newest first, each with how many deliveries wait or failed."""
    open_count = Count("deliveries", filter=~Q(deliveries__status=WebhookStatus.DELIVERED))
    return WebhookAccess(user).visible().annotate(open_count=open_count).order_by("-pk")


def deliveries_of(user: Any, endpoint: WebhookEndpoint | None = None) -> QuerySet[WebhookDelivery]:
    """What was sent to the person's endpoints, or to one of them, the newest first."""
    rows = DeliveryAccess(user).visible().select_related("endpoint")
    if endpoint is not None:
        rows = rows.filter(endpoint=endpoint)
    return rows.order_by("-created_at", "-pk")
