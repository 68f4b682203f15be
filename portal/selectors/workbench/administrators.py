"""Workbenches of partner systems and of the three administrators that 等保 keeps apart."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from accounts.access import ActivityAccess, OrganisationAccess, UserAccess
from accounts.enums import OrganisationStatus, Role
from accounts.selectors import last_seal
from core.models import JobStatus
from core.templatetags.portal_format import moment
from exchange.selectors import peer_rows
from matching.access import MatchRunAccess
from portal.selectors.workbench.parts import Group, Item, Panel, links, pending
from portal.selectors.workbench.staff import conflicts

FAILED = "accounts.user.sign_in_failed"
UNFINISHED = (JobStatus.QUEUED, JobStatus.RUNNING)


def partner(user: Any) -> Panel:
    """Tokens and what they open."""
    rows = links(
        ("服务令牌", "accounts:tokens"), ("接口文档", "docs"), ("代码表", "taxonomy:code_lists")
    )
    return Panel("系统对接", groups=[Group("接口", rows)])


def administrator(user: Any) -> Panel:
    """The numbers and tools of whichever of the three the user is."""
    groups: list[Group] = []
    items: list[Item] = []
    if user.has_role(Role.SECURITY_ADMIN):
        items += _accounts(user)
        groups.append(
            Group("人员与权限", links(
                ("人员与角色", "accounts:people"), ("开通账号", "accounts:invite"),
                ("单位审核", "accounts:organisations"),
            ))
        )  # fmt: skip
    if user.has_role(Role.AUDITOR):
        items += _log(user)
        groups.append(Group("审计", links(("操作记录", "accounts:activity"))))
    if user.has_role(Role.SYSTEM_ADMIN):
        items += _machinery(user)
        groups.append(
            Group("系统", links(
                ("匹配任务", "matching:runs"), ("匹配权重", "matching:weights"),
                ("相邻门户", "exchange:peers"),
                ("代码表", "taxonomy:code_lists"), ("接口文档", "docs"),
            ))
        )  # fmt: skip
    return Panel("系统管理", items, groups)


def _accounts(user: Any) -> list[Item]:
    """Organisations to approve, and accounts that are shut."""
    people = UserAccess(user).visible()
    return [
        pending("待审核的单位", OrganisationAccess(user), OrganisationStatus.PENDING,
                "accounts:organisations"),
        Item("个停用的账号", people.filter(is_active=False).count(),
             f"{reverse('accounts:people')}?is_active=False", waits=False),
    ]  # fmt: skip


def _log(user: Any) -> list[Item]:
    """What was logged today, and up to when the log is sealed."""
    today, page = timezone.localdate(), reverse("accounts:activity")
    rows = ActivityAccess(user).visible()
    counts = rows.filter(at__date=today).aggregate(
        all=Count("pk"), failed=Count("pk", filter=Q(action=FAILED))
    )
    seal = last_seal()
    unsealed = rows.filter(pk__gt=seal.last_id if seal else 0).count()
    until = f"已封存至 {moment(seal.sealed_at)}" if seal else "还没有封存过"
    failed = f"{page}?since={today}" + (f"&action={FAILED}" if counts["failed"] else "")
    return [
        Item("次登录失败（今日）", counts["failed"], failed, waits=False),
        Item("条操作记录（今日）", counts["all"], f"{page}?since={today}", waits=False),
        Item(f"条待封存（{until}），校验完整性", unsealed, f"{page}?verify=1", waits=False),
    ]


def _machinery(user: Any) -> list[Item]:
    """Work under way and what failed: matching, and the exchange with neighbours."""
    runs = MatchRunAccess(user).visible().aggregate(
        open=Count("pk", filter=Q(status__in=UNFINISHED)),
        failed=Count("pk", filter=Q(status=JobStatus.FAILED)),
    )  # fmt: skip
    rows: Any = peer_rows(user)  # annotated
    peers = rows.filter(last_status=JobStatus.FAILED)
    page, neighbours = reverse("matching:runs"), reverse("exchange:peers")
    return [
        Item("最近同步失败的相邻门户", peers.count(), neighbours),
        *conflicts(user),
        Item("个匹配任务进行中", runs["open"], f"{page}?status=queued&status=running", waits=False),
        Item("个匹配任务失败", runs["failed"], f"{page}?status=failed", waits=False),
    ]
