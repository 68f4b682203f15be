"""Who may read which messages and keep which webhooks: their own, and nobody else's."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from core.access import Access, OwnAccess
from core.states import Relation
from notifications.models import Notification, WebhookDelivery, WebhookEndpoint

ROLES = (Role.ENTERPRISE, Role.OPERATOR, Role.PARTNER)


class NotificationAccess(OwnAccess):
    model = Notification
    actions: ClassVar = {"read": frozenset({Relation.OWNER})}
    labels: ClassVar = {"read": _("查看消息")}


class WebhookAccess(OwnAccess):
    """Addresses of other systems: kept by whoever may let a system act for an organisation."""

    model = WebhookEndpoint
    actions: ClassVar = {
        "create": frozenset({Relation.OWNER}),
        "edit": frozenset({Relation.OWNER}),
        "delete": frozenset({Relation.OWNER}),
    }
    labels: ClassVar = {
        "create": _("登记推送地址"),
        "edit": _("修改、停用、更换密钥、重发"),
        "delete": _("删除推送地址"),
    }
    names: ClassVar = {Relation.OWNER: _("企业、平台运营、对接系统")}

    def relations(self, obj: WebhookEndpoint | None) -> frozenset[Relation]:
        """With None, OWNER is who may have endpoints at all: who makes service tokens for an
        organisation, not the government's, which open no organisation's records."""
        found = super().relations(obj)
        is_person = obj is None and Relation.MEMBER in found and self.user.is_active
        return found | {Relation.OWNER} if is_person and self.user.has_role(*ROLES) else found


class DeliveryAccess(Access):
    """What was sent to one's own endpoints."""

    model = WebhookDelivery
    actions: ClassVar = {"resend": frozenset({Relation.OWNER})}
    labels: ClassVar = {"resend": _("重新发送")}

    def visible(self) -> QuerySet[WebhookDelivery]:
        mine = WebhookAccess(self.user).visible()
        return WebhookDelivery.objects.filter(endpoint__in=mine)

    def relations(self, obj: WebhookDelivery | None) -> frozenset[Relation]:
        return WebhookAccess(self.user).relations(obj.endpoint if obj else None)
