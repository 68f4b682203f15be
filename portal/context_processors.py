"""What every page needs: the portal's names, its navigation, the reader's unread messages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from notifications.selectors import unread_count
from taxonomy.jurisdiction import current_jurisdiction

# label, url name
NAVIGATION = [
    ("首页", "portal:home"),
    ("找平台", "platforms:platforms"),
    ("找能力", "platforms:capabilities"),
    ("看需求", "demands:demands"),
    ("典型案例", "cases:cases"),
    ("政策资讯", "policies:documents"),
    ("行业动态", "policies:news_list"),
]


def portal(request: HttpRequest) -> dict[str, Any]:
    """`portal` (names of who runs this), `nav` and `unread_count`."""
    return {
        "portal": current_jurisdiction(),
        "nav": [  # every name is there once its app has its pages
            {
                "label": label,
                "url": reverse(name),
                "active": request.path == reverse(name)
                or (name != "portal:home" and request.path.startswith(reverse(name))),
            }
            for label, name in NAVIGATION
            if _exists(name)
        ],
        "unread_count": unread_count(request.user),
    }


def _exists(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True
