"""Who keeps the neighbours and settles conflicts: those who run this portal."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from core.access import Access
from core.states import Relation
from exchange.models import Peer, PulledRecord
from taxonomy.jurisdiction import current_jurisdiction

STAFF, SYSTEM = Relation.STAFF, Relation.SYSTEM


class _AdminAccess(Access):
    """Staff of the whole region and system administrators; nobody else knows of it."""

    names: ClassVar = {STAFF: _("本平台的主管部门和系统管理员")}

    def is_admin(self) -> bool:
        if self.is_system or not getattr(self.user, "is_authenticated", False):
            return False
        home = current_jurisdiction().region
        return self.user.has_role(Role.SYSTEM_ADMIN) or (
            self.user.is_active and self.user.covers_region(Role.GOVERNMENT, home)
        )

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        found = super().relations(obj)
        return found | {STAFF} if self.is_admin() else found

    def visible(self) -> QuerySet[Any]:
        rows = self.model._default_manager.all()
        return rows if self.is_system or self.is_admin() else rows.none()


class PeerAccess(_AdminAccess):
    model = Peer
    actions: ClassVar = {
        "view": frozenset({STAFF, SYSTEM}),
        "keep": frozenset({STAFF}),
        "pull": frozenset({STAFF, SYSTEM}),
    }
    labels: ClassVar = {"view": _("查看"), "keep": _("登记和修改"), "pull": _("同步")}


class PulledRecordAccess(_AdminAccess):
    model = PulledRecord
    actions: ClassVar = {
        "view": frozenset({STAFF, SYSTEM}),
        "settle": frozenset({STAFF}),
    }
    labels: ClassVar = {"view": _("查看"), "settle": _("处理冲突")}
