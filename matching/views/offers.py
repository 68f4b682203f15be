"""The demands that a platform, or one of its resources or solutions, suits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from matching.access import ResourceMatchesAccess
from matching.kinds import MODEL_OF
from matching.selectors.offers import PLATFORM, demands_suited
from matching.services.runs import start_resource_run


def _listing(request: HttpRequest, kind: str, slug: str) -> Any:
    """The platform, resource or solution, if the user may see what it suits."""
    platforms = ResourceMatchesAccess(request.user).visible()
    if kind == PLATFORM:
        return get_object_or_404(platforms, slug=slug)
    rows = MODEL_OF[kind]._default_manager.filter(platform__in=platforms)
    return get_object_or_404(rows.select_related("platform"), slug=slug)


@login_required
@require_GET
def suited(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """适合它的需求: open demands, best first; confidential ones only by their teaser."""
    listing = _listing(request, kind, slug)
    context = {
        "listing": listing,
        "kind": kind,
        "access": ResourceMatchesAccess(request.user),
        "fits": demands_suited(request.user, listing),
    }
    return render(request, "matching/suited.html", context)


@login_required
@require_POST
def start_resource(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Match a resource or solution anew."""
    if kind == PLATFORM:
        raise Http404
    listing = _listing(request, kind, slug)
    start_resource_run(actor=request.user, resource=listing, now=timezone.now())
    messages.success(request, "已开始重新匹配，几秒钟后刷新本页可看到结果。")
    return redirect("matching:suited", kind, slug)
