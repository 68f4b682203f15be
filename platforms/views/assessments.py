"""Assessments: planned, their task book, asked for, put off, concluded; the letter about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.breadcrumbs import trail
from core.downloads import send_file
from core.errors import DomainError
from core.files import file_items, files_of
from core.refusals import carry_out, refusals_on, telling
from core.workdays import given_day
from platforms import services
from platforms.access import AssessmentAccess, AssignmentAccess, RecognitionAccess
from platforms.documents.conclusion import conclusion_pdf
from platforms.enums import AssignmentStatus
from platforms.forms.recognition import (
    AssessmentForm,
    AssignForm,
    ConclusionForm,
    ProofForm,
    TaskFormSet,
)
from platforms.models import Assessment
from platforms.selectors import recognition as selectors
from platforms.views.roster import find


@login_required
@require_POST
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """Set an assessment."""
    _access, found = find(request, verification_code=code)
    form = AssessmentForm(request.POST)
    if form.is_valid():
        carry_out(
            request, services.plan_assessment, "已安排，已通知平台。", recognition=found,
            **form.cleaned_data,
        )  # fmt: skip
    else:
        messages.error(request, "请选择考核类别和应完成日。")
    return redirect(found)


def find_assessment(request: HttpRequest, pk: int) -> Assessment:
    """An assessment that the user may know of: the platform's and the staff's."""
    rows = AssessmentAccess(request.user).visible()
    related = ("recognition__scheme", "recognition__platform__organisation", "concluded_by")
    return get_object_or_404(rows.select_related(*related), pk=pk)


@login_required
def conclude(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite experts; write the conclusion beside what was promised, done and scored."""
    found = find_assessment(request, pk)
    RecognitionAccess(request.user).require("assess", found.recognition)
    form = conclusion_form(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, form.places):
            services.conclude_assessment(
                actor=request.user, assessment=found, values=form.values(), now=timezone.now()
            )
            messages.success(request, "结论已记录，已通知平台，可以下载结论书。")
            return redirect(found.recognition)
    return render(request, "platforms/recognition/conclude.html", desk(request, found, form))


def conclusion_form(found: Assessment, data: Any = None) -> ConclusionForm:
    """Without points where experts have given them."""
    scored = found.assignments.filter(status=AssignmentStatus.SCORED).select_related("reviewer")
    experts = [str(row.reviewer) for row in scored.order_by("pk")]
    return ConclusionForm(data, sheet=found.scheme.score_sheet, experts=experts)


def desk(
    request: HttpRequest, found: Assessment, form: ConclusionForm, **forms: Any
) -> dict[str, Any]:
    """The context of the page: task book, panel with its spread, and the forms."""
    panel = selectors.panel_of(found)
    context: dict[str, Any] = {
        "assessment": found, "recognition": found.recognition, "form": form,
        "items": found.items.order_by("pk"), "files": file_items([found])[str(found.pk)],
        "panel": panel, "spread": selectors.spread_of(panel),
        "assignment_access": AssignmentAccess(request.user),
        "trail": trail(("考核评估", "platforms:assessments"), "评审与结论"),
    }  # fmt: skip
    if not found.result:
        context["assign_form"] = AssignForm(experts=selectors.possible_experts(found))
    return context | forms


@login_required
@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite an expert."""
    found = find_assessment(request, pk)
    RecognitionAccess(request.user).require("assess", found.recognition)
    form = AssignForm(request.POST, experts=selectors.possible_experts(found))
    if form.is_valid():
        with refusals_on(form):
            services.assign_assessor(
                actor=request.user, assessment=found, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, "已邀请，已通知专家。")
            return redirect("platforms:conclude", pk)
    context = desk(request, found, conclusion_form(found), assign_form=form)
    return render(request, "platforms/recognition/conclude.html", context)


def verify_letter(request: HttpRequest, code: str) -> HttpResponse:
    """Public: whether a letter of conclusion is ours, what it concluded and of whom."""
    related = ("recognition__scheme", "recognition__platform__organisation")
    rows = Assessment.objects.exclude(result="").select_related(*related)
    found = get_object_or_404(rows, verification_code=code.upper())
    context = {
        "assessment": found, "recognition": found.recognition,
        "may_fetch": AssessmentAccess(request.user).can("view", found),
        "trail": trail(("核验", "platforms:check"), "结论书"),
    }  # fmt: skip
    return render(request, "platforms/recognition/letter.html", context)


@login_required
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter of conclusion as PDF."""
    found = find_assessment(request, pk)
    if not found.result:
        raise Http404
    found = services.letter_of(found)
    url = request.build_absolute_uri(found.get_absolute_url())
    return send_file(conclusion_pdf(found, url), f"{found}.pdf", inline=True)


@login_required
def task_book(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines of an assessment: target, done, proof."""
    found = find_assessment(request, pk)
    access = RecognitionAccess(request.user)
    if not access.can("assess", found.recognition):
        access.require("extend", found.recognition)
    names = ("name", "target", "done", "proof")
    forms = TaskFormSet(
        request.POST or None, initial=list(found.items.order_by("pk").values(*names))
    )
    proof = ProofForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and forms.is_valid() and proof.is_valid():
        rows = [row.cleaned_data for row in forms if row.cleaned_data.get("name")]
        carry_out(
            request, services.save_task_book, "任务书已保存。", assessment=found, rows=rows,
            uploads=proof.cleaned_data["files"],
        )  # fmt: skip
        return redirect(found.recognition)
    files = list(files_of(found).select_related("uploaded_by"))
    mine = [row for row in files if services.may_take_back(request.user, found, row)]
    context = {
        "assessment": found, "recognition": found.recognition, "forms": forms, "proof": proof,
        "files": files, "mine": [] if found.result else mine,
    }  # fmt: skip
    return render(request, "platforms/recognition/task_book.html", context)


@login_required
@require_POST
def detach(request: HttpRequest, pk: int, file_id: UUID) -> HttpResponse:
    """Take evidence of the task book back."""
    found = find_assessment(request, pk)
    carry_out(request, services.remove_task_file, "材料已删除。", assessment=found, file_id=file_id)
    return redirect("platforms:task_book", pk)


@login_required
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """The platform is done and asks to be assessed."""
    found = find_assessment(request, pk)
    carry_out(
        request, services.request_assessment, "已申请，主管部门考核后通知您。", assessment=found
    )
    return redirect(found.recognition)


@login_required
@require_POST
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for more time."""
    found = find_assessment(request, pk)
    until = given_day(request.POST.get("until", ""))
    with telling(request):
        if until is None:
            raise DomainError("field_required", "请填写申请延期至哪一天。", "until")
        services.ask_extension(
            actor=request.user, assessment=found, until=until, now=timezone.now(),
            reason=request.POST.get("reason", ""),
        )  # fmt: skip
        messages.success(request, "延期申请已提交。")
    return redirect(found.recognition)


@login_required
@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to the day that was asked for."""
    found = find_assessment(request, pk)
    carry_out(request, services.grant_extension, "已同意延期，已通知平台。", assessment=found)
    return redirect(found.recognition)


@login_required
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the day, and say why."""
    found = find_assessment(request, pk)
    carry_out(
        request, services.refuse_extension, "已答复，原定日期不变。", assessment=found,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect(found.recognition)
