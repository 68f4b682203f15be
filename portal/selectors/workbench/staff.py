"""Workbenches of government staff, technology brokers and experts."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from accounts.access import OrganisationAccess
from accounts.enums import OrganisationStatus, Role
from cases.access import CallAccess, CaseAccess, ChallengeAccess, ProjectAccess
from cases.enums import CallStatus, ChallengeStatus, ProjectStatus, VoucherStatus
from cases.models import Challenge
from cases.selectors import (
    overdue_inspections,
    unmarked_calls,
    unmarked_challenges,
    vouchers_to_handle,
)
from demands.access import DemandAccess
from demands.enums import DemandStatus
from exchange.access import PulledRecordAccess
from notifications.models import Notification
from platforms.access import (
    ApplicationAccess,
    AssignmentAccess,
    CapabilityAccess,
    ClaimAccess,
    OpinionRequestAccess,
    PlatformAccess,
    ProgrammeAccess,
    ReportAccess,
)
from platforms.enums import AssignmentStatus, ClaimStatus, ReportStatus, RequestStatus
from platforms.selectors.operations import change_counts, pressing_assessments
from platforms.selectors.recognition import waiting_applications
from platforms.selectors.subsidies import due_subsidies
from platforms.selectors.support import ticket_counts
from portal.selectors.workbench.organisations import OPEN_PROJECTS
from portal.selectors.workbench.parts import Group, Item, Panel, counted, links, pending
from reporting.access import (
    AlertAccess,
    AnnualReportAccess,
    DisputeAccess,
    EvaluationAccess,
)
from reporting.enums import RunStatus
from reporting.selectors.reports import asking_reports, waiting_reports
from taxonomy.jurisdiction import current_jurisdiction


def government(user: Any) -> Panel:
    """What waits for the own level or region, and every register that staff keep."""
    return Panel("待办", [*_registers(user), *_recognition(user), *_reporting(user)], _doors(user))


def department(user: Any) -> Panel:
    """What was passed on to the user's department, and what it is asked for its opinion about."""
    counts, url = ticket_counts(user, timezone.now()), reverse("platforms:tickets")
    return Panel(
        "协同办理",
        [
            _opinions("待答复的征求意见", user, RequestStatus.ASKED),
            Item("待答复的诉求", counts["handling"], f"{url}?status=handling",
                 late=counts["overdue"]),
            Item("已答复，等平台评价", counts["answered"], f"{url}?status=answered", waits=False),
        ],
        [Group("办理", links(
            ("征求意见", "platforms:opinion_requests"), ("要素诉求", "platforms:tickets"),
            ("诉求办理情况", "platforms:support_figures"),
        ))],
    )  # fmt: skip


def _opinions(label: str, user: Any, status: str) -> Item:
    rows = OpinionRequestAccess(user).visible().filter(status=status)
    url = f"{reverse('platforms:opinion_requests')}?status={status}"
    return counted(label, rows, url, due="due_at", is_day=False)


def _consulting(user: Any) -> list[Item]:
    """Departments' opinions to merge, and those that are late."""
    late = Q(status=RequestStatus.ASKED, due_at__lt=timezone.now())
    found = (
        OpinionRequestAccess(user)
        .visible()
        .aggregate(
            answered=Count("pk", filter=Q(status=RequestStatus.ANSWERED)),
            late=Count("pk", filter=late),
        )
    )
    url = reverse("platforms:opinion_requests")
    return [
        Item("部门已答复，待汇总的意见", found["answered"], f"{url}?status=answered"),
        Item("部门超期未答复的意见", found["late"], f"{url}?timing=overdue", late=found["late"]),
    ]


def _registers(user: Any) -> list[Item]:
    listings = (
        PlatformAccess(user).reviewable().count() + CapabilityAccess(user).reviewable().count()
    )
    return [
        pending("待审核的单位", OrganisationAccess(user), OrganisationStatus.PENDING,
                "accounts:organisations"),
        Item("待审核的平台与能力", listings, reverse("platforms:review")),
        pending("待审核的平台认领", ClaimAccess(user), ClaimStatus.PENDING, "platforms:review"),
        pending("待核实的纠错", ReportAccess(user), ReportStatus.OPEN, "platforms:review"),
        _demands(user),
        Item("待审核的案例", CaseAccess(user).reviewable().count(), reverse("cases:review")),
        pending("评分中的案例征集", CallAccess(user), CallStatus.SCORING, "cases:calls"),
        *_challenges(user),
        _unanswered(user),
        *conflicts(user),
    ]  # fmt: skip


def conflicts(user: Any) -> list[Item]:
    """What a neighbouring portal and this one both changed, for those who run this one."""
    access = PulledRecordAccess(user)
    if not access.is_admin():
        return []
    rows: Any = access.visible()
    return [Item("两边都改过的同步记录", rows.conflicting().count(), reverse("exchange:peers"))]


def _challenges(user: Any) -> list[Item]:
    """Challenges of the own regions: to vet, to list, and objections to answer."""
    rows = Challenge.objects.filter(ChallengeAccess(user).watched())
    counts = rows.aggregate(
        submitted=Count("pk", distinct=True, filter=Q(status=ChallengeStatus.IN_REVIEW)),
        accepted=Count("pk", distinct=True, filter=Q(status=ChallengeStatus.ACCEPTED)),
        objected=Count(
            "pk", distinct=True,
            filter=Q(
                status=ChallengeStatus.PUBLICITY, objections__isnull=False,
                objections__answered_at=None,
            ),
        ),
    )  # fmt: skip
    url = reverse("cases:challenges")
    return [
        Item("待审核的揭榜", counts["submitted"], f"{url}?status=in_review"),
        Item("待发榜的揭榜", counts["accepted"], reverse("cases:publish_challenges")),
        Item("揭榜公示收到异议", counts["objected"], f"{url}?status=publicity"),
    ]


def _recognition(user: Any) -> list[Item]:
    waiting = waiting_applications(user)
    late = ApplicationAccess(user).visible().filter(stage_due_at__lt=timezone.now())
    elsewhere = late.exclude(pk__in=waiting.values("pk")).count()  # the own ones stand above
    changes, tickets = change_counts(user), ticket_counts(user, timezone.now())
    page, asked = reverse("platforms:changes"), reverse("platforms:tickets")
    return [
        counted("待本级办理的认定申报", waiting,
                reverse("platforms:applications_queue"), due="stage_due_at", is_day=False),
        Item("其他环节超过办理时限的申报", elsewhere,
             reverse("platforms:all_applications") + "?timing=elsewhere", late=elsewhere),
        *_consulting(user),
        counted("逾期、申请考核或延期的考核评估",
                pressing_assessments(user, timezone.localdate()),
                f"{reverse('platforms:assessments')}?timing=pressing", due="due_date"),
        counted("安全检查逾期未整改", overdue_inspections(ProjectAccess(user)),
                f"{reverse('cases:inspections')}?timing=overdue", due="rectify_by"),
        counted("待审核的服务券兑付", vouchers_to_handle(user, VoucherStatus.REQUESTED),
                f"{reverse('cases:vouchers')}?status=requested", due="audit_due_at",
                is_day=False),
        Item("待拨付的服务券", vouchers_to_handle(user, VoucherStatus.APPROVED).count(),
             f"{reverse('cases:vouchers')}?status=approved"),
        Item("到年度的退坡补贴，待考核或拨付",
             due_subsidies(user, timezone.localdate().year).count(),
             f"{reverse('platforms:subsidies')}?timing=due"),
        Item("待核准的变动报告", changes["submitted"], f"{page}?status=submitted"),
        Item("平台尚未补报的变动", changes["asked"], f"{page}?status=asked"),
        Item("待分办的要素诉求", tickets["submitted"], f"{asked}?status=submitted"),
        Item("超期未答复的要素诉求", tickets["overdue"], f"{asked}?timing=overdue",
             late=tickets["overdue"]),
    ]  # fmt: skip


def _reporting(user: Any) -> list[Item]:
    page = reverse("reporting:reports")
    reports: Any = AnnualReportAccess(user).visible()
    unfiled = reports.overdue(today=timezone.localdate()).count()
    alerts = AlertAccess(user).visible().filter(status="open")
    return [
        Item("待本级审核的年度报告", waiting_reports(user).count(), f"{page}?waiting=true"),
        Item("待答复的延期与更正", asking_reports(reports).count(), f"{page}?asking=true"),
        Item("逾期未报的年度报告", unfiled, f"{page}?overdue=true", late=unfiled),
        Item(
            "待答复的评价异议",
            DisputeAccess(user).waiting().count(),
            reverse("reporting:evaluations"),
        ),
        counted(
            "待办结的运行预警", alerts, f"{reverse('reporting:alerts')}?status=open", due="due_date"
        ),
    ]


def _doors(user: Any) -> list[Group]:
    """Doors to the pages the user works on: what only those who run the portal, or who keep a
    ladder of their own, can use is not shown to staff of a part of it."""
    runs_portal = user.covers_region(Role.GOVERNMENT, current_jurisdiction().region)
    keeps_ladder = runs_portal or ProgrammeAccess(user).schemes().exists()
    programmes = [("申报批次", "platforms:managed_programmes")]
    schemes = [("评价办法", "reporting:schemes")]
    bids = current_jurisdiction().has_module("challenges")
    challenges = [("揭榜榜单", "platforms:challenges")] if bids else []
    lists = [("发布编号清单", "reporting:managed_lists")]
    engine = [("匹配任务", "matching:runs"), ("匹配权重", "matching:weights"),
              ("相邻门户", "exchange:peers")]  # fmt: skip
    return [
        Group("审核", links(
            ("单位审核", "accounts:organisations"), ("平台审核", "platforms:review"),
            ("需求审核", "demands:review"), ("案例审核", "cases:review"),
            ("案例征集", "cases:calls"), ("技术揭榜", "cases:challenges"),
        )),
        Group("平台认定", links(
            ("申报审核", "platforms:applications_queue"),
            *(programmes if keeps_ladder else []), *challenges,
            ("征求部门意见", "platforms:opinion_requests"), ("平台名册", "platforms:roster"),
            ("变动报告", "platforms:changes"),
            ("登记事项", "platforms:register"), ("考核评估", "platforms:assessments"),
            ("应纳入机构", "platforms:coverage"),
        )),
        Group("支持与安全", links(
            ("要素诉求", "platforms:tickets"), ("财政资金台账", "platforms:funding"),
            ("退坡补贴", "platforms:subsidies"), ("进口税收政策名单", "platforms:tax_list"),
            ("服务券方案", "cases:voucher_programmes"), ("服务券审核与拨付", "cases:vouchers"),
            ("环评安评台账", "cases:clearances"), ("安全检查", "cases:inspections"),
        )),
        Group("年报与评价", links(
            ("年度填报", "reporting:cycles"), ("年度报告", "reporting:reports"),
            ("运行评价", "reporting:evaluations"), *(schemes if runs_portal else []),
            ("奖补", "reporting:rewards"), ("优先推荐名单", "reporting:recommended"),
        )),
        Group("监测与目标", links(
            ("运行监测", "reporting:monitoring"), ("政策目标", "reporting:targets"),
            ("政策成效", "reporting:effects"), ("统计分析", "reporting:analysis"),
            ("对接成效", "cases:figures"), ("设备预约", "platforms:bookings"),
            ("缺口图谱", "matching:atlas"),
        )),
        Group("发布与资料", links(
            ("编写报告、手册与汇编", "reporting:managed_publications"),
            *(lists if runs_portal else []),
            ("编辑政策与动态", "policies:manage"), ("超期未确认的资料", "platforms:overdue"),
            *(engine if runs_portal else []),
        )),
    ]  # fmt: skip


def _demands(user: Any) -> Item:
    rows = DemandAccess(user).governed().filter(status=DemandStatus.IN_REVIEW)
    return Item("待审核的需求", rows.count(), reverse("demands:review"))


def _unanswered(user: Any) -> Item:
    late = ProjectAccess(user).visible().filter(
        status=ProjectStatus.ENQUIRY, reply_due_at__lt=timezone.now()
    ).count()  # fmt: skip
    return Item("平台超时未回复", late, reverse("cases:projects") + "?timing=overdue", late=late)


def broker(user: Any) -> Panel:
    """Who asked for help, what to triage, which replies to chase."""
    projects = ProjectAccess(user).visible()
    asked = Notification.objects.filter(
        user=user, kind="matching.help_requested", read_at__isnull=True
    )
    under_way = projects.filter(status__in=OPEN_PROJECTS).count()
    return Panel(
        "撮合与跟进",
        [
            Item("企业请求对接协助", asked.count(), reverse("notifications:inbox")),
            _demands(user),
            _unanswered(user),
            Item("进行中的对接", under_way, reverse("cases:projects"), waits=False),
        ],
        [
            Group("撮合", links(
                ("看需求", "demands:demands"), ("查服务能力", "platforms:capabilities"),
                ("对接项目", "cases:projects"), ("技术揭榜", "cases:challenges"),
                ("缺口图谱", "matching:atlas"),
                ("我的订阅", "matching:subscriptions"),
            )),
        ],
    )  # fmt: skip


def reviewer(user: Any) -> Panel:
    """Invitations to answer and applications to score, by their day."""
    today = timezone.localdate()
    counts = {
        status: AssignmentAccess(user).visible().filter(reviewer=user, status=status).aggregate(
            count=Count("pk"), due=Min("due_date"),
            late=Count("pk", filter=Q(due_date__lt=today)),
        )
        for status in (AssignmentStatus.INVITED, AssignmentStatus.SCORING, AssignmentStatus.SCORED)
    }  # fmt: skip
    url = reverse("platforms:assignments")
    invited, scoring = counts[AssignmentStatus.INVITED], counts[AssignmentStatus.SCORING]
    return Panel(
        "专家评审",
        [
            Item("待声明是否回避", invited["count"], url, due=invited["due"],
                 late=invited["late"]),
            Item("待评分", scoring["count"], url, due=scoring["due"], late=scoring["late"]),
            _entrusted(user),
            Item("待评分的案例征集", unmarked_calls(user).count(), reverse("cases:calls")),
            Item("待评分的揭榜方案", unmarked_challenges(user).count(),
                 f"{reverse('cases:challenges')}?status=judging"),
            Item("已评分", counts[AssignmentStatus.SCORED]["count"], url, waits=False),
        ],
        [Group("评审", links(("我的评审任务", "platforms:assignments"),
                           ("受托审阅的评价", "reporting:evaluations"),
                           ("案例征集", "cases:calls"),
                           ("平台名册", "platforms:roster")))],
    )  # fmt: skip


def _entrusted(user: Any) -> Item:
    rows = EvaluationAccess(user).visible().filter(reviewers=user.pk)
    open_ones = rows.filter(status__in=[RunStatus.COMPUTED, RunStatus.PUBLICITY])
    return Item("待审阅的评价", open_ones.count(), reverse("reporting:evaluations"))
