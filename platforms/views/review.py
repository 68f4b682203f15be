"""The staff's queue: listings, claims and reports of their regions that wait for them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.errors import DomainError, Refused
from core.refusals import carry_out
from platforms import selectors, services
from platforms.access import ClaimAccess, PlatformAccess, ReportAccess, access_to
from platforms.facts import fact_rows
from platforms.kinds import CAPABILITY, KINDS
from platforms.views.manage import find


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """Everything that waits, oldest first."""
    PlatformAccess(request.user).require("review")
    context = {
        "waiting": selectors.waiting_listings(request.user),
        "claims": selectors.waiting_claims(request.user),
        "reports": selectors.open_reports(request.user),
        "claim_access": ClaimAccess(request.user),
        "report_access": ReportAccess(request.user),
    }
    return render(request, "platforms/review/queue.html", context)


@login_required
def listing(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """One listing under review: its facts, and what differs from the published version."""
    access, found = find(request, kind, slug)
    access.require("review", found)
    context = {
        "listing": found,
        "kind": KINDS[kind],
        "access": access,
        "platform": getattr(found, "platform", found),
        "facts": fact_rows(found),
        "parameters": found.parameters.order_by("pk") if kind == CAPABILITY.key else [],
        "differences": selectors.differences(found),
    }
    return render(request, "platforms/review/listing.html", context)


@login_required
@require_POST
def publish_all(request: HttpRequest) -> HttpResponse:
    """Publish the ticked rows; what cannot be published says why and stays."""
    done = 0
    order = {key: number for number, key in enumerate(KINDS)}  # a platform before its offers
    chosen = [key.partition(":") for key in request.POST.getlist("ids")]
    known = [(kind, pk) for kind, _colon, pk in chosen if kind in KINDS and pk.isdigit()]
    for kind, pk in sorted(known, key=lambda pair: order[pair[0]]):
        access = access_to(KINDS[kind].model, request.user)
        found = get_object_or_404(access.visible(), pk=pk)
        try:
            services.move_listing(
                actor=request.user, listing=found, name="publish", now=timezone.now()
            )
        except DomainError as error:
            messages.error(request, f"“{found}”：{error.message}")
        else:
            done += 1
    messages.success(request, f"已发布 {done} 条。")
    return redirect("platforms:review")


@login_required
@require_POST
def claim(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Decide a claim."""
    found = get_object_or_404(ClaimAccess(request.user).visible(), pk=pk)
    reason = request.POST.get("reason", "")
    carry_out(
        request, services.decide_claim, "认领申请已处理，已通知申请单位。", claim=found, name=name,
        reason=reason,
    )  # fmt: skip
    return redirect("platforms:review")


@login_required
@require_POST
def report(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Close a report."""
    found = get_object_or_404(ReportAccess(request.user).visible(), pk=pk)
    reason = request.POST.get("reason", "")
    carry_out(request, services.close_report, "已处理。", report=found, name=name, reason=reason)
    if PlatformAccess(request.user).can("review", found.platform):
        return redirect("platforms:review")
    return redirect("platforms:workbench", found.platform.slug)


@login_required
def overdue(request: HttpRequest) -> HttpResponse:
    """Published platforms and offers of my regions or my own that nobody confirmed in time."""
    access = PlatformAccess(request.user)
    if not (access.can("review") or access.can("create")):
        raise Refused("只有平台运营和主管部门可以查看。")
    rows = selectors.overdue_listings(request.user, now=timezone.now())
    return render(request, "platforms/review/overdue.html", {"rows": rows})
