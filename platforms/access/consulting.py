"""Who may see and answer what departments are asked about an application (G49)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.access import ALLOWED, Decision
from core.states import Relation
from platforms.access.listings import DepartmentScope
from platforms.access.recognition import ApplicationScope, level_decision, stage_level
from platforms.models import Application, OpinionRequest
from platforms.states import OPINION_REQUEST

OWNER, STAFF, COUNTERPART, SYSTEM = (
    Relation.OWNER,
    Relation.STAFF,
    Relation.COUNTERPART,
    Relation.SYSTEM,
)


class OpinionRequestAccess(DepartmentScope, ApplicationScope):
    """The department that is asked and the staff of the region; never the applicant."""

    model = OpinionRequest
    machine = OPINION_REQUEST
    platform_path = "application__platform__"
    actions: ClassVar = {"view": frozenset({STAFF, COUNTERPART, SYSTEM})}
    labels: ClassVar = {"view": _("查看")}
    names: ClassVar = {COUNTERPART: _("被征求意见的部门")}

    def application_of(self, obj: Any) -> Application:
        return obj.application

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        return super().relations(obj) - {OWNER}

    def visible(self) -> QuerySet[Any]:
        rows = OpinionRequest.objects.all()
        return rows if self.is_system else rows.filter(self.watched() | self.asked())

    def check(self, action: str, obj: Any | None) -> Decision:
        """Departments answer while the stage lasts; the level whose stage it is merges."""
        if obj is None or self.is_system or action not in OPINION_REQUEST.by_name:
            return ALLOWED
        if obj.application.status != obj.stage:
            return Decision(False, "申报已离开征求意见的环节。", "state")
        if action == "answer":
            return ALLOWED
        return level_decision(self.user, obj.application.platform, stage_level(obj.application))
