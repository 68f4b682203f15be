"""Workbenches of enterprises and of those who run platforms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from cases.access import BidAccess, ChallengeAccess, ProjectAccess
from cases.enums import BidStatus, ChallengeStatus, OutcomeStatus, ProjectStatus
from cases.models import Challenge, Outcome, Receipt
from cases.selectors import inspection_rows, open_calls, open_challenges, voucher_counts
from demands.access import DemandAccess
from demands.enums import DemandStatus
from demands.selectors import waiting_promises, waiting_requests
from platforms.access import ApplicationAccess, CapabilityAccess
from platforms.enums import ApplicationStatus, ListingStatus
from platforms.selectors.booking import asked_bookings, booking_counts
from platforms.selectors.operations import change_counts, open_assessments
from platforms.selectors.support import ticket_counts
from portal.selectors.workbench.parts import Group, Item, Panel, counted, links
from reporting.access import AnnualReportAccess, EvaluationAccess
from reporting.enums import EDITABLE, RunStatus

OPEN_PROJECTS = (
    ProjectStatus.ENQUIRY,
    ProjectStatus.IN_TALKS,
    ProjectStatus.QUOTED,
    ProjectStatus.CONTRACTED,
    ProjectStatus.PILOTING,
    ProjectStatus.DELIVERED,
)
MANY = 100  # more of a kind are not counted


def _projects(user: Any, ids: set[int], side: str) -> dict[str, Any]:
    """Counts over the projects of these organisations on one side."""
    rows = ProjectAccess(user).visible().filter(**{f"{side}__in": ids})
    waiting = Q(status=ProjectStatus.ENQUIRY)
    return rows.aggregate(
        open=Count("pk", filter=Q(status__in=OPEN_PROJECTS)),
        waiting=Count("pk", filter=waiting),
        late=Count("pk", filter=waiting & Q(reply_due_at__lt=timezone.now())),
        due=Min("reply_due_at", filter=waiting),
        quoted=Count("pk", filter=Q(status=ProjectStatus.QUOTED)),
    )


def enterprise(user: Any) -> Panel:
    """Answers and outcomes to decide about, then how the own demands stand."""
    ids = user.organisation_ids(Role.ENTERPRISE)
    counts = DemandAccess(user).visible().filter(organisation__in=ids).aggregate(
        draft=Count("pk", filter=Q(status__in=[DemandStatus.DRAFT, DemandStatus.RETURNED])),
        review=Count("pk", filter=Q(status=DemandStatus.IN_REVIEW)),
        open=Count("pk", filter=Q(status=DemandStatus.OPEN)),
    )  # fmt: skip
    projects = _projects(user, ids, "enterprise")
    outcomes = Outcome.objects.filter(
        project__enterprise__in=ids, status=OutcomeStatus.CLAIMED
    ).aggregate(count=Count("pk"), first=Min("pk"))
    receipts = (
        Receipt.objects.claimed()
        .filter(project__enterprise__in=ids)
        .aggregate(count=Count("pk"), first=Min("project__number"))
    )
    mine, threads = reverse("demands:manage"), reverse("cases:projects")
    vouchers, held = reverse("cases:vouchers"), voucher_counts(user)
    outcome = payment = threads
    if outcomes["first"]:
        outcome = reverse("cases:outcome", args=[outcomes["first"]])
    if receipts["first"]:
        payment = reverse("cases:project", args=[receipts["first"]]) + "#receipts"
    booked = asked_bookings(user, timezone.now()).count()
    return Panel(
        "我的需求与对接",
        [
            Item("待我确认的成果", outcomes["count"], outcome),
            Item("待我确认的到账", receipts["count"], payment),
            _requests(user),
            Item("平台已报价，待我决定", projects["quoted"], f"{threads}?status=quoted"),
            *_challenges(user),
            Item("待补完的需求草稿与退回", counts["draft"],
                 f"{mine}?status=draft&status=returned"),
            Item("退回补正的服务券", held["returned"], f"{vouchers}?status=returned"),
            Item("待使用的服务券", held["unused"], f"{vouchers}?status=issued", waits=False),
            Item("待申请兑付的服务券", held["bound"], f"{vouchers}?status=bound", waits=False),
            Item("等待平台回复", projects["waiting"], f"{threads}?status=enquiry", waits=False),
            Item("进行中的对接", projects["open"], threads, waits=False),
            Item("申请中和将使用的预约", booked,
                 f"{reverse('platforms:bookings')}?status=requested&status=accepted", waits=False),
            Item("审核中的需求", counts["review"], f"{mine}?status=in_review", waits=False),
            Item("征集中的需求", counts["open"], f"{mine}?status=open", waits=False),
        ],
        [
            Group("需求与对接", links(
                ("我的需求", "demands:manage"), ("我的对接", "cases:projects"),
                ("技术揭榜", "cases:challenges"),
                ("我的预约", "platforms:bookings"), ("查服务能力", "platforms:capabilities"),
                ("申领服务券", "cases:voucher_programmes"), ("我的服务券", "cases:vouchers"),
                ("我的订阅", "matching:subscriptions"),
            )),
            Group("单位", links(("单位资料", "accounts:organisation"))),
        ],
        first=("发布需求", reverse("demands:new")),
    )  # fmt: skip


def _challenges(user: Any) -> list[Item]:
    """Own challenges: to be finished, and whose bids are to be judged."""
    draft = [ChallengeStatus.DRAFT, ChallengeStatus.RETURNED]
    counts = Challenge.objects.filter(ChallengeAccess(user).owned()).aggregate(
        draft=Count("pk", filter=Q(status__in=draft)),
        judging=Count("pk", filter=Q(status=ChallengeStatus.JUDGING)),
    )
    url = reverse("cases:challenges")
    return [
        Item("揭榜方案待我评审选定", counts["judging"], f"{url}?status=judging"),
        Item("待提交的揭榜草稿与退回", counts["draft"], f"{url}?status=draft&status=returned"),
    ]


def _bids(user: Any) -> list[Item]:
    drafts = BidAccess(user).own().filter(
        status=BidStatus.DRAFT, challenge__status=ChallengeStatus.OPEN
    )  # fmt: skip
    url = f"{reverse('cases:challenges')}?status=open"
    return [
        counted("待提交的揭榜方案", drafts, reverse("cases:bids"), due="challenge__due_date"),
        Item("可以揭的榜", open_challenges(user).count(), url, waits=False),
    ]


def _requests(user: Any) -> Item:
    """Leads to the first of them."""
    now, rows = timezone.now(), list(waiting_requests(DemandAccess(user))[:MANY])
    dues = [row.reply_due_at for row in rows if row.reply_due_at]
    url = f"{rows[0].demand.get_absolute_url()}#circle" if rows else ""
    return Item("申请看保密需求全文，待我答复", len(rows), url, due=min(dues, default=None),
                late=sum(due < now for due in dues))  # fmt: skip


def _promises(user: Any) -> Item:
    rows = list(waiting_promises(DemandAccess(user))[:MANY])
    url = rows[0].get_absolute_url() if rows else ""
    return Item("需求单位已同意，待接受保密承诺", len(rows), url)


def operator(user: Any) -> Panel:
    """Enquiries to answer, facts to confirm, reports and applications to hand in."""
    ids = user.organisation_ids(Role.OPERATOR)
    since = timezone.now() - timedelta(days=settings.CONFIRM_EVERY_DAYS)
    is_stale = Q(confirmed_at__isnull=True) | Q(confirmed_at__lt=since)
    counts = CapabilityAccess(user).visible().filter(platform__organisation__in=ids).aggregate(
        published=Count("pk", filter=Q(status=ListingStatus.PUBLISHED)),
        draft=Count("pk", filter=Q(status__in=[ListingStatus.DRAFT, ListingStatus.RETURNED])),
        stale=Count("pk", filter=Q(status=ListingStatus.PUBLISHED) & is_stale),
    )  # fmt: skip
    projects = _projects(user, ids, "platform__organisation")
    manage, threads = reverse("platforms:mine"), reverse("cases:projects")
    bookings, booked = reverse("platforms:bookings"), booking_counts(user, timezone.now())
    changes, tickets = change_counts(user), ticket_counts(user, timezone.now())
    vouchers, held = reverse("cases:vouchers"), voucher_counts(user)
    return Panel(
        "我的平台",
        [
            Item("待回复的咨询", projects["waiting"], f"{threads}?status=enquiry",
                 due=projects["due"], late=projects["late"]),
            Item("待答复的预约", booked["waiting"], f"{bookings}?status=requested",
                 due=booked["due"], late=booked["late"]),
            _promises(user),
            Item("已结束、待登记使用的预约", booked["unsettled"], f"{bookings}?timing=unsettled"),
            _reports(user, ids),
            _applications(user, ids),
            _evaluations(user),
            counted("待完成的考核评估", open_assessments(user),
                    f"{reverse('platforms:assessments')}?timing=open", due="due_date"),
            counted("安全检查待整改", inspection_rows(ProjectAccess(user)).unmended(),
                    f"{reverse('cases:inspections')}?timing=open", due="rectify_by"),
            Item("诉求已答复，待我评价", tickets["answered"],
                 f"{reverse('platforms:tickets')}?status=answered"),
            *_bids(user),
            Item("可以报名的案例征集", open_calls(user, timezone.localdate()).count(),
                 reverse("cases:calls"), waits=False),
            Item("待补报或补充的变动", changes["asked"] + changes["returned"],
                 f"{reverse('platforms:changes')}?status=asked&status=returned"),
            Item("退回补正的服务券", held["returned"], f"{vouchers}?status=returned"),
            Item("待申请兑付的服务券", held["bound"], f"{vouchers}?status=bound", waits=False),
            Item("待确认仍有效的能力", counts["stale"], reverse("platforms:overdue")),
            Item("待补完的能力草稿与退回", counts["draft"], manage),
            Item("进行中的对接", projects["open"], threads, waits=False),
            Item("已发布的能力", counts["published"], manage, waits=False),
        ],
        [
            Group("平台与对接", links(
                ("适合我们的需求", "matching:fitting"), ("我的对接", "cases:projects"),
                ("技术揭榜", "cases:challenges"), ("我的揭榜方案", "cases:bids"),
                ("预约", "platforms:bookings"),
                ("环评安评台账", "cases:clearances"), ("安全检查", "cases:inspections"),
                ("对接成效", "cases:figures"), ("案例征集", "cases:calls"),
                ("我的案例报名", "cases:entries"), ("服务券", "cases:vouchers"),
                ("我的订阅", "matching:subscriptions"),
            )),
            Group("认定与年报", links(
                ("认定申报", "platforms:programmes"), ("我的申报", "platforms:applications"),
                ("年度报告", "reporting:reports"), ("运行评价", "reporting:evaluations"),
                ("考核评估", "platforms:assessments"),
                ("登记事项", "platforms:register"), ("变动报告", "platforms:changes"),
                ("要素诉求", "platforms:tickets"),
                ("财政资金台账", "platforms:funding"), ("退坡补贴", "platforms:subsidies"),
                ("进口税收政策名单", "platforms:tax_list"),
            )),
            Group("单位", links(("单位资料", "accounts:organisation"))),
        ],
        first=("管理平台资料", manage),
    )  # fmt: skip


def _reports(user: Any, ids: set[int]) -> Item:
    rows: Any = AnnualReportAccess(user).visible().filter(
        platform__organisation__in=ids, status__in=EDITABLE
    )  # fmt: skip
    url = reverse("reporting:reports")
    return counted("待填报的年度报告", rows.with_due(), url, due="due")


def _evaluations(user: Any) -> Item:
    rows = EvaluationAccess(user).visible().filter(status=RunStatus.PUBLICITY)
    url = reverse("reporting:evaluations")
    return counted("公示中、可提异议的评价", rows, url, due="publicity_ends_at", is_day=False)


def _applications(user: Any, ids: set[int]) -> Item:
    rows = ApplicationAccess(user).visible().filter(
        platform__organisation__in=ids,
        status__in=[ApplicationStatus.DRAFT, ApplicationStatus.RETURNED],
    )  # fmt: skip
    url = reverse("platforms:applications")
    return counted("待提交或补正的认定申报", rows, url, due="programme__closes_date")
