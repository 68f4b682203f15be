"""Who may see, fill, review and open annual reports.

The platform's people are OWNER of its report; government staff of its region are STAFF, and a step
of the chain is taken by staff of that level or of one above it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import RegionAccess
from accounts.enums import Role
from core.access import ALLOWED, Access, Decision
from core.states import Relation
from platforms.access import PlatformScope
from reporting.access.base import OWNER, PARTIES, STAFF, SYSTEM
from reporting.enums import CycleStatus, ReportStatus
from reporting.models import (
    AnnualReport,
    Indicator,
    ReportCycle,
    ReportValue,
)
from reporting.querysets import ReportQuerySet
from reporting.states import CYCLE, REPORT, STEP_OF
from taxonomy.models import RegionLevel

LEVEL_OF = {
    ReportStatus.COUNTY: RegionLevel.COUNTY,
    ReportStatus.CITY: RegionLevel.CITY,
    ReportStatus.PROVINCE: RegionLevel.PROVINCE,
}
REVIEWING = frozenset({"forward_city", "forward_province", "accept", "return", "comment"})


class IndicatorAccess(Access):
    """Definitions are public; only the loader writes them."""

    model = Indicator
    actions: ClassVar = {"view": frozenset({Relation.VISITOR, SYSTEM}), "load": frozenset({SYSTEM})}
    labels: ClassVar = {"view": _("查看指标定义"), "load": _("载入指标")}

    def visible(self) -> QuerySet[Any]:
        return Indicator.objects.all()


class CycleAccess(RegionAccess):
    """Cycles are kept by the staff of their region; who reports under one may see it."""

    model = ReportCycle
    machine = CYCLE
    actions: ClassVar = {
        "view": PARTIES,
        "create": frozenset({STAFF, SYSTEM}),
        "edit": frozenset({STAFF}),
        "compute": frozenset({STAFF, SYSTEM}),
        "remind": frozenset({STAFF, SYSTEM}),
    }
    labels: ClassVar = {
        "view": _("查看年度填报"),
        "create": _("建立年度填报"),
        "edit": _("修改年度填报"),
        "compute": _("重新计算自动指标"),
        "remind": _("催报"),
    }

    def relations(self, obj: ReportCycle | None) -> frozenset[Relation]:
        found = super().relations(obj)
        if obj is None or Relation.MEMBER not in found or not self.user.is_active:
            return found
        run = self.user.organisation_ids(Role.OPERATOR)
        reports = obj.reports.filter(platform__organisation__in=run)
        return found | {OWNER} if run and reports.exists() else found

    def visible(self) -> QuerySet[Any]:
        rows = ReportCycle.objects.all()
        if self.is_system:
            return rows
        if not getattr(self.user, "is_authenticated", False) or not self.user.is_active:
            return rows.none()
        mine = AnnualReport.objects.filter(
            platform__organisation__in=self.user.organisation_ids(Role.OPERATOR)
        )
        condition = Q(pk__in=mine.values("cycle")) | self.watched()
        for prefix in self.user.region_prefixes(Role.GOVERNMENT):
            # who watches a city sees the cycle of its province
            condition |= Q(region__code__in=_wider(prefix))
        return rows.filter(condition)

    def check(self, action: str, obj: ReportCycle | None) -> Decision:
        if action in {"compute", "remind"} and obj and obj.status != CycleStatus.OPEN:
            return Decision(False, "填报开放期间才能这样做。", "wrong_state")
        if action == "edit" and obj and obj.status == CycleStatus.CLOSED:
            return Decision(False, "填报已结束，不能修改。", "wrong_state")
        return ALLOWED


def _wider(prefix: str) -> list[str]:
    """Codes of the regions around a prefix: 4420 → 440000, 000000."""
    return [prefix[:size].ljust(6, "0") for size in (0, 2, 4) if size < len(prefix)]


class AnnualReportAccess(PlatformScope):
    """Reports: their platform's and the staff's. Steps go by level."""

    model = AnnualReport
    machine = REPORT
    actions: ClassVar = {
        "view": PARTIES,
        "list": frozenset({OWNER, STAFF}),
        "edit": frozenset({OWNER, SYSTEM}),
        "export": PARTIES,
        "comment": frozenset({STAFF}),
        "resolve_comment": frozenset({OWNER, STAFF}),
        "answer_correction": frozenset({STAFF}),
        "ask_extension": frozenset({OWNER}),
        "answer_extension": frozenset({STAFF}),
        "remind": frozenset({STAFF, SYSTEM}),
        "sign": frozenset({OWNER}),
    }
    labels: ClassVar = {
        "view": _("查看年度报告"),
        "list": _("查看年度报告列表"),
        "edit": _("填写年度报告"),
        "export": _("导出"),
        "comment": _("写审核意见"),
        "resolve_comment": _("标记意见已解决"),
        "answer_correction": _("处理更正申请"),
        "ask_extension": _("申请延期"),
        "answer_extension": _("处理延期申请"),
        "remind": _("催报"),
        "sign": _("上传盖章扫描件"),
    }

    def visible(self) -> ReportQuerySet:
        rows = AnnualReport.objects.all()
        return rows if self.is_system else rows.filter(self.own() | self.watched())

    def check(self, action: str, obj: AnnualReport | None) -> Decision:
        if obj is None or self.is_system:
            return ALLOWED
        if action in {"edit", "submit"}:
            return self._may_write(obj)
        if action == "ask_extension" and not obj.is_editable:
            return Decision(False, "报告已提交，不需要延期。", "wrong_state")
        if action == "sign" and obj.status == ReportStatus.FILLING:
            return Decision(False, "提交后才能上传盖章扫描件。", "wrong_state")
        if action in REVIEWING:
            return self._may_review(action, obj)
        if action == "recall":
            return self._may_recall(obj)
        if action in {"reopen", "answer_correction"} and not self._is_level(
            LEVEL_OF[STEP_OF[obj.chain[-1]]], obj
        ):
            return Decision(False, "由末级审核部门处理。", "level")
        return ALLOWED

    def _may_write(self, report: AnnualReport) -> Decision:
        if not report.is_editable:
            status = report.get_status_display()
            return Decision(False, f"当前状态为“{status}”，不能修改。", "wrong_state")
        is_closed = report.cycle.status == CycleStatus.CLOSED
        if is_closed and report.status == ReportStatus.FILLING:
            return Decision(False, "本年度填报已结束，请联系主管部门。", "closed")
        return ALLOWED

    def _may_recall(self, report: AnnualReport) -> Decision:
        """Until somebody reviews: at the first step, without a comment since it was submitted."""
        if report.cycle.status != CycleStatus.OPEN:
            return Decision(False, "本年度填报已结束，请联系主管部门。", "closed")
        if (
            report.status != STEP_OF[report.chain[0]]
            or report.comments.filter(created_at__gte=report.submitted_at).exists()
        ):
            return Decision(False, "审核已经开始，不能撤回，请联系审核部门退回。", "in_review")
        return ALLOWED

    def _may_review(self, action: str, report: AnnualReport) -> Decision:
        if not report.is_in_review:
            return Decision(False, "审核期间才能这样做。", "wrong_state")
        if not self._is_level(LEVEL_OF[ReportStatus(report.status)], report):
            return Decision(False, f"现在是{report.get_status_display()}环节。", "level")
        following = next_step(report)
        wanted = {"forward_city": "city", "forward_province": "province", "accept": None}
        if action in wanted and following != wanted[action]:
            return Decision(False, "审核层级不是这样规定的。", "chain")
        return ALLOWED

    def _is_level(self, level: int, report: AnnualReport) -> bool:
        """Whether the user watches the platform's region at `level` or above."""
        return any(
            row.role == Role.GOVERNMENT
            and row.region is not None
            and row.region.level <= level
            and row.region.contains(report.platform.region_id)
            for row in self.user.assignments
        )


def next_step(report: AnnualReport) -> str | None:
    """The level after the present one in the report's chain; None at its end."""
    steps = [STEP_OF[name] for name in report.chain]
    place = steps.index(ReportStatus(report.status))
    return report.chain[place + 1] if place + 1 < len(report.chain) else None


def may_read_evidence(user: Any, target_id: str) -> bool:
    """Evidence of a value: whoever sees its report."""
    reports = AnnualReportAccess(user).visible()
    return ReportValue.objects.filter(pk=target_id, report__in=reports).exists()


def may_read_scan(user: Any, target_id: str) -> bool:
    """The signed scan of a report: whoever sees the report."""
    return AnnualReportAccess(user).visible().filter(pk=target_id).exists()
