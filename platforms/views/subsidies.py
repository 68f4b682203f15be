"""Declining subsidies: the years of all plans, one plan, and what is done about a year."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.selectors import history_of
from core.breadcrumbs import trail
from core.lists import list_page
from core.refusals import carry_out, refusals_on
from platforms import services
from platforms.access import PlatformAccess, SubsidyAccess
from platforms.filters import SubsidyFilter
from platforms.forms.subsidies import JudgeForm, PayForm, SubsidyForm
from platforms.models import SubsidyPlan, SubsidyYear
from platforms.selectors import subsidies as selectors
from platforms.tables import SubsidyTable

LEDGER = ("财政资金台账", "platforms:funding")
PLANS = ("退坡补贴", "platforms:subsidies")


@login_required
def subsidies(request: HttpRequest) -> HttpResponse:
    """Year by year what my platforms or regions were promised, and what was paid beside."""
    access = SubsidyAccess(request.user)
    access.require("view")
    return list_page(
        request,
        queryset=selectors.subsidy_rows(request.user),
        table_class=SubsidyTable,
        filter_class=SubsidyFilter,
        template="platforms/subsidies/subsidies.html",
        export_name="退坡补贴",
        context={"can_record": access.can("record"), "trail": trail(LEDGER, "退坡补贴")},
    )


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Plan a subsidy; a level that supports twice is refused without a reason."""
    SubsidyAccess(request.user).require("record")
    watched, rules = PlatformAccess(request.user).supervised(), selectors.subsidy_rules()
    form = SubsidyForm(request.POST or None, platforms=watched, rules=rules)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            plan = services.plan_subsidy(actor=request.user, now=timezone.now(), **form.values())
            messages.success(request, "已定计划，已通知平台。")
            return redirect(plan)
    context = {"form": form, "rules": rules, "trail": trail(LEDGER, PLANS, "定补贴计划")}
    return render(request, "platforms/subsidies/form.html", context)


@login_required
def subsidy(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: each year's amount, whether results were reached, what was paid."""
    return _page(request, pk)


def _page(request: HttpRequest, pk: int, failed: tuple[int, Any] | None = None) -> HttpResponse:
    """The page; `failed` is the form that came back with errors, and the year it is of."""
    access = SubsidyAccess(request.user)
    years = list(access.visible().filter(plan=pk).select_related(
        "plan__platform__region__parent", "funding").order_by("year"))  # fmt: skip
    plan = years[0].plan if years else get_object_or_404(SubsidyPlan.objects.none())
    context = {
        "plan": plan,
        "sum": selectors.subsidy_sum(plan),
        "lines": [_line(access, row, failed) for row in years],
        "may_stop": any(access.can("stop", row) for row in years),
        "history": history_of(plan)[:20],
        "trail": trail(LEDGER, PLANS, plan.fund),
    }
    return render(request, "platforms/subsidies/subsidy.html", context)


def _line(
    access: SubsidyAccess, row: SubsidyYear, failed: tuple[int, Any] | None
) -> dict[str, Any]:
    """A year with the forms that this user may send now."""
    form = failed[1] if failed and failed[0] == row.pk else None
    this_year = timezone.localdate().year  # results of a year are known from its end on
    may_judge = row.year <= this_year + 1 and (access.can("meet", row) or access.can("miss", row))
    prefix = {"auto_id": f"y{row.pk}_%s"}
    judge = form if isinstance(form, JudgeForm) else JudgeForm(**prefix)
    initial = {"amount_yuan": row.planned_yuan, "paid_date": timezone.localdate()}
    pay = form if isinstance(form, PayForm) else PayForm(initial=initial, **prefix)
    return {
        "row": row, "judge": judge if may_judge else None, "is_open": form is not None,
        "pay": pay if row.year <= this_year and access.can("pay", row) else None,
    }  # fmt: skip


def find(request: HttpRequest, pk: int) -> SubsidyYear:
    rows = SubsidyAccess(request.user).visible().select_related("plan__platform")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether the results were reached."""
    return _act(request, pk, JudgeForm(request.POST), services.judge_year, "考核结果已登记。")


@login_required
@require_POST
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what was paid in the ledger."""
    return _act(request, pk, PayForm(request.POST), services.pay_year, "已登记拨付，已记入台账。")


def _act(request: HttpRequest, pk: int, form: Any, service: Any, done: str) -> HttpResponse:
    row = find(request, pk)
    if form.is_valid():
        with refusals_on(form, {"reason": "basis"}):
            service(actor=request.user, row=row, now=timezone.now(), **form.cleaned_data)
            messages.success(request, done)
            return redirect(row.plan)
    return _page(request, row.plan_id, (row.pk, form))


@login_required
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Pay no further year."""
    visible = SubsidyAccess(request.user).visible().filter(plan=pk)
    plan = get_object_or_404(visible.select_related("plan__platform")[:1]).plan
    carry_out(
        request, services.stop_subsidy, "已停止，已通知平台。", plan=plan,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect(plan)
