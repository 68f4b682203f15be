"""Evaluations: the list, one run with its ranking, what staff and the third party do with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.lists import list_page
from core.refusals import carry_out, refusals_on, telling
from core.workdays import given_day
from reporting.access import (
    CycleAccess,
    DisputeAccess,
    EvaluationAccess,
    JobAccess,
    ResultAccess,
    RewardAccess,
)
from reporting.enums import CycleStatus, JobKind, RunStatus
from reporting.filters import ResultFilter
from reporting.forms import EntrustForm, RunForm
from reporting.models import EvaluationRun
from reporting.selectors import rankings as selectors
from reporting.services import evaluations as services
from reporting.services import rectification
from reporting.services.rewards import reward_rule
from reporting.services.rounds import verify_round
from reporting.tables import EvaluationTable, RecommendedTable, ResultTable

RECOMMENDED_RUNS = 2


def find(request: HttpRequest, pk: int) -> tuple[EvaluationAccess, EvaluationRun]:
    """The access object and the run, if the user may know of it."""
    access = EvaluationAccess(request.user)
    rows = access.visible().select_related(*selectors.RELATED)
    return access, get_object_or_404(rows, pk=pk)


@require_GET
def evaluations(request: HttpRequest) -> HttpResponse:
    """Runs: published ones for everybody, the others for those whom they concern."""
    access = EvaluationAccess(request.user)
    return list_page(
        request, queryset=selectors.listed_runs(access.visible()), table_class=EvaluationTable,
        template="reporting/evaluations.html", context={"access": access},
    )  # fmt: skip


@login_required
def create(request: HttpRequest) -> HttpResponse:
    """Make a run."""
    EvaluationAccess(request.user).require("create")
    cycles = CycleAccess(request.user).visible().exclude(status=CycleStatus.PLANNED)
    form = RunForm(
        request.POST or None, user=request.user,
        cycles=cycles.select_related("region").order_by("-year", "pk"),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = services.create_run(actor=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, "已建立，点“计算”得出结果。")
            return redirect(made)
    return render(request, "reporting/evaluation_form.html", {"form": form})


@require_GET
def evaluation(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: where it stands, the ranking as far as the user may see it, how scores lie."""
    access, run = find(request, pk)
    results = ResultAccess(request.user).visible()
    return list_page(
        request,
        queryset=selectors.listed_results(results, run),
        table_class=ResultTable,
        filter_class=ResultFilter,
        template="reporting/evaluation.html",
        per_page=30,
        export_name=str(run),
        context={
            "run": run,
            "access": access,
            "result_access": ResultAccess(request.user),
            "own": selectors.own_results(results, run, request.user),
            **_about(request, access, run),
        },
    )


def _about(request: HttpRequest, access: EvaluationAccess, run: EvaluationRun) -> dict[str, Any]:
    """What the run page tells beside the ranking."""
    if getattr(request, "htmx", False):
        return {}
    sees_all = bool(access.can("see_all", run))
    jobs = JobAccess(request.user).visible().unfinished().filter(kind=JobKind.EVALUATE)
    return {
        "overview": selectors.overview(
            run, sees_all=sees_all or run.status == RunStatus.PUBLISHED
        ),
        "sees_all": sees_all,
        "rounds": run.rounds.order_by("-number"),
        "running": jobs.filter(parameters__run_id=run.pk).first() if sees_all else None,
        "pending": sees_all and services.has_pending_corrections(run),
        "disputes": selectors.disputes_of(DisputeAccess(request.user).visible(), run),
        "comments": run.comments.select_related("author", "platform").order_by("-created_at")
        if sees_all else [],
        "rule": reward_rule(run) if access.can("reward", run) else None,
        "rewards": RewardAccess(request.user).visible().filter(run=run),
        "poor": rectification.poor_recognitions(run).count() if access.can("rectify", run) else 0,
    }  # fmt: skip


@login_required
@require_POST
def compute(request: HttpRequest, pk: int) -> HttpResponse:
    """Compute the run in a worker."""
    _access, run = find(request, pk)
    carry_out(request, services.request_round, run=run, reason=request.POST.get("reason", ""))
    return redirect(run)


@login_required
@require_POST
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Show, stop showing, publish, cancel."""
    _access, run = find(request, pk)
    carry_out(
        request, services.move_run, "已办理，相关运营单位会收到消息。", run=run, name=name,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect(run)


@login_required
@require_POST
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Compute the last round again from what it froze."""
    _access, run = find(request, pk)
    last = run.rounds.select_related("run__scheme").order_by("-number").first()
    if last is None:
        messages.error(request, "还没有计算。")
        return redirect(run)
    proof = verify_round(actor=request.user, round_=last)
    if proof.is_identical:
        messages.success(
            request,
            f"用封存的输入重新计算 {last.count} 家，结果完全一致，摘要 {proof.digest[:16]}…。",
        )
    else:
        messages.error(request, f"结果不一致：{'、'.join(proof.differences[:10]) or '输入已变动'}")
    return redirect(run)


@login_required
def entrust(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a third party look through the results."""
    access, run = find(request, pk)
    access.require("entrust", run)
    form = EntrustForm(request.POST or None, run=run)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.entrust_run(
                actor=request.user, run=run, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, "已保存，新委托的人员会收到消息。")
            return redirect(run)
    return render(request, "reporting/evaluation_entrust.html", {"form": form, "run": run})


@login_required
@require_POST
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """A word of the third party or of staff."""
    _access, run = find(request, pk)
    carry_out(
        request, services.add_run_comment, "意见已记下。", run=run,
        body=request.POST.get("body", ""),
    )  # fmt: skip
    return redirect(run)


@login_required
@require_POST
def rectify(request: HttpRequest, pk: int) -> HttpResponse:
    """Order the platforms of the last grade to mend by a day."""
    _access, run = find(request, pk)
    day = given_day(request.POST.get("rectify_by", ""))
    with telling(request):
        result = rectification.rectify_poor(
            actor=request.user, run=run, rectify_by=day, now=timezone.now()
        )
        messages.success(request, f"已责令 {len(result.done)} 家整改，复查已安排。")
        for recognition, reason in result.refused:
            messages.warning(request, f"{recognition}：{reason}")
    return redirect(run)


@require_GET
def recommended(request: HttpRequest) -> HttpResponse:
    """Platforms with the best grade in each of the last two published years (L16)."""
    return list_page(
        request, queryset=selectors.recommended(runs=RECOMMENDED_RUNS),
        table_class=RecommendedTable, template="reporting/recommended.html",
        export_name="优先推荐名单", context={"runs": RECOMMENDED_RUNS},
    )  # fmt: skip
