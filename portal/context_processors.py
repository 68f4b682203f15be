"""What every page needs: the portal's names, its navigation, the reader's unread messages."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse

from cases.access import ProjectAccess
from core.access import Access
from demands.access import DemandAccess
from notifications.selectors import unread_count
from taxonomy.jurisdiction import current_jurisdiction

# label, url name, other addresses that belong there
NAVIGATION: list[tuple[str, ...]] = [
    ("中试平台", "platforms:platforms"),
    ("服务能力", "platforms:capabilities"),
    ("共享资源", "platforms:resources"),
    ("中试需求", "demands:demands"),
    ("典型案例", "cases:cases", "/case-calls/"),
    (
        "平台认定",
        "platforms:programmes",
        "/challenges/",
        "/publicity/",
        "/roster/",
        "/verify/",
        "/letters/",
        "/certificates/",
    ),
    ("数据发布", "reporting:publications", "/lists/"),
    ("政策资讯", "policies:documents"),
    ("行业动态", "policies:news_list", "/topics/"),
]
FOOTER = [
    ("关于数据", "portal:about"),
    ("平台名册", "platforms:roster"),
    ("运行评价", "reporting:evaluations"),
    ("编号清单", "reporting:lists"),
    ("统计分析", "reporting:analysis"),
    ("缺口图谱", "matching:atlas"),
    ("匹配规则", "matching:policy"),
    ("中试服务券", "cases:voucher_programmes"),
    ("政策目标", "reporting:targets"),
    ("指标定义", "reporting:indicators"),
    ("报告核验", "reporting:verify"),
    ("代码表", "taxonomy:code_lists"),
    ("隐私说明", "portal:privacy"),
    ("无障碍说明", "portal:accessibility"),
    ("开放接口", "docs"),
]
USER_MENU = [
    ("工作台", "portal:workbench"),
    ("消息", "notifications:inbox"),
    ("个人设置", "accounts:profile"),
]


def portal(request: HttpRequest) -> dict[str, Any]:
    """`portal` (names of who runs this, nav, footer, user_menu) and `unread_count`."""
    jurisdiction = current_jurisdiction()
    # a refused host is answered before anybody is signed in
    user = getattr(request, "user", AnonymousUser())
    navigation = _navigation(request, user)
    return {
        "portal": {
            "name": jurisdiction.title,
            "short_name": f"{jurisdiction.name}中试资源网络",
            "owner": jurisdiction.owner,
            "region_name": jurisdiction.name,
            "modules": jurisdiction.modules,
            "nav": navigation,
            "way_back": _way_back(request, user, navigation),
            "footer": _links(FOOTER),
            "user_menu": _links(USER_MENU),
            # asked by the few pages that show these two buttons
            "may_post": lambda: _is_open_to(user, DemandAccess(user), "create"),
            "may_enquire": lambda: _is_open_to(user, ProjectAccess(user), "start"),
        },
        "unread_count": unread_count(user),
    }


def _is_open_to(user: Any, access: Access, action: str) -> bool:
    """Whether a door is shown: to whom may, and to visitors, who are asked to sign in there."""
    return not user.is_authenticated or bool(access.can(action))


def _links(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(label, _address(name)) for label, name in rows]


@cache
def _address(name: str) -> str:
    """Where a page of fixed address is: every page asks for thirty of them."""
    return reverse(name)


def _navigation(request: HttpRequest, user: Any) -> list[tuple[str, str, bool]]:
    """The main navigation: it begins where the reader is at home."""
    home = ("工作台", "portal:workbench") if user.is_authenticated else ("首页", "portal:home")
    return [
        (label, _address(name), _is_here(request, _address(name), *others))
        for label, name, *others in [home, *NAVIGATION]
    ]


def _way_back(request: HttpRequest, user: Any, navigation: list[tuple[str, str, bool]]) -> str:
    """The workbench's address on a page that no part of the navigation leads to; else empty."""
    is_known = any(active for _, _, active in navigation) or request.path == _address("portal:home")
    return _address("portal:workbench") if user.is_authenticated and not is_known else ""


def _is_here(request: HttpRequest, *places: str) -> bool:
    return any(
        request.path == place or (place != "/" and request.path.startswith(place))
        for place in places
    )
