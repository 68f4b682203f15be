"""What came of the enquiries: the operator's funnel (complaint 8)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from cases import selectors
from cases.access import ProjectAccess


@login_required
def figures(request: HttpRequest) -> HttpResponse:
    """How far enquiries came in a period: `?period=90|365|all`."""
    ProjectAccess(request.user).require("see_figures")
    asked = request.GET.get("period", "")
    period = asked if asked in selectors.PERIODS else "365"
    now = timezone.now()
    tabs = [
        {"label": label, "url": f"?period={key}", "active": key == period}
        for key, (_span, label) in selectors.PERIODS.items()
    ]
    funnel = selectors.funnel(request.user, period=period, now=now)
    return render(request, "cases/figures.html", {"funnel": funnel, "tabs": tabs, "as_of": now})
