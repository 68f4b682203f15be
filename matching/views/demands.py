"""The matches of a demand: progress, ranked capabilities, feedback."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from accounts.selectors import brokers_for_region
from demands.access import DemandAccess
from demands.models import Demand
from demands.services import note_full_reading
from matching.access import DemandMatchesAccess
from matching.enums import ResourceKind, Side
from matching.kinds import MODEL_OF
from matching.models import MatchRun
from matching.selectors.help import help_asked
from matching.selectors.offers import (
    PLATFORM,
    also_related,
    demand_tabs,
    platform_cards,
    resource_cards,
)
from matching.selectors.results import MatchPage, demand_page, reason_choices
from matching.selectors.subscriptions import is_subscribed
from matching.services.runs import ask_broker, start_demand_run
from matching.views.feedback import judge
from platforms.models import Capability

FIRST_RUN_WAIT = timedelta(minutes=10)


def _demand(request: HttpRequest, slug: str) -> Demand:
    rows = DemandMatchesAccess(request.user).visible()
    related = ("organisation", "region", "field", "wanted_region")
    return get_object_or_404(rows.select_related(*related), slug=slug)


def _is_awaited(demand: Demand, run: MatchRun | None) -> bool:
    """Whether a demand was published so lately that its run is still on the way."""
    since = timezone.now() - FIRST_RUN_WAIT
    return run is None and demand.is_open and bool(demand.published_at) and (
        demand.published_at >= since
    )  # fmt: skip


@login_required
@require_GET
def demand(request: HttpRequest, slug: str) -> HttpResponse:
    """The capabilities that fit a demand, and why; near misses and what would help.

    `?kind=` shows platforms, equipment, lines, experts or solutions instead.
    """
    subject = _demand(request, slug)
    result = demand_page(user=request.user, demand=subject)
    kind = request.GET.get("kind", "")
    context = {
        "demand": subject,
        "is_noted": note_full_reading(actor=request.user, demand=subject, now=timezone.now()),
        "access": DemandMatchesAccess(request.user),
        "result": result,
        "is_awaited": _is_awaited(subject, result.run),
        "reasons": reason_choices(),
        "brokers": brokers_for_region(subject.region_id or ""),
        "help_asked": partial(help_asked, subject),
        "is_subscribed": is_subscribed(user=request.user, demand=subject),
        "tabs": demand_tabs(result, kind),
        "may_amend": DemandAccess(request.user).can("amend", subject),
    }
    template, of_kind = _of_kind(request, subject, result, kind)
    return render(request, template, {**context, **of_kind})


def _of_kind(
    request: HttpRequest, subject: Demand, result: MatchPage, kind: str
) -> tuple[str, dict[str, Any]]:
    """The template and what it shows: capabilities, platforms, or resources of a kind."""
    matches = result.match_list
    if matches and kind == PLATFORM:
        return "matching/demand_platforms.html", {"platforms": platform_cards(matches)}
    if matches and kind in ResourceKind.values:
        cards = resource_cards(request.user, matches, subject, kind)
        rejected = sum(card.is_rejected for card in cards)
        context = {"kind": ResourceKind(kind), "cards": cards, "rejected": rejected}
        return "matching/demand_resources.html", context
    also = matches and not result.best and also_related(request.user, matches, subject)
    return "matching/demand.html", {"also": also}


@login_required
@require_GET
def demand_progress(request: HttpRequest, slug: str) -> HttpResponse:
    """How far the run is; once it is over, the page is asked to load anew."""
    subject = _demand(request, slug)
    run = MatchRun.objects.filter(demand=subject).newest_first().first()
    is_awaited = _is_awaited(subject, run)
    if not is_awaited and (run is None or run.is_finished):
        return HttpResponseClientRefresh()
    poll = request.path
    return render(request, "matching/_progress.html", {"run": run, "poll": poll})


@login_required
@require_POST
def start_demand(request: HttpRequest, slug: str) -> HttpResponse:
    """Match the demand anew."""
    subject = _demand(request, slug)
    start_demand_run(actor=request.user, demand=subject, now=timezone.now())
    messages.success(request, "已开始重新匹配，结果几秒钟后出现在本页。")
    return redirect("matching:demand", slug=slug)


@login_required
@require_POST
def ask_for_broker(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the brokers of the region to look at the demand."""
    subject = _demand(request, slug)
    count = ask_broker(actor=request.user, demand=subject, now=timezone.now())
    messages.success(request, f"已通知 {count} 位技术经理人，他们会在平台内联系您。")
    return redirect("matching:demand", slug=slug)


@login_required
def judge_capability(request: HttpRequest, slug: str, capability: str) -> HttpResponse:
    """Say whether a capability suits the demand."""
    subject = _demand(request, slug)
    other = get_object_or_404(Capability.objects.shown(), slug=capability)
    back = reverse("matching:demand", args=[slug])
    return judge(request, side=Side.DEMAND, demand=subject, offer=other, back=back)


@login_required
def judge_resource(request: HttpRequest, slug: str, kind: str, resource: str) -> HttpResponse:
    """Say whether a resource or solution suits the demand."""
    subject = _demand(request, slug)
    other = get_object_or_404(MODEL_OF[kind]._default_manager.shown(), slug=resource)
    back = f"{reverse('matching:demand', args=[slug])}?kind={kind}"
    return judge(request, side=Side.DEMAND, demand=subject, offer=other, back=back)
