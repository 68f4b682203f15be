"""Applications: one page for applicant, reviewers and experts; access decides what it shows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.breadcrumbs import trail
from core.files import files_of
from core.lists import list_page
from core.refusals import carry_out, refusals_on
from platforms import services
from platforms.access import AppealAccess, ApplicationAccess, AssignmentAccess, PlatformAccess
from platforms.enums import ApplicationStatus
from platforms.filters import ApplicationFilter
from platforms.forms.consulting import ConsultForm, MergeForm
from platforms.forms.recognition import (
    ApplicationForm,
    AssignForm,
    EvidenceForm,
    ObjectionForm,
    OpinionForm,
    VisitForm,
)
from platforms.ladders import check_application
from platforms.models import Application
from platforms.selectors import consulting
from platforms.selectors import recognition as selectors
from platforms.services.applications import obstacle
from platforms.tables import ApplicationTable

RELATED = (
    "programme__scheme__region", "platform__region__parent", "organisation", "challenge_item",
)  # fmt: skip


def find(request: HttpRequest, number: str) -> tuple[ApplicationAccess, Application]:
    """The access object and the application, if the user may know of it."""
    access = ApplicationAccess(request.user)
    rows = access.visible().select_related(*RELATED, "platform__organisation")
    return access, get_object_or_404(rows, number=number)


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Applications of my platforms."""
    context = {"applications": selectors.own_applications(request.user)}
    return render(request, "platforms/recognition/applications.html", context)


@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for my level, and appeals."""
    PlatformAccess(request.user).require("review")
    appeals = AppealAccess(request.user).visible().filter(status="open")
    waiting = list(selectors.waiting_applications(request.user))
    context = {
        "waiting": waiting,
        "decides": any(row.status == ApplicationStatus.DECISION for row in waiting),
        "appeals": appeals.select_related("application__platform", "recognition__platform"),
    }
    return render(request, "platforms/recognition/queue.html", context)


@login_required
@require_POST
def advance(request: HttpRequest) -> HttpResponse:
    """The ticked applications go their next step."""
    PlatformAccess(request.user).require("review")
    ids = [pk for pk in request.POST.getlist("ids") if pk.isdigit()]
    found = services.advance_applications(
        actor=request.user, now=timezone.now(), reason=request.POST.get("reason", ""),
        applications=selectors.waiting_applications(request.user).filter(pk__in=ids),
        decision_number=request.POST.get("decision_number", ""),
    )  # fmt: skip
    if found.done:
        messages.success(request, f"已办理 {found.done} 件，已通知有关人员。")
    for line in found.refused[:10]:
        messages.error(request, line)
    if not ids:
        messages.error(request, "请先勾选申报。")
    return redirect("platforms:applications_queue")


@login_required
def everything(request: HttpRequest) -> HttpResponse:
    """Every application of my regions: where it stands, since when, which are overdue."""
    PlatformAccess(request.user).require("review")
    return list_page(
        request,
        queryset=selectors.application_rows(ApplicationAccess(request.user).visible()),
        table_class=ApplicationTable,
        filter_class=ApplicationFilter,
        template="platforms/recognition/all_applications.html",
        export_name="认定申报",
        context={"trail": trail(("认定审核", "platforms:applications_queue"), "全部申报")},
    )


@login_required
def application(request: HttpRequest, number: str) -> HttpResponse:
    """Where it stands, what it says, and what this user may do now."""
    access, found = find(request, number)
    return render(request, "platforms/recognition/application.html", page(request, access, found))


def page(
    request: HttpRequest, access: ApplicationAccess, found: Application, **forms: Any
) -> dict[str, Any]:
    """The context of the page; `forms` are those that came back with errors."""
    now = timezone.now()
    shown = [row for row in access.transitions(found) if row.name != "submit"]
    buttons = [
        selectors.Button(row, str(problem) if (problem := obstacle(found, row.name, now)) else "")
        for row in shown
    ]
    context = {
        "application": found,
        "programme": found.programme,
        "platform": found.platform,
        "access": access,
        "appeal_access": AppealAccess(request.user),
        "assignment_access": AssignmentAccess(request.user),
        "buttons": buttons,
        "page": selectors.application_page(found, request.user),
        "trail": trail(("认定申报", "platforms:programmes"), found.number),
    }
    return {**context, **_empty_forms(access, found), **_consulting(access, found), **forms}


def _empty_forms(access: ApplicationAccess, found: Application) -> dict[str, Any]:
    """What the user may fill in."""
    empty: dict[str, Any] = {}
    if access.can("opine", found):
        empty["opinion_form"] = OpinionForm()
    if access.can("assign", found):
        empty["assign_form"] = AssignForm(experts=selectors.possible_experts(found))
    if access.can("visit", found):
        empty["visit_form"] = VisitForm()
    return empty


def _consulting(access: ApplicationAccess, found: Application) -> dict[str, Any]:
    """What departments were asked, and what may be asked or merged now. For the staff."""
    if not access.can("opine", found):
        return {}
    answers = consulting.answers_of(found, access.user)
    context: dict[str, Any] = {"answers": answers}
    if access.can("consult", found):
        context["consult_form"] = ConsultForm(departments=consulting.departments_to_ask(found))
        if draft := consulting.merge_draft(found, answers):
            context["merge_form"] = MergeForm(initial={"body": draft})
    return context


@login_required
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """What the applicant fills in, beside the self-check that says what is missing."""
    access, found = find(request, number)
    access.require("edit", found)
    form = ApplicationForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        fresh = Application.objects.get(pk=found.pk)  # the form has changed its own instance
        with refusals_on(form):
            services.edit_application(
                actor=request.user, application=fresh, values=form.values(), now=timezone.now(),
                version=form.cleaned_data["version"],
            )  # fmt: skip
            if "submit" in request.POST:
                services.submit_application(
                    actor=request.user, application=fresh, now=timezone.now()
                )
                messages.success(request, "已提交，进展会通知您。")
                return redirect("platforms:application", number)
            messages.success(request, "已保存。")
            return redirect("platforms:application_edit", number)
    return render(request, "platforms/recognition/edit.html", editor(found, form))


def editor(found: Application, form: ApplicationForm, **more: Any) -> dict[str, Any]:
    """The editor's context: form, files, self-check with what is missing and why."""
    stored = Application.objects.select_related(*RELATED).get(pk=found.pk)
    checks, files = check_application(stored), list(files_of(stored))
    return {
        "application": stored,
        "programme": stored.programme,
        "scheme": stored.programme.scheme,
        "platform": stored.platform,
        "form": form,
        "evidence_form": EvidenceForm(asked=stored.programme.scheme.evidence),
        "files": files,
        "has_all_files": {*stored.programme.scheme.evidence} <= {file.label for file in files},
        "checks": checks,
        "met": sum(bool(check.passed) for check in checks),
        "missing": [check for check in checks if not check.passed],
        "returned": selectors.last_return(stored),
        **more,
    }


@login_required
@require_POST
def attach(request: HttpRequest, number: str) -> HttpResponse:
    """Upload evidence, each file as the material that it is."""
    access, found = find(request, number)
    access.require("edit", found)
    form = EvidenceForm(request.POST, request.FILES, asked=found.programme.scheme.evidence)
    if form.is_valid() and not form.uploads():
        form.add_error(None, "请先选择文件。")
    if form.is_valid():
        with refusals_on(form, form.places):
            stored = services.attach_evidence(
                actor=request.user, application=found, uploads=form.uploads(), now=timezone.now()
            )
            messages.success(request, f"已上传 {len(stored)} 份材料。")
            return redirect("platforms:application_edit", number)
    context = editor(found, ApplicationForm(instance=found), evidence_form=form)
    return render(request, "platforms/recognition/edit.html", context)


@login_required
@require_POST
def detach(request: HttpRequest, number: str, pk: Any) -> HttpResponse:
    """Take a file back."""
    _access, found = find(request, number)
    carry_out(request, services.remove_evidence, "材料已删除。", application=found, file_id=pk)
    return redirect("platforms:application_edit", number)


@login_required
@require_POST
def move(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """One step along the path; the buttons come from the state table."""
    _access, found = find(request, number)
    carry_out(
        request, services.move_application, "已办理，已通知有关人员。", application=found,
        name=name, reason=request.POST.get("reason", ""),
        decision_number=request.POST.get("decision_number", ""),
    )  # fmt: skip
    return redirect("platforms:application", number)


@login_required
@require_POST
def opine(request: HttpRequest, number: str) -> HttpResponse:
    """A department signs beside the reviewing one."""
    form = OpinionForm(request.POST)
    return show_form(request, number, form, "opinion_form", services.add_opinion, "意见已保存。")


@login_required
@require_POST
def assign(request: HttpRequest, number: str) -> HttpResponse:
    """Invite an expert."""
    _access, found = find(request, number)
    form = AssignForm(request.POST, experts=selectors.possible_experts(found))
    return show_form(
        request, number, form, "assign_form", services.assign_expert, "已邀请，已通知专家。"
    )


@login_required
@require_POST
def visit(request: HttpRequest, number: str) -> HttpResponse:
    """Write down a visit."""
    access, found = find(request, number)
    form = VisitForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            services.record_visit(
                actor=request.user, application=found, values=form.cleaned_data,
                now=timezone.now(),
            )  # fmt: skip
            messages.success(request, "核查记录已保存。")
            return redirect("platforms:application", number)
    context = page(request, access, found, visit_form=form)
    return render(request, "platforms/recognition/application.html", context)


def show_form(
    request: HttpRequest, number: str, form: Any, name: str, service: Any, done: str
) -> HttpResponse:
    """A small form of the page: its service, then back; with errors the page again."""
    access, found = find(request, number)
    if form.is_valid():
        with refusals_on(form):
            service(actor=request.user, application=found, now=timezone.now(), **form.cleaned_data)
            messages.success(request, done)
            return redirect("platforms:application", number)
    context = page(request, access, found, **{name: form})
    return render(request, "platforms/recognition/application.html", context)


@login_required
@require_POST
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    """Object to a rejection."""
    _access, found = find(request, number)
    carry_out(
        request, services.make_appeal, "申诉已提交，办理结果会通知您。", application=found,
        body=request.POST.get("body", ""),
    )  # fmt: skip
    return redirect("platforms:application", number)


@login_required
@require_POST
def answer(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Answer an appeal."""
    found = get_object_or_404(AppealAccess(request.user).visible(), pk=pk)
    carry_out(
        request, services.answer_appeal, "已答复。", appeal=found, name=name,
        answer=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect("platforms:applications_queue")


@login_required
@require_POST
def answer_objection(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Say what an objection came to."""
    _access, found = find(request, number)
    objection = get_object_or_404(found.opinions, pk=pk)
    carry_out(
        request, services.answer_objection, "已答复，已通知异议人。", objection=objection,
        answer=request.POST.get("answer", ""),
    )  # fmt: skip
    return redirect("platforms:application", number)


def publicity(request: HttpRequest) -> HttpResponse:
    """What is made public now."""
    rows = selectors.applications_in_publicity(timezone.now())
    context = {"applications": rows, "trail": trail(("认定申报", "platforms:programmes"), "公示")}
    return render(request, "platforms/recognition/publicity.html", context)


@login_required
def objection(request: HttpRequest, number: str) -> HttpResponse:
    """Object while it is made public."""
    rows = selectors.applications_in_publicity(timezone.now())
    found = get_object_or_404(rows, number=number)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.object_to(
                actor=request.user, application=found, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, "异议已提交，主管部门会核实。")
            return redirect("platforms:publicity")
    context = {"application": found, "form": form}
    return render(request, "platforms/recognition/objection.html", context)
