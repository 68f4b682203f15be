"""The activity log: all of it for auditors, one's own for everybody."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone

from accounts.access import ActivityAccess
from accounts.filters import ActivityFilter
from accounts.requests import PersonRequest
from accounts.selectors import activity_of, last_seal
from accounts.tables import ActivityTable
from core.lists import list_page
from core.services import verify_activity_log


@login_required
def activity(request: PersonRequest) -> HttpResponse:
    """The whole log with filters and export; `?verify=1` recomputes the hash chain."""
    access = ActivityAccess(request.user)
    access.require("audit")
    context: dict[str, Any] = {"last_seal": last_seal(), "is_verified": "verify" in request.GET}
    if context["is_verified"]:
        context |= {"broken_seal": verify_activity_log(), "verified_at": timezone.now()}
    return list_page(
        request,
        queryset=access.visible().order_by("-at", "-pk"),
        table_class=ActivityTable,
        filter_class=ActivityFilter,
        template="accounts/activity.html",
        per_page=50,
        export_name="操作记录",
        context=context,
    )


@login_required
def my_activity(request: PersonRequest) -> HttpResponse:
    """What the reader did, also for an auditor."""
    return list_page(
        request,
        queryset=activity_of(request.user),
        table_class=ActivityTable,
        template="accounts/my_activity.html",
        per_page=50,
        export_name="我的操作记录",
    )
