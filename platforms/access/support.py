"""Who may see and answer what platforms ask for."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.access import ALLOWED, Decision
from core.states import Relation
from platforms.access.listings import DepartmentScope
from platforms.enums import TicketStatus
from platforms.models import SupportTicket
from platforms.states import TICKET

OWNER, STAFF, COUNTERPART, SYSTEM = (
    Relation.OWNER,
    Relation.STAFF,
    Relation.COUNTERPART,
    Relation.SYSTEM,
)


class TicketAccess(DepartmentScope):
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

    def visible(self) -> QuerySet[Any]:
        rows = SupportTicket.objects.all()
        if self.is_system:
            return rows
        return rows.filter(self.own() | self.watched() | self.asked())

    def check(self, action: str, obj: Any | None) -> Decision:
        over = {TicketStatus.CLOSED, TicketStatus.WITHDRAWN}
        if action == "reply" and obj is not None and obj.status in over:
            return Decision(False, "诉求已结束，不能再留言。", "state")
        return ALLOWED
