"""Who may see and answer what platforms ask for."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from core.access import ALLOWED, Decision
from core.states import Relation
from platforms.access.listings import PlatformScope
from platforms.enums import TicketStatus
from platforms.models import SupportTicket
from platforms.states import TICKET

OWNER, STAFF, COUNTERPART, SYSTEM = (
    Relation.OWNER,
    Relation.STAFF,
    Relation.COUNTERPART,
    Relation.SYSTEM,
)


class TicketAccess(PlatformScope):
    """The platform that asks, the staff of its region, the department that answers."""

    model = SupportTicket
    machine = TICKET
    actions: ClassVar = {
        "view": frozenset({OWNER, STAFF, COUNTERPART, SYSTEM}),
        "create": frozenset({OWNER, SYSTEM}),
        "reply": frozenset({OWNER, STAFF, COUNTERPART}),
    }
    labels: ClassVar = {"view": _("查看"), "create": _("提出诉求"), "reply": _("留言")}
    names: ClassVar = {COUNTERPART: _("承办部门")}

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        """COUNTERPART: people of the department it was passed on to (with None: of any)."""
        found = super().relations(obj)
        if Relation.MEMBER not in found or not self.user.is_active:
            return found
        departments = self.user.organisation_ids(Role.DEPARTMENT)
        is_asked = bool(departments) if obj is None else obj.department_id in departments
        return found | {COUNTERPART} if is_asked else found

    def visible(self) -> QuerySet[Any]:
        rows = SupportTicket.objects.all()
        if self.is_system:
            return rows
        return rows.filter(self.own() | self.watched() | self.assigned())

    def assigned(self) -> Q:
        """Rows that were passed on to the user's department."""
        if not getattr(self.user, "is_authenticated", False) or self.is_system:
            return Q(pk__in=[])
        return Q(department__in=self.user.organisation_ids(Role.DEPARTMENT))

    def check(self, action: str, obj: Any | None) -> Decision:
        over = {TicketStatus.CLOSED, TicketStatus.WITHDRAWN}
        if action == "reply" and obj is not None and obj.status in over:
            return Decision(False, "诉求已结束，不能再留言。", "state")
        return ALLOWED
