"""Who wants to be told of what."""

from __future__ import annotations

from typing import Any

from matching.access import SubscriptionAccess


def is_subscribed(*, user: Any, **subject: Any) -> bool:
    """Whether `user` asked to be told of new matches of a demand or a capability."""
    return SubscriptionAccess(user).visible().filter(**subject).exists()
