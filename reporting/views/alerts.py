"""Alerts as tasks: the list, one of them, who sees to it, closing, reopening (C18)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.selectors import history_of
from core.breadcrumbs import trail
from core.files import file_items
from core.lists import list_page
from core.refusals import carry_out, refusals_on
from reporting.access import AlertAccess
from reporting.filters import AlertFilter
from reporting.forms import AlertForm, CloseAlertForm
from reporting.models import Alert
from reporting.selectors import monitoring as selectors
from reporting.services import alerts as services
from reporting.tables import AlertTable

MONITORING = ("运行监测", "reporting:monitoring")
ALERTS = ("运行预警", "reporting:alerts")


@login_required
@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """All alerts; `?overdue=true` those not closed in time."""
    access = AlertAccess(request.user)
    access.require("view")
    return list_page(
        request, queryset=selectors.alert_rows(access.visible()), table_class=AlertTable,
        filter_class=AlertFilter, template="reporting/alerts.html", export_name="运行预警",
        context={"trail": trail(MONITORING, "运行预警")},
    )  # fmt: skip


def find(request: HttpRequest, pk: int) -> tuple[AlertAccess, Alert]:
    """The access object and an alert that the user may know of."""
    access = AlertAccess(request.user)
    rows = access.visible().select_related("indicator", "owner", "closed_by")
    return access, get_object_or_404(rows, pk=pk)


@login_required
@require_GET
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """One alert: what is wrong, who sees to it, what was shown."""
    access, found = find(request, pk)
    return render(request, "reporting/alert.html", page(request, access, found))


def page(request: HttpRequest, access: AlertAccess, found: Alert, **forms: Any) -> dict[str, Any]:
    """The context of the page; `forms` are those that came back with errors."""
    context: dict[str, Any] = {
        "alert": found,
        "moves": [row for row in access.transitions(found) if row.name == "reopen"],
        "files": file_items([found])[str(found.pk)],
        "history": history_of(found),
        "trail": trail(MONITORING, ALERTS, found.indicator.name),
    }
    if access.can("assign", found):
        initial = {"owner": found.owner_id or request.user.pk, "due_date": found.due_date}
        context["assign_form"] = AlertForm(owners=selectors.alert_owners(), initial=initial)
    if access.can("close", found):
        context["close_form"] = CloseAlertForm()
    return {**context, **forms}


@login_required
@require_POST
def assign_alert(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who sees to an alert, and by when."""
    access, found = find(request, pk)
    form = AlertForm(request.POST, owners=selectors.alert_owners())
    if form.is_valid():
        with refusals_on(form):
            services.assign_alert(
                actor=request.user, alert=found, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, "已指派，已通知负责人。")
            return redirect(found)
    return render(request, "reporting/alert.html", page(request, access, found, assign_form=form))


@login_required
@require_POST
def close_alert(request: HttpRequest, pk: int) -> HttpResponse:
    """Say and show what was done about an alert."""
    access, found = find(request, pk)
    form = CloseAlertForm(request.POST, request.FILES)
    if form.is_valid():
        with refusals_on(form):
            services.close_alert(
                actor=request.user, alert=found, now=timezone.now(),
                reason=form.cleaned_data["reason"], uploads=form.cleaned_data["files"],
            )  # fmt: skip
            messages.success(request, "已办结。数值明天仍超出界限的，预警会重新打开。")
            return redirect(found)
    return render(request, "reporting/alert.html", page(request, access, found, close_form=form))


@login_required
@require_POST
def reopen_alert(request: HttpRequest, pk: int) -> HttpResponse:
    """What was done is not enough."""
    _access, found = find(request, pk)
    carry_out(
        request, services.reopen_alert, "已重新打开，已通知负责人。", alert=found,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect(found)
