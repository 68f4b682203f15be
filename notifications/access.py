"""Who may read which messages: their own, and nobody else's."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.access import Access
from core.states import Relation
from notifications.models import Notification


class NotificationAccess(Access):
    model = Notification
    actions: ClassVar = {"read": frozenset({Relation.OWNER})}
    labels: ClassVar = {"read": _("查看消息")}

    def visible(self) -> QuerySet[Notification]:
        """The person's own messages; none for visitors and the system."""
        if self.is_system or not self.user.is_authenticated:
            return Notification.objects.none()
        return Notification.objects.filter(user=self.user)

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        found = super().relations(obj)
        if obj is not None and obj.user_id == self.user.pk:
            found |= {Relation.OWNER}
        return found
