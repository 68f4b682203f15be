"""Subscriptions: to a demand, to a capability, to a saved search."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.refusals import refusals_on
from matching.access import (
    CapabilityMatchesAccess,
    DemandMatchesAccess,
    SubscriptionAccess,
)
from matching.forms import SearchForm
from matching.kinds import resource_fields
from matching.selectors.subscriptions import subscription_lines
from matching.services.subscriptions import subscribe, unsubscribe
from matching.views.offers import find_listing


@login_required
def subscriptions(request: HttpRequest) -> HttpResponse:
    """What I asked to be told of, and a form for one more search."""
    form = SearchForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with refusals_on(form):
            subscribe(actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, "已保存。有符合的新能力发布时会通知您。")
            return redirect("matching:subscriptions")
    rows = subscription_lines(request.user)
    return render(request, "matching/subscriptions.html", {"form": form, "rows": rows})


@login_required
@require_POST
def cancel_subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop being told of one thing."""
    found = get_object_or_404(SubscriptionAccess(request.user).visible(), pk=pk)
    unsubscribe(actor=request.user, subscription=found, now=timezone.now())
    messages.success(request, "已取消订阅。")
    return redirect("matching:subscriptions")


@login_required
@require_POST
def subscribe_demand(request: HttpRequest, slug: str) -> HttpResponse:
    """Be told of new capabilities for a demand, or no longer."""
    demand = get_object_or_404(DemandMatchesAccess(request.user).visible(), slug=slug)
    _switch(request, demand=demand)
    return redirect("matching:demand", slug=slug)


@login_required
@require_POST
def subscribe_capability(request: HttpRequest, slug: str) -> HttpResponse:
    """Be told of new demands for a capability, or no longer."""
    capability = get_object_or_404(CapabilityMatchesAccess(request.user).visible(), slug=slug)
    _switch(request, capability=capability)
    return redirect("matching:capability", slug=slug)


@login_required
@require_POST
def subscribe_resource(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Be told of new demands for a resource or solution, or no longer."""
    resource = find_listing(request, kind, slug)
    if "cancel" in request.POST:
        _cancel(request, **resource_fields(resource))
    else:
        _subscribe(request, resource=resource)
    return redirect("matching:suited", kind, slug)


def _switch(request: HttpRequest, **subject: Any) -> None:
    if "cancel" in request.POST:
        _cancel(request, **subject)
    else:
        _subscribe(request, **subject)


def _subscribe(request: HttpRequest, **subject: Any) -> None:
    subscribe(actor=request.user, now=timezone.now(), **subject)
    messages.success(request, "已订阅，有新的匹配时会通知您。")


def _cancel(request: HttpRequest, **subject: Any) -> None:
    for row in SubscriptionAccess(request.user).visible().filter(**subject):
        unsubscribe(actor=request.user, subscription=row, now=timezone.now())
    messages.success(request, "已取消订阅。")
