"""Reading messages."""

from typing import Any

from notifications.models import Notification


def unread_count(user: Any) -> int:
    """How many messages the person has not read; 0 for visitors."""
    if not getattr(user, "is_authenticated", False):
        return 0
    return Notification.objects.filter(user=user, read_at__isnull=True).count()
