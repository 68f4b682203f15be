"""Workbenches of partner systems and of the three administrators that 等保 keeps apart."""

from __future__ import annotations

from typing import Any

from accounts.enums import Role
from portal.selectors.workbench.parts import Group, Panel, links


def partner(user: Any) -> Panel:
    """Tokens and what they open."""
    rows = links(
        ("服务令牌", "accounts:tokens"), ("接口文档", "docs"), ("代码表", "taxonomy:code_lists")
    )
    return Panel("系统对接", groups=[Group("接口", rows)])


def administrator(user: Any) -> Panel:
    """The tools of whichever of the three the user is."""
    groups = []
    if user.has_role(Role.SECURITY_ADMIN):
        groups.append(
            Group("人员与权限", links(
                ("人员与角色", "accounts:people"), ("开通账号", "accounts:invite"),
                ("单位审核", "accounts:organisations"),
            ))
        )  # fmt: skip
    if user.has_role(Role.AUDITOR):
        groups.append(Group("审计", links(("操作记录", "accounts:activity"))))
    if user.has_role(Role.SYSTEM_ADMIN):
        groups.append(
            Group("系统", links(
                ("匹配任务", "matching:runs"), ("匹配权重", "matching:weights"),
                ("相邻门户", "exchange:peers"),
                ("代码表", "taxonomy:code_lists"), ("接口文档", "docs"),
            ))
        )  # fmt: skip
    return Panel("系统管理", groups=groups)
