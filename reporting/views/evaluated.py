"""One platform's result: the way to its score, contesting it, correcting it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.refusals import carry_out, refusals_on
from reporting.access import (
    AnnualReportAccess,
    DisputeAccess,
    EvaluationAccess,
    ResultAccess,
)
from reporting.enums import NullReason
from reporting.forms import DisputeForm, InputForm
from reporting.models import EvaluationResult
from reporting.selectors import rankings as selectors
from reporting.services import disputes as services


def find(request: HttpRequest, pk: int, slug: str) -> tuple[ResultAccess, EvaluationResult]:
    """The platform's result in the last round, if the user may know of it."""
    access = ResultAccess(request.user)
    related = ("platform__organisation", "platform__region", "version", "round__run__scheme",
               "round__run__cycle__region", "round__run__region")  # fmt: skip
    rows = access.visible().filter(round__run=pk, platform__slug=slug).select_related(*related)
    return access, get_object_or_404(rows)


@require_GET
def evaluated(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """From the report's values to the score, step by step."""
    access, result = find(request, pk, slug)
    access.require("detail", result)
    run = result.round.run
    dispute_access = DisputeAccess(request.user)
    disputes = dispute_access.visible().filter(platform=result.platform_id)
    context = {
        "result": result,
        "run": run,
        "access": access,
        "run_access": EvaluationAccess(request.user),
        "dispute_access": dispute_access,
        "parts": selectors.steps_of(result),
        "report": selectors.report_seen(AnnualReportAccess(request.user).visible(), result),
        "earlier": selectors.earlier_results(result),
        "disputes": selectors.disputes_of(disputes, run),
        "null_reasons": NullReason.choices,
    }
    return render(request, "reporting/evaluated.html", context)


@login_required
def dispute(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Contest an indicator of one's own result."""
    access, result = find(request, pk, slug)
    access.require("dispute", result)
    codes = selectors.contestable(result.round.run, result)
    form = DisputeForm(
        request.POST or None, request.FILES or None, codes=codes, code=request.GET.get("code", "")
    )
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        with refusals_on(form):
            services.make_dispute(
                actor=request.user, result=result, upload=data.pop("file"), now=timezone.now(),
                **data,
            )  # fmt: skip
            messages.success(request, "异议已提交，答复后会通知您。")
            return redirect(result)
    context = {"form": form, "result": result, "run": result.round.run}
    return render(request, "reporting/dispute.html", context)


@login_required
@require_POST
def answer(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Uphold, reject or withdraw a dispute."""
    rows = DisputeAccess(request.user).visible().select_related("platform", "run")
    found = get_object_or_404(rows, pk=pk)
    carry_out(
        request, services.answer_dispute,
        "已办理。采纳的异议正在重新计算，原结果保留。"
                         if name == "uphold" else "已办理。",
        dispute=found, name=name, answer=request.POST.get("reason", ""),
        value=request.POST.get("value", ""), null_reason=request.POST.get("null_reason", ""),
    )  # fmt: skip
    return redirect(found)


@login_required
def correct(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Staff correct a frozen input, or say that false data were proven."""
    _access, result = find(request, pk, slug)
    run = result.round.run
    EvaluationAccess(request.user).require("correct", run)
    form = InputForm(request.POST or None, codes=selectors.contestable(run, result))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.correct_input(
                actor=request.user, run=run, platform=result.platform, now=timezone.now(),
                **form.cleaned_data,
            )  # fmt: skip
            messages.success(request, "更正已记下，重新计算后计入结果。")
            return redirect(run)
    context = {"form": form, "result": result, "run": run}
    return render(request, "reporting/input_form.html", context)
