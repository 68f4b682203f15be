"""Reading messages."""

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from notifications.access import NotificationAccess
from notifications.models import Notification, NotificationPreference


def unread_count(user: Any) -> int:
    """How many messages the person has not read; 0 for visitors."""
    if not getattr(user, "is_authenticated", False):
        return 0
    return Notification.objects.unread().filter(user=user).count()


def messages_for(user: Any) -> QuerySet[Notification]:
    """The person's messages: unread first, then the newest."""
    is_unread = ExpressionWrapper(Q(read_at__isnull=True), output_field=BooleanField())
    return NotificationAccess(user).visible().order_by(is_unread.desc(), "-created_at", "-pk")


def wants_mail(user: Any) -> bool:
    """Whether the person gets messages by mail as well; yes until they say no."""
    preference = NotificationPreference.objects.filter(user=user).first()
    return preference is None or preference.wants_mail
