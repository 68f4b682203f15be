"""What waits for somebody today: counts with a link each, by role. Nobody hunts for work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from accounts.access import OrganisationAccess
from accounts.enums import ADMIN_ROLES, OrganisationStatus, Role
from accounts.models import Organisation
from cases.access import CaseAccess, ProjectAccess
from cases.enums import OutcomeStatus, ProjectStatus
from cases.models import Outcome
from core.access import Access
from demands.access import DemandAccess
from demands.enums import DemandStatus
from notifications.models import Notification
from platforms.access import (
    ApplicationAccess,
    AssignmentAccess,
    CapabilityAccess,
    ClaimAccess,
    PlatformAccess,
    ReportAccess,
)
from platforms.enums import (
    ApplicationStatus,
    AssignmentStatus,
    ClaimStatus,
    ListingStatus,
    ReportStatus,
)
from platforms.selectors.operations import change_counts
from platforms.selectors.recognition import waiting_applications
from reporting.access import AnnualReportAccess
from reporting.enums import ReportStatus as AnnualStatus

OPEN_PROJECTS = (
    ProjectStatus.ENQUIRY,
    ProjectStatus.IN_TALKS,
    ProjectStatus.QUOTED,
    ProjectStatus.CONTRACTED,
    ProjectStatus.PILOTING,
    ProjectStatus.DELIVERED,
)
TO_FILL = (AnnualStatus.FILLING, AnnualStatus.RETURNED, AnnualStatus.REOPENED)


@dataclass(frozen=True)
class Item:
    """One thing to do or to look at. `is_due` marks what has a deadline behind it."""

    label: str
    count: int
    url: str
    is_due: bool = False


@dataclass(frozen=True)
class Panel:
    title: str
    items: list[Item]
    actions: list[tuple[str, str]]


@dataclass(frozen=True)
class WorkbenchPage:
    panels: list[Panel]
    messages: list[Notification]
    organisations: list[Organisation]


def workbench_page(user: Any) -> WorkbenchPage:
    """The panels of every role the user holds, and the newest messages."""
    panels = []
    if user.has_role(Role.ENTERPRISE):
        panels.append(_enterprise(user))
    if user.has_role(Role.OPERATOR):
        panels.append(_operator(user))
    if user.has_role(Role.GOVERNMENT):
        panels.append(_government(user))
    if user.has_role(Role.BROKER):
        panels.append(_broker(user))
    if user.has_role(Role.REVIEWER):
        panels.append(_reviewer(user))
    if user.has_role(Role.PARTNER):
        panels.append(_partner())
    if user.has_role(*ADMIN_ROLES):
        panels.append(_admin(user))
    newest = Notification.objects.filter(user=user).order_by("read_at", "-created_at", "-pk")
    return WorkbenchPage(panels, list(newest[:8]), user.organisations)


def _projects(user: Any, ids: set[int], side: str) -> dict[str, int]:
    """Counts over the open projects of these organisations on one side."""
    rows = ProjectAccess(user).visible().filter(**{f"{side}__in": ids})
    now = timezone.now()
    waiting = Q(status=ProjectStatus.ENQUIRY)
    return rows.aggregate(
        open=Count("pk", filter=Q(status__in=OPEN_PROJECTS)),
        waiting=Count("pk", filter=waiting),
        overdue=Count("pk", filter=waiting & Q(reply_due_at__lt=now)),
        quoted=Count("pk", filter=Q(status=ProjectStatus.QUOTED)),
    )


def _pending(access: Access, status: str) -> int:
    return access.visible().filter(status=status).count()


def _demands_waiting(user: Any) -> int:
    return DemandAccess(user).governed().filter(status=DemandStatus.IN_REVIEW).count()


def _enterprise(user: Any) -> Panel:
    ids = user.organisation_ids(Role.ENTERPRISE)
    counts = DemandAccess(user).visible().filter(organisation__in=ids).aggregate(
        draft=Count("pk", filter=Q(status__in=[DemandStatus.DRAFT, DemandStatus.RETURNED])),
        review=Count("pk", filter=Q(status=DemandStatus.IN_REVIEW)),
        open=Count("pk", filter=Q(status=DemandStatus.OPEN)),
    )  # fmt: skip
    projects = _projects(user, ids, "enterprise")
    outcomes = Outcome.objects.filter(project__enterprise__in=ids, status=OutcomeStatus.CLAIMED)
    mine, threads = reverse("demands:manage"), reverse("cases:projects")
    return Panel(
        "我的需求与对接",
        [
            Item("待我确认的成果", outcomes.count(), threads, is_due=True),
            Item(
                "平台已报价，待我决定", projects["quoted"], f"{threads}?status=quoted", is_due=True
            ),
            Item("等待平台回复", projects["waiting"], f"{threads}?status=enquiry"),
            Item("进行中的对接", projects["open"], threads),
            Item("草稿与退回修改", counts["draft"], f"{mine}?status=draft&status=returned"),
            Item("审核中的需求", counts["review"], f"{mine}?status=in_review"),
            Item("征集中的需求", counts["open"], f"{mine}?status=open"),
        ],
        [
            ("发布需求", reverse("demands:new")),
            ("查服务能力", reverse("platforms:capabilities")),
            ("我的订阅", reverse("matching:subscriptions")),
            ("单位资料", reverse("accounts:organisation")),
        ],
    )


def _operator(user: Any) -> Panel:
    ids = user.organisation_ids(Role.OPERATOR)
    since = timezone.now() - timedelta(days=settings.CONFIRM_EVERY_DAYS)
    capabilities = CapabilityAccess(user).visible().filter(platform__organisation__in=ids)
    counts = capabilities.aggregate(
        published=Count("pk", filter=Q(status=ListingStatus.PUBLISHED)),
        draft=Count("pk", filter=Q(status__in=[ListingStatus.DRAFT, ListingStatus.RETURNED])),
        stale=Count(
            "pk",
            filter=Q(status=ListingStatus.PUBLISHED)
            & (Q(confirmed_at__isnull=True) | Q(confirmed_at__lt=since)),
        ),
    )
    projects = _projects(user, ids, "platform__organisation")
    manage, threads = reverse("platforms:mine"), reverse("cases:projects")
    reports = AnnualReportAccess(user).visible().filter(
        platform__organisation__in=ids, status__in=TO_FILL
    )  # fmt: skip
    applications = ApplicationAccess(user).visible().filter(
        platform__organisation__in=ids,
        status__in=[ApplicationStatus.DRAFT, ApplicationStatus.RETURNED],
    )  # fmt: skip
    changes = change_counts(user)
    return Panel(
        "我的平台",
        [
            Item("超时未回复的咨询", projects["overdue"], f"{threads}?timing=overdue", is_due=True),
            Item("待回复的咨询", projects["waiting"], f"{threads}?status=enquiry", is_due=True),
            Item("进行中的对接", projects["open"], threads),
            Item("待确认仍有效的能力", counts["stale"], reverse("platforms:overdue"), is_due=True),
            Item("待填报的年度报告", reports.count(), reverse("reporting:reports"), is_due=True),
            Item(
                "待提交或补正的认定申报",
                applications.count(),
                reverse("platforms:applications"),
                is_due=True,
            ),
            Item(
                "待补报或补充的变动",
                changes["asked"] + changes["returned"],
                f"{reverse('platforms:changes')}?status=asked&status=returned",
                is_due=True,
            ),
            Item("草稿与退回修改的能力", counts["draft"], manage),
            Item("已发布的能力", counts["published"], manage),
        ],
        [
            ("管理平台资料", manage),
            ("适合我们的需求", reverse("matching:fitting")),
            ("对接成效", reverse("cases:figures")),
            ("认定申报", reverse("platforms:programmes")),
            ("变更报告", reverse("platforms:changes")),
            ("财政资金台账", reverse("platforms:funding")),
            ("我的订阅", reverse("matching:subscriptions")),
            ("单位资料", reverse("accounts:organisation")),
        ],
    )


def _government(user: Any) -> Panel:
    overdue = ProjectAccess(user).visible().filter(
        status=ProjectStatus.ENQUIRY, reply_due_at__lt=timezone.now()
    )  # fmt: skip
    reports = AnnualReportAccess(user).visible().filter(
        status__in=[AnnualStatus.COUNTY, AnnualStatus.CITY, AnnualStatus.PROVINCE]
    )  # fmt: skip
    late = ApplicationAccess(user).visible().filter(stage_due_at__lt=timezone.now()).count()
    changes = change_counts(user)
    return Panel(
        "待审与督办",
        [
            Item("待审核的单位", _pending(OrganisationAccess(user), OrganisationStatus.PENDING),
                 reverse("accounts:organisations"), is_due=True),
            Item("待审核的平台与能力", PlatformAccess(user).reviewable().count()
                 + CapabilityAccess(user).reviewable().count(),
                 reverse("platforms:review"), is_due=True),
            Item("待审核的平台认领", _pending(ClaimAccess(user), ClaimStatus.PENDING),
                 reverse("platforms:review"), is_due=True),
            Item("待核实的纠错", _pending(ReportAccess(user), ReportStatus.OPEN),
                 reverse("platforms:review"), is_due=True),
            Item("待审核的需求", _demands_waiting(user),
                 reverse("demands:review"), is_due=True),
            Item("待审核的案例", CaseAccess(user).reviewable().count(),
                 reverse("cases:review"), is_due=True),
            Item("待本级办理的认定申报", waiting_applications(user).count(),
                 reverse("platforms:applications_queue"), is_due=True),
            Item("超过办理时限的申报", late,
                 reverse("platforms:all_applications") + "?timing=overdue", is_due=True),
            Item("待核准的变动报告", changes["submitted"],
                 reverse("platforms:changes") + "?status=submitted", is_due=True),
            Item("平台尚未补报的变动", changes["asked"],
                 reverse("platforms:changes") + "?status=asked", is_due=True),
            Item("审核中的年度报告", reports.count(),
                 reverse("reporting:reports"), is_due=True),
            Item("平台超时未回复", overdue.count(),
                 reverse("cases:projects") + "?timing=overdue", is_due=True),
        ],
        [
            ("编辑政策与动态", reverse("policies:manage")),
            ("超期未确认的平台与能力", reverse("platforms:overdue")),
            ("认定批次", reverse("platforms:managed_programmes")),
            ("平台名册", reverse("platforms:roster")),
            ("补录已有认定", reverse("platforms:record_recognition")),
            ("变更报告", reverse("platforms:changes")),
            ("财政资金台账", reverse("platforms:funding")),
            ("年度填报", reverse("reporting:cycles")),
            ("运行监测", reverse("reporting:monitoring")),
            ("政策目标", reverse("reporting:targets")),
            ("统计任务", reverse("reporting:jobs")),
            ("对接成效", reverse("cases:figures")),
            ("缺口图谱", reverse("matching:atlas")),
            ("匹配任务", reverse("matching:runs")),
            ("匹配权重", reverse("matching:weights")),
        ],
    )  # fmt: skip


def _broker(user: Any) -> Panel:
    projects = ProjectAccess(user).visible()
    overdue = projects.filter(status=ProjectStatus.ENQUIRY, reply_due_at__lt=timezone.now())
    asked = Notification.objects.filter(
        user=user, kind="matching.help_requested", read_at__isnull=True
    )
    return Panel(
        "撮合与跟进",
        [
            Item("企业请求对接协助", asked.count(), reverse("notifications:inbox"), is_due=True),
            Item("待审核的需求", _demands_waiting(user),
                 reverse("demands:review"), is_due=True),
            Item("平台超时未回复", overdue.count(),
                 reverse("cases:projects") + "?timing=overdue", is_due=True),
            Item("进行中的对接", projects.filter(status__in=OPEN_PROJECTS).count(),
                 reverse("cases:projects")),
        ],
        [
            ("看需求", reverse("demands:demands")),
            ("查服务能力", reverse("platforms:capabilities")),
            ("缺口图谱", reverse("matching:atlas")),
            ("我的订阅", reverse("matching:subscriptions")),
        ],
    )  # fmt: skip


def _reviewer(user: Any) -> Panel:
    mine = AssignmentAccess(user).visible().filter(reviewer=user).aggregate(
        invited=Count("pk", filter=Q(status=AssignmentStatus.INVITED)),
        scoring=Count("pk", filter=Q(status=AssignmentStatus.SCORING)),
        scored=Count("pk", filter=Q(status=AssignmentStatus.SCORED)),
    )  # fmt: skip
    url = reverse("platforms:assignments")
    return Panel(
        "专家评审",
        [
            Item("待声明是否回避", mine["invited"], url, is_due=True),
            Item("待评分", mine["scoring"], url, is_due=True),
            Item("已评分", mine["scored"], url),
        ],
        [("我的评审任务", url), ("平台名册", reverse("platforms:roster"))],
    )


def _partner() -> Panel:
    return Panel(
        "系统对接",
        [],
        [
            ("服务令牌", reverse("accounts:tokens")),
            ("接口文档", reverse("docs")),
            ("代码表", reverse("taxonomy:code_lists")),
        ],
    )


def _admin(user: Any) -> Panel:
    actions = []
    if user.has_role(Role.SECURITY_ADMIN):
        actions += [
            ("用户与角色", reverse("accounts:people")),
            ("邀请用户", reverse("accounts:invite")),
            ("单位与成员", reverse("accounts:organisations")),
        ]
    if user.has_role(Role.AUDITOR):
        actions.append(("操作记录", reverse("accounts:activity")))
    if user.has_role(Role.SYSTEM_ADMIN):
        actions += [
            ("匹配任务", reverse("matching:runs")),
            ("匹配权重", reverse("matching:weights")),
            ("代码表", reverse("taxonomy:code_lists")),
            ("接口文档", reverse("docs")),
        ]
    return Panel("系统管理", [], actions)
