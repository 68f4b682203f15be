"""Who may read which messages: their own, and nobody else's."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from core.access import OwnAccess
from core.states import Relation
from notifications.models import Notification


class NotificationAccess(OwnAccess):
    model = Notification
    actions: ClassVar = {"read": frozenset({Relation.OWNER})}
    labels: ClassVar = {"read": _("查看消息")}
