"""Cycles and jobs, for staff."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from core.lists import list_page
from core.refusals import carry_out, refusals_on
from reporting.access import AnnualReportAccess, CycleAccess, JobAccess
from reporting.forms import CycleDatesForm, CycleForm
from reporting.models import ReportingJob
from reporting.selectors.reports import cycle_count
from reporting.services import cycles as services
from reporting.services import jobs as job_services
from reporting.tables import CycleTable, JobTable


@login_required
@require_GET
def cycles(request: HttpRequest) -> HttpResponse:
    """Years of reporting."""
    access = CycleAccess(request.user)
    rows = access.visible().select_related("region").order_by("-year", "region__code", "pk")
    return list_page(
        request, queryset=rows, table_class=CycleTable, template="reporting/cycles.html",
        context={"access": access},
    )  # fmt: skip


@login_required
def create(request: HttpRequest) -> HttpResponse:
    """Make a cycle."""
    CycleAccess(request.user).require("create")
    form = CycleForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = services.create_cycle(
                actor=request.user, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, "已建立，核对后点“开始填报”。")
            return redirect("reporting:cycle", made.pk)
    return render(request, "reporting/cycle_form.html", {"form": form})


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the dates and the notice of a cycle."""
    access = CycleAccess(request.user)
    found = get_object_or_404(access.visible().select_related("region"), pk=pk)
    access.require("edit", found)
    form = CycleDatesForm(request.POST or None, initial=model_to_dict(found))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.edit_cycle(
                actor=request.user, cycle=found, values=form.cleaned_data, now=timezone.now()
            )
            messages.success(request, "已保存。")
            return redirect("reporting:cycle", found.pk)
    return render(request, "reporting/cycle_form.html", {"form": form, "cycle": found})


@login_required
@require_GET
def cycle(request: HttpRequest, pk: int) -> HttpResponse:
    """One cycle: how it stands, its jobs, what it asks for."""
    access = CycleAccess(request.user)
    found = get_object_or_404(access.visible().select_related("region"), pk=pk)
    reports = AnnualReportAccess(request.user).visible()
    jobs = JobAccess(request.user).visible().filter(cycle=found).select_related("owner")
    context = {
        "cycle": found,
        "access": access,
        "count": cycle_count(found, reports, today=timezone.localdate()),
        "jobs": jobs.order_by("-created_at")[:10],
        "running": jobs.unfinished().order_by("-created_at").first(),
        "indicator_count": found.indicators.count(),
    }
    return render(request, "reporting/cycle.html", context)


@login_required
@require_POST
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Open, close, reopen."""
    found = get_object_or_404(CycleAccess(request.user).visible(), pk=pk)
    carry_out(
        request, services.move_cycle, "已办理。", cycle=found, name=name,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect("reporting:cycle", pk)


@login_required
@require_POST
def compute(request: HttpRequest, pk: int) -> HttpResponse:
    """Compute all reports under way anew."""
    found = get_object_or_404(CycleAccess(request.user).visible(), pk=pk)
    carry_out(request, services.request_compute, cycle=found)
    return redirect("reporting:cycle", pk)


@login_required
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """Long work: who started it, how far it is."""
    access = JobAccess(request.user)
    access.require("list")
    rows = access.visible().select_related("cycle__region", "owner").order_by("-created_at", "pk")
    return list_page(
        request, queryset=rows, table_class=JobTable, template="reporting/jobs.html",
        context={"access": access},
    )  # fmt: skip


@login_required
@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One job, with its progress and result."""
    access = JobAccess(request.user)
    found = get_object_or_404(access.visible().select_related("cycle__region", "owner"), pk=pk)
    return render(request, "reporting/job.html", {"job": found, "access": access})


@login_required
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is; once it is over, the page loads anew."""
    found: ReportingJob = get_object_or_404(JobAccess(request.user).visible(), pk=pk)
    if found.is_finished:
        return HttpResponseClientRefresh()
    return render(request, "reporting/_progress.html", {"job": found})


@login_required
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a job; what is written stays."""
    found = get_object_or_404(JobAccess(request.user).visible(), pk=pk)
    job_services.cancel_job(actor=request.user, job=found, now=timezone.now())
    messages.success(request, "任务已取消，已完成的部分保留。")
    return redirect("reporting:job", pk)
