"""Who sees the portal's running indicators and answers their alerts."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from core.states import Relation
from reporting.access.base import STAFF, SYSTEM, StaffOnlyAccess
from reporting.models import Alert, PortalValue, TargetFigure


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
    actions: ClassVar = {
        "view": frozenset({STAFF, SYSTEM}),
        "assign": frozenset({STAFF}),
        "close": frozenset({STAFF, SYSTEM}),
    }
    labels: ClassVar = {"view": _("查看预警"), "assign": _("指定负责人"), "close": _("关闭预警")}


class TargetFigureAccess(StaffOnlyAccess):
    """Where policy targets stand by other sources: shown to all, entered by staff."""

    model = TargetFigure
    actions: ClassVar = {
        "view": frozenset({Relation.VISITOR, STAFF, SYSTEM}),
        "record": frozenset({STAFF}),
    }
    labels: ClassVar = {"view": _("查看政策目标"), "record": _("登记目标数值")}
