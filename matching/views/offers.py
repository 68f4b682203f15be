"""The demands that a platform, or one of its resources or solutions, suits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from demands.models import Demand
from demands.services import note_full_readings
from matching.access import ResourceMatchesAccess
from matching.enums import Side
from matching.kinds import MODEL_OF, resource_fields
from matching.selectors.offers import PLATFORM, demands_suited
from matching.selectors.results import reason_choices
from matching.selectors.subscriptions import is_subscribed
from matching.services.runs import start_resource_run
from matching.views.feedback import judge


def find_listing(request: HttpRequest, kind: str, slug: str) -> Any:
    """The platform, resource or solution, if the user may see what it suits."""
    platforms = ResourceMatchesAccess(request.user).visible()
    if kind == PLATFORM:
        return get_object_or_404(platforms, slug=slug)
    rows = MODEL_OF[kind]._default_manager.filter(platform__in=platforms)
    return get_object_or_404(rows.select_related("platform"), slug=slug)


@login_required
@require_GET
def suited(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """适合它的需求: open demands, best first; of confidential ones as much as the reader may see,
    which is noted (D08)."""
    listing = find_listing(request, kind, slug)
    fits = demands_suited(request.user, listing)
    read = [fit.demand for fit in fits if fit.is_full]
    context = {
        "is_noted": note_full_readings(actor=request.user, demands=read, now=timezone.now()),
        "listing": listing,
        "kind": kind,
        "access": ResourceMatchesAccess(request.user),
        "fits": fits,
        "rejected": sum(fit.is_rejected for fit in fits),
        "reasons": reason_choices(),
        "is_subscribed": kind != PLATFORM
        and is_subscribed(user=request.user, **resource_fields(listing)),
    }
    return render(request, "matching/suited.html", context)


@login_required
@require_POST
def start_resource(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Match a resource or solution anew."""
    listing = find_listing(request, kind, slug)
    start_resource_run(actor=request.user, resource=listing, now=timezone.now())
    messages.success(request, "已开始重新匹配，几秒钟后刷新本页可看到结果。")
    return redirect("matching:suited", kind, slug)


@login_required
def judge_suited(request: HttpRequest, kind: str, slug: str, demand: str) -> HttpResponse:
    """Say whether a demand suits the resource or solution."""
    listing = find_listing(request, kind, slug)
    other = get_object_or_404(Demand.objects.open(), slug=demand)
    back = reverse("matching:suited", args=[kind, slug])
    return judge(request, side=Side.CAPABILITY, demand=other, offer=listing, back=back)
