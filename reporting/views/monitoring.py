"""Running indicators for staff; policy targets for everybody."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.lists import export_table
from core.refusals import telling
from reporting.access import (
    AlertAccess,
    IndicatorAccess,
    PortalValueAccess,
    TargetFigureAccess,
)
from reporting.forms import FigureForm
from reporting.selectors import monitoring as selectors
from reporting.selectors.history import PERIODS, drawing_of, history_of
from reporting.services import monitoring as services
from reporting.tables import HistoryTable
from taxonomy.jurisdiction import current_jurisdiction


@login_required
@require_GET
def monitoring(request: HttpRequest) -> HttpResponse:
    """Today's running indicators, and what is out of bounds."""
    access = PortalValueAccess(request.user)
    access.require("view")
    alert_access = AlertAccess(request.user)
    context = {
        "access": access,
        "rows": selectors.running(access.visible()),
        "alerts": selectors.alert_rows(alert_access.visible().open()),  # type: ignore[attr-defined]
    }
    return render(request, "reporting/monitoring.html", context)


@login_required
@require_GET
def history(request: HttpRequest, code: str) -> HttpResponse:
    """One running indicator by day, week or month."""
    access = PortalValueAccess(request.user)
    access.require("view")
    rows = IndicatorAccess(request.user).visible().current().filter(part="portal")
    indicator = get_object_or_404(rows, code=code)
    asked = request.GET.get("by", "")
    by = asked if asked in PERIODS else "day"
    if (kind := request.GET.get("export")) in {"csv", "xlsx"}:
        points = history_of(access.visible(), indicator, by=by, everything=True)
        return export_table(HistoryTable(points), name=indicator.name, kind=kind)
    points = history_of(access.visible(), indicator, by=by)
    context = {
        "indicator": indicator, "points": points, "by": by,
        "drawing": drawing_of(indicator, points, by=by),
        "tabs": [{"label": label, "url": f"?by={name}", "active": name == by}
                 for name, label in PERIODS.items()],
    }  # fmt: skip
    return render(request, "reporting/history.html", context)


@login_required
@require_POST
def compute(request: HttpRequest) -> HttpResponse:
    """Compute today's values now."""
    services.compute_portal_values(actor=request.user, now=timezone.now())
    messages.success(request, "运行指标已更新。")
    return redirect("reporting:monitoring")


@require_GET
def targets(request: HttpRequest) -> HttpResponse:
    """What the policies promise, and where it stands."""
    today = timezone.localdate()
    context = {
        "rows": selectors.policy_targets(today=today),
        "owner": current_jurisdiction().owner,
        "today": today,
        "may_record": bool(TargetFigureAccess(request.user).can("record")),
    }
    return render(request, "reporting/targets.html", context)


@login_required
@require_POST
def record_figure(request: HttpRequest, code: str) -> HttpResponse:
    """Where a target stands that no record here can tell."""
    form = FigureForm(request.POST)
    with telling(request):
        if not form.is_valid():
            raise DomainError("invalid", "请填写数值、截至日期和来源。")
        services.record_target_figure(
            actor=request.user, code=code, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, "已登记，来源和日期随数值公开。")
    return redirect("reporting:targets")
