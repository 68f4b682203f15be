"""Departments' opinions: asked and merged on the application, answered on one page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.selectors import history_of
from core.breadcrumbs import trail
from core.files import files_of
from core.lists import list_page
from core.refusals import carry_out, refusals_on
from platforms import services
from platforms.access import ApplicationAccess, OpinionRequestAccess
from platforms.filters import OpinionRequestFilter
from platforms.forms.consulting import AnswerForm, ConsultForm, MergeForm
from platforms.models import OpinionRequest
from platforms.selectors import consulting as selectors
from platforms.selectors.recognition import application_page
from platforms.tables import OpinionRequestTable
from platforms.views.applications import find as find_application
from platforms.views.applications import show_form

REQUESTS = ("征求部门意见", "platforms:opinion_requests")


@login_required
def requests(request: HttpRequest) -> HttpResponse:
    """What my department is asked, or my region's staff asked; `?timing=overdue` the late ones."""
    OpinionRequestAccess(request.user).require("view")
    return list_page(
        request,
        queryset=selectors.opinion_request_rows(request.user),
        table_class=OpinionRequestTable,
        filter_class=OpinionRequestFilter,
        template="platforms/consulting/requests.html",
        export_name="征求部门意见",
        context={"trail": trail("征求部门意见")},
    )


def find(request: HttpRequest, pk: int) -> tuple[OpinionRequestAccess, OpinionRequest]:
    """The access object and what is asked, if the user may know of it."""
    access = OpinionRequestAccess(request.user)
    rows = access.visible().select_related(
        *selectors.RELATED, "application__organisation", "merged_into"
    )
    return access, get_object_or_404(rows, pk=pk)


@login_required
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked, about what, and the department's answer."""
    access, found = find(request, pk)
    may_answer = access.can("answer", found)
    form = AnswerForm(
        request.POST or None, request.FILES or None,
        initial={"stance": found.stance, "body": found.body},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_on(form):
            services.answer_request(
                actor=request.user, request=found, stance=data["stance"], body=data["body"],
                uploads=data["files"], now=timezone.now(),
            )  # fmt: skip
            messages.success(request, "意见已提交，已通知征求意见的部门。汇总前可以修改。")
            return redirect(found)
    sees_application = ApplicationAccess(request.user).can("view", found.application)
    context = {
        "request_row": found, "application": found.application, "access": access,
        "form": form if may_answer else None, "files": list(files_of(found)),
        "history": history_of(found)[:20], "trail": trail(REQUESTS, str(found)),
        "page": application_page(found.application, request.user) if sees_application else None,
    }  # fmt: skip
    return render(request, "platforms/consulting/request.html", context)


@login_required
@require_POST
def consult(request: HttpRequest, number: str) -> HttpResponse:
    """Ask departments about an application."""
    _access, found = find_application(request, number)
    form = ConsultForm(request.POST, departments=selectors.departments_to_ask(found))
    return show_form(
        request, number, form, "consult_form", services.ask_departments, "已通知各部门。"
    )


@login_required
@require_POST
def merge(request: HttpRequest, number: str) -> HttpResponse:
    """Put their answers into one opinion."""
    form = MergeForm(request.POST)
    return show_form(
        request, number, form, "merge_form", services.merge_opinions, "部门意见已汇总。"
    )


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a department no longer."""
    _access, found = find(request, pk)
    carry_out(
        request, services.withdraw_request, "已撤回，已通知该部门。", request=found,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect(found.application)
