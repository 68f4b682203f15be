"""The demands that fit a capability, and all that fit an operator's capabilities."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from core.lists import list_page
from demands.models import Demand
from demands.services import note_full_readings
from matching.access import CapabilityMatchesAccess
from matching.enums import Side
from matching.filters import FittingDemandFilter
from matching.models import MatchRun
from matching.selectors.fitting import fitting_demands
from matching.selectors.results import capability_page, reason_choices
from matching.selectors.subscriptions import is_subscribed
from matching.services.runs import start_capability_run
from matching.tables import FittingDemandTable
from matching.views.feedback import judge
from platforms.models import Capability


def _capability(request: HttpRequest, slug: str) -> Capability:
    rows = CapabilityMatchesAccess(request.user).visible()
    return get_object_or_404(rows.select_related("platform__organisation"), slug=slug)


@login_required
@require_GET
def capability(request: HttpRequest, slug: str) -> HttpResponse:
    """The open demands that fit a capability; of confidential ones as much as the reader may see,
    which is noted (D08)."""
    subject = _capability(request, slug)
    result = capability_page(user=request.user, capability=subject)
    read = [card.match.demand for card in result.cards if card.is_full_text]
    context = {
        "is_noted": note_full_readings(actor=request.user, demands=read, now=timezone.now()),
        "capability": subject,
        "access": CapabilityMatchesAccess(request.user),
        "result": result,
        "reasons": reason_choices(),
        "is_subscribed": is_subscribed(user=request.user, capability=subject),
    }
    return render(request, "matching/capability.html", context)


@login_required
@require_GET
def capability_progress(request: HttpRequest, slug: str) -> HttpResponse:
    """How far the run is; once it is over, the page is asked to load anew."""
    subject = _capability(request, slug)
    run = MatchRun.objects.filter(capability=subject).newest_first().first()
    if run is None or run.is_finished:
        return HttpResponseClientRefresh()
    return render(request, "matching/_progress.html", {"run": run, "poll": request.path})


@login_required
@require_POST
def start_capability(request: HttpRequest, slug: str) -> HttpResponse:
    """Match the capability anew."""
    subject = _capability(request, slug)
    start_capability_run(actor=request.user, capability=subject, now=timezone.now())
    messages.success(request, "已开始重新匹配，结果几秒钟后出现在本页。")
    return redirect("matching:capability", slug=slug)


@login_required
def judge_demand(request: HttpRequest, slug: str, demand: str) -> HttpResponse:
    """Say whether a demand suits the capability."""
    subject = _capability(request, slug)
    other = get_object_or_404(Demand.objects.open(), slug=demand)
    back = reverse("matching:capability", args=[slug])
    return judge(request, side=Side.CAPABILITY, demand=other, offer=subject, back=back)


@login_required
@require_GET
def fitting(request: HttpRequest) -> HttpResponse:
    """适合我们的需求: the open demands that fit any of my capabilities, best first."""
    return list_page(
        request,
        queryset=fitting_demands(request.user),
        table_class=FittingDemandTable,
        filter_class=FittingDemandFilter,
        template="matching/fitting.html",
        export_name="适合我们的需求",
    )
