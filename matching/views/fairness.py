"""Fairness of matching: the declared policy for everybody, the measured shares for staff."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.lists import export_table
from matching.access import MatchRunAccess
from matching.engine.fairness import MOST, PRICE
from matching.selectors.exposure import GROUPS, exposure_trend
from matching.selectors.weights import RELEVANT_SCORE, active_weights, contributions
from matching.tables import ExposureTable


@require_GET
def policy(request: HttpRequest) -> HttpResponse:
    """匹配规则: how results are ranked, what is done for fairness, and its bounds."""
    context = {
        "most": MOST,
        "price": round(100 * PRICE, 2),
        "relevant": round(100 * RELEVANT_SCORE),
        "version": active_weights().version,
        "contributions": contributions(),
        "access": MatchRunAccess(request.user),
    }
    return render(request, "matching/policy.html", context)


@login_required
@require_GET
def exposure(request: HttpRequest) -> HttpResponse:
    """Shares of attention over the last full runs, with an export of all groups."""
    MatchRunAccess(request.user).require("list")
    if (kind := request.GET.get("export")) in {"csv", "xlsx"}:
        lines = ExposureTable.lines(exposure_trend(by) for by in GROUPS)
        return export_table(ExposureTable(lines), name="匹配展示机会", kind=kind)
    trend = exposure_trend(request.GET.get("by", ""))
    tabs = [
        {"label": label, "url": f"?by={by}", "active": by == trend.by}
        for by, label in GROUPS.items()
    ]
    return render(request, "matching/exposure.html", {"trend": trend, "tabs": tabs})
