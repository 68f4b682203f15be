"""Runs for staff: a list, a full rematch with its progress, cancel."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from core.lists import list_page
from core.refusals import telling
from matching.access import MatchRunAccess
from matching.filters import MatchRunFilter
from matching.models import MatchRun
from matching.selectors.runs import named_runs, run_summary
from matching.services.full import cancel_run, start_full_run
from matching.tables import MatchRunTable


@login_required
@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """All runs; the full one under way on top."""
    access = MatchRunAccess(request.user)
    access.require("list")
    rows = named_runs(access.visible())
    current = MatchRun.objects.unfinished().filter(kind="full").first()
    return list_page(
        request,
        queryset=rows.newest_first(),
        table_class=MatchRunTable,
        filter_class=MatchRunFilter,
        template="matching/runs.html",
        export_name="匹配任务",
        context={"access": access, "current": current},
    )


@login_required
@require_POST
def start_full(request: HttpRequest) -> HttpResponse:
    """Start the full rematch and show it."""
    with telling(request):
        return redirect(start_full_run(actor=request.user, now=timezone.now()))
    return redirect("matching:runs")


def _run(request: HttpRequest, pk: int) -> MatchRun:
    rows = MatchRunAccess(request.user).visible()
    return get_object_or_404(named_runs(rows), pk=pk)


@login_required
@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: progress by chunk, figures, exposure."""
    found = _run(request, pk)
    access = MatchRunAccess(request.user)
    return render(
        request,
        "matching/run.html",
        {"run": found, "access": access, "summary": run_summary(found)},
    )


@login_required
@require_GET
def run_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the run is; once it is over, the page is asked to load anew."""
    found = _run(request, pk)
    if found.is_finished:
        return HttpResponseClientRefresh()
    return render(request, "matching/_progress.html", {"run": found, "poll": request.path})


@login_required
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a full rematch."""
    found = cancel_run(actor=request.user, run=_run(request, pk), now=timezone.now())
    messages.success(request, "已取消。已完成的部分保留，可随时重新发起。")
    return redirect(found)
