"""Rewards: planned by staff, public from the publicity on."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.lists import list_page
from core.refusals import carry_out, refusals_on, telling
from core.workdays import given_day
from reporting.access import EvaluationAccess, RewardAccess
from reporting.forms import RewardForm
from reporting.models import RewardItem
from reporting.services import rewards as services
from reporting.tables import RewardItemTable, RewardTable
from reporting.views import evaluations


@require_GET
def rewards(request: HttpRequest) -> HttpResponse:
    """Reward lists."""
    rows = RewardAccess(request.user).visible().select_related("run__region")
    rows = rows.prefetch_related("items").order_by("-created_at", "-pk")
    return list_page(
        request, queryset=rows, table_class=RewardTable, template="reporting/rewards.html"
    )


@login_required
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan the rewards of a published run."""
    access, run = evaluations.find(request, pk)
    access.require("reward", run)
    form = RewardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, {"amount_yuan": "amount_wan"}):
            made = services.plan_reward(
                actor=request.user, run=run, now=timezone.now(), **form.typed()
            )
            messages.success(request, "名单已按规定算出，核对后开始公示。")
            return redirect(made)
    context = {"form": form, "run": run, "rule": services.reward_rule(run)}
    return render(request, "reporting/reward_form.html", context)


@require_GET
def reward(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: who gets what, and why somebody gets nothing."""
    access = RewardAccess(request.user)
    rows = access.visible().select_related("run__scheme", "run__cycle", "run__region")
    found = get_object_or_404(rows.prefetch_related("items"), pk=pk)
    items = found.items.select_related("platform__region", "result", "funding")
    context = {
        "plan": found,
        "access": access,
        "run_access": EvaluationAccess(request.user),
        "rewarded": items.filter(amount_yuan__gt=0).count(),
        "unpaid": items.filter(funding__isnull=False, funding__paid_date=None).count(),
        "today": timezone.localdate(),
    }
    return list_page(
        request, queryset=items.order_by("place", "platform__slug"),
        table_class=RewardItemTable, template="reporting/reward.html", per_page=100,
        export_name=f"{found.run.region}{found}", context=context,
    )  # fmt: skip


@login_required
@require_POST
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Show, decide, cancel."""
    found = get_object_or_404(RewardAccess(request.user).visible(), pk=pk)
    carry_out(
        request, services.move_reward, "已办理。", plan=found, name=name,
        reason=request.POST.get("reason", ""),
        document_number=request.POST.get("document_number", ""),
    )  # fmt: skip
    return redirect(found)


@login_required
@require_POST
def exclude(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a platform of a planned list nothing, with a reason."""
    visible = RewardAccess(request.user).visible()
    item = get_object_or_404(RewardItem.objects.select_related("platform", "plan"),
                             pk=pk, plan__in=visible)  # fmt: skip
    carry_out(request, services.exclude_item, item=item, reason=request.POST.get("reason", ""))
    return redirect(item.plan)


@login_required
@require_POST
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Note the day on which the amounts were paid."""
    found = get_object_or_404(RewardAccess(request.user).visible(), pk=pk)
    day = given_day(request.POST.get("paid_date", ""))
    if not day:
        messages.error(request, "请填写拨付日期。")
        return redirect(found)
    with telling(request):
        count = services.pay_reward(
            actor=request.user, plan=found, paid_date=day, now=timezone.now()
        )
        messages.success(request, f"已登记 {count} 家的拨付。")
    return redirect(found)
