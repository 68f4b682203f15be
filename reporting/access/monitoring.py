"""Who sees the portal's running indicators and answers their alerts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from core.access import ALLOWED, Decision
from core.states import Relation
from reporting.access.base import STAFF, SYSTEM, StaffOnlyAccess
from reporting.enums import AlertStatus
from reporting.models import Alert, PortalValue, TargetFigure
from reporting.states import ALERT


class PortalValueAccess(StaffOnlyAccess):
    """The portal's running indicators."""

    model = PortalValue
    actions: ClassVar = {
        "view": frozenset({STAFF, SYSTEM}),
        "compute": frozenset({STAFF, SYSTEM}),
    }
    labels: ClassVar = {"view": _("查看运行监测"), "compute": _("计算运行指标")}


class AlertAccess(StaffOnlyAccess):
    """Alerts of the running indicators."""

    model = Alert
    machine = ALERT
    actions: ClassVar = {
        "view": frozenset({STAFF, SYSTEM}),
        "assign": frozenset({STAFF}),
    }
    labels: ClassVar = {"view": _("查看预警"), "assign": _("指定负责人和期限")}

    def check(self, action: str, obj: Alert | None) -> Decision:
        if obj is None:
            return ALLOWED
        if action == "assign" and obj.status != AlertStatus.OPEN:
            return Decision(False, "预警已经办结。", "wrong_state")
        if action == "reopen" and obj.recovered_at is not None:
            return Decision(False, "数值已经恢复正常；再超出界限时会有新的预警。", "wrong_state")
        return ALLOWED


class TargetFigureAccess(StaffOnlyAccess):
    """Where policy targets stand by other sources: shown to all, entered by staff."""

    model = TargetFigure
    actions: ClassVar = {
        "view": frozenset({Relation.VISITOR, STAFF, SYSTEM}),
        "record": frozenset({STAFF}),
    }
    labels: ClassVar = {"view": _("查看政策目标"), "record": _("登记目标数值")}


def may_read_alert_file(user: Any, target_id: str) -> bool:
    """What was shown at closing an alert is for whoever sees the alert."""
    return AlertAccess(user).visible().filter(pk=target_id).exists()
