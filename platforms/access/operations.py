"""Who may see and keep the facts of running a platform."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from core.access import ALLOWED, Decision
from core.states import Relation
from platforms.access.listings import PlatformScope
from platforms.access.recognition import DECLARED
from platforms.enums import ChangeStatus
from platforms.models import (
    Assessment,
    ChangeReport,
    ExpertAssignment,
    FundingRecord,
    Platform,
    SubsidyPlan,
    SubsidyYear,
    TaxEligibility,
    UsageLog,
)
from platforms.states import CHANGE, SUBSIDY_YEAR

OWNER, STAFF, SYSTEM = Relation.OWNER, Relation.STAFF, Relation.SYSTEM


class OperationAccess(PlatformScope):
    """Facts that only the platform's people and the staff of its region see."""

    def visible(self) -> QuerySet[Any]:
        rows = self.model._default_manager.all()
        return rows if self.is_system else rows.filter(self.own() | self.watched())


class ChangeAccess(OperationAccess):
    model = ChangeReport
    machine = CHANGE
    actions: ClassVar = {
        "view": frozenset({OWNER, STAFF, SYSTEM}),
        "create": frozenset({OWNER, SYSTEM}),
        "edit": frozenset({OWNER}),
    }
    labels: ClassVar = {"view": _("查看"), "create": _("报告"), "edit": _("修改")}

    def check(self, action: str, obj: Any | None) -> Decision:
        open_statuses = {ChangeStatus.ASKED, ChangeStatus.RETURNED, ChangeStatus.WITHDRAWN}
        if action == "edit" and obj is not None and obj.status not in open_statuses:
            return Decision(False, "提交后不能修改。", "state")
        return ALLOWED


class FundingAccess(OperationAccess):
    model = FundingRecord
    actions: ClassVar = {
        "view": frozenset({OWNER, STAFF, SYSTEM}),
        "record": frozenset({STAFF, SYSTEM}),
    }
    labels: ClassVar = {"view": _("查看"), "record": _("登记资金")}


class SubsidyAccess(OperationAccess):
    """Years of declining subsidies; `record` is also asked of a whole plan."""

    model = SubsidyYear
    machine = SUBSIDY_YEAR
    platform_path = "plan__platform__"
    actions: ClassVar = {
        "view": frozenset({OWNER, STAFF, SYSTEM}),
        "record": frozenset({STAFF}),
    }
    labels: ClassVar = {"view": _("查看"), "record": _("定补贴计划")}

    def platform_of(self, obj: Any) -> Platform:
        return obj.platform if isinstance(obj, SubsidyPlan) else obj.plan.platform


class TaxAccess(OperationAccess):
    """Who may use the import-tax policy; a single proof is public to whoever has its code."""

    model = TaxEligibility
    actions: ClassVar = {
        "view": frozenset({Relation.VISITOR, SYSTEM}),
        "list": frozenset({OWNER, STAFF}),
        "record": frozenset({STAFF}),
    }
    labels: ClassVar = {
        "view": _("查看证明"),
        "list": _("查看名单"),
        "record": _("列入或移出名单"),
    }


class AssessmentAccess(OperationAccess):
    """Assessments are planned and concluded on the page of their recognition; an expert who was
    asked and declared no interest sees what she judges."""

    model = Assessment
    platform_path = "recognition__platform__"
    actions: ClassVar = {
        "view": frozenset({OWNER, STAFF, SYSTEM, Relation.REVIEWER}),
        "plan": frozenset({STAFF}),
    }
    labels: ClassVar = {"view": _("查看"), "plan": _("成批安排")}

    def platform_of(self, obj: Any) -> Platform:
        return obj.recognition.platform

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        """REVIEWER: an expert who declared no interest."""
        found = super().relations(obj)
        if obj is None or not obj.pk or not self._is_expert():
            return found
        declared = obj.assignments.filter(reviewer=self.user, status__in=DECLARED)
        return found | {Relation.REVIEWER} if declared.exists() else found

    def visible(self) -> QuerySet[Any]:
        if self.is_system or not self._is_expert():
            return super().visible()
        mine = ExpertAssignment.objects.filter(reviewer=self.user, status__in=DECLARED)
        judged = Q(pk__in=mine.values("assessment"))
        return Assessment.objects.filter(self.own() | self.watched() | judged)

    def _is_expert(self) -> bool:
        is_signed_in = getattr(self.user, "is_authenticated", False)
        return bool(is_signed_in and self.user.has_role(Role.REVIEWER))


class UsageAccess(OperationAccess):
    model = UsageLog
    platform_path = "equipment__platform__"
    actions: ClassVar = {
        "view": frozenset({OWNER, STAFF, SYSTEM}),
        "record": frozenset({OWNER, SYSTEM}),
        "delete": frozenset({OWNER}),
    }
    labels: ClassVar = {"view": _("查看"), "record": _("登记使用"), "delete": _("删除")}

    def check(self, action: str, obj: Any | None) -> Decision:
        if action == "delete" and isinstance(obj, UsageLog) and obj.booking_id is not None:
            return Decision(False, "由预约生成的记录，请到预约中更正机时。", "state")
        return ALLOWED

    def platform_of(self, obj: Any) -> Platform:
        """Of a log line, or of the equipment or platform that lines are to be written for."""
        if isinstance(obj, Platform):
            return obj
        equipment = obj.equipment if isinstance(obj, UsageLog) else obj
        return equipment.platform
