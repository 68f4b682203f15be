"""环评安评台账: every project's procedures in one list, and one project's page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from cases import services
from cases.access import ProjectAccess
from cases.enums import ClearanceKind
from cases.filters import ClearanceFilter, InspectionFilter
from cases.forms import ClearanceForm, InspectionForm, MendForm
from cases.models import Project, SafetyInspection
from cases.selectors import clearance_rows, inspection_rows
from cases.tables import ClearanceTable, InspectionTable
from cases.views.projects import find_project
from core.breadcrumbs import trail
from core.errors import DomainError, Refused
from core.lists import list_page
from core.refusals import refusals_on


def _keeper(request: HttpRequest) -> ProjectAccess:
    access = ProjectAccess(request.user)
    if not access.can("keep_ledger"):
        raise Refused("只有平台运营和主管部门可以查看台账。")
    return access


@login_required
def clearances(request: HttpRequest) -> HttpResponse:
    """The ledger of my platforms or regions."""
    return list_page(
        request,
        queryset=clearance_rows(_keeper(request)),
        table_class=ClearanceTable,
        filter_class=ClearanceFilter,
        template="cases/clearances.html",
        export_name="环评安评台账",
    )


@login_required
def inspections(request: HttpRequest) -> HttpResponse:
    """Safety inspections of my platforms or regions; `?timing=overdue` those not mended in time."""
    return list_page(
        request,
        queryset=inspection_rows(_keeper(request)),
        table_class=InspectionTable,
        filter_class=InspectionFilter,
        template="cases/inspections.html",
        export_name="安全检查",
    )


@login_required
def ledger(request: HttpRequest, number: str) -> HttpResponse:
    """One project: what it needs, how far it is, inspections and their rectification."""
    found = find_project(request, number)
    ProjectAccess(request.user).require("see_ledger", found)
    return render(request, "cases/ledger.html", page(request, found))


def page(request: HttpRequest, found: Project, **typed: Any) -> dict[str, Any]:
    """The context of the page; `typed` are forms that came back with errors, by name."""
    known = {row.kind: row for row in found.clearances.select_related("hazard_class")}
    forms = [
        (kind, known.get(kind.value), typed.get(kind.value) or _form(found, kind, known))
        for kind in ClearanceKind
    ]
    inspections = found.inspections.order_by("-held_date", "-pk")
    return {
        "project": found,
        "clearances": forms,
        "inspections": [(row, MendForm(initial={"mended_count": row.found_count}))
                        for row in inspections],
        "inspection_form": typed.get("inspection") or InspectionForm(),
        "may_keep": ProjectAccess(request.user).can("keep_ledger", found),
        "trail": trail((found.number, found), "环评安评与安全检查"),
    }  # fmt: skip


def _form(found: Project, kind: ClearanceKind, known: dict[str, Any]) -> ClearanceForm:
    return ClearanceForm(instance=known.get(kind.value), prefix=kind.value)


@login_required
@require_POST
def clear(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Save one procedure."""
    found = find_project(request, number)
    form = ClearanceForm(request.POST, prefix=kind)
    if form.is_valid():
        with refusals_on(form):
            services.save_clearance(
                actor=request.user, project=found, kind=kind, values=form.cleaned_data,
                now=timezone.now(),
            )  # fmt: skip
            messages.success(request, "已保存。")
            return redirect("cases:ledger", number)
    return render(request, "cases/ledger.html", page(request, found, **{kind: form}))


@login_required
@require_POST
def inspect(request: HttpRequest, number: str) -> HttpResponse:
    """Record an inspection."""
    found = find_project(request, number)
    form = InspectionForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            services.record_inspection(
                actor=request.user, project=found, values=form.cleaned_data, now=timezone.now()
            )
            messages.success(request, "检查已记录。")
            return redirect("cases:ledger", number)
    return render(request, "cases/ledger.html", page(request, found, inspection=form))


@login_required
@require_POST
def mend(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Say what was mended."""
    found = find_project(request, number)
    row = get_object_or_404(SafetyInspection, project=found, pk=pk)
    form = MendForm(request.POST)
    if not form.is_valid():
        raise DomainError("invalid", "请填写已整改的项数和整改情况。", "mended_count")
    services.mend_findings(
        actor=request.user, inspection=row, now=timezone.now(), **form.cleaned_data
    )
    messages.success(request, "整改已登记。")
    return redirect("cases:ledger", number)
