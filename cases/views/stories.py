"""Cases: the public list and page, writing and agreeing, the staff's queue."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from cases import forms, selectors, services
from cases.access import CaseAccess, ProjectAccess
from cases.filters import CaseFilter
from cases.models import Case
from cases.tables import CaseTable, ReviewTable
from cases.views.projects import find_project
from core.breadcrumbs import trail
from core.lists import list_page
from core.refusals import carry_out, refusals_on
from core.workdays import given_moment

SAID = {
    "ask_consent": "已请企业确认是否同意公开。",
    "consent": "已同意，待主管部门审核后公开。",
    "refuse": "已回复不同意，案例不会公开。",
    "publish": "案例已发布。",
    "return": "已退回修改。",
    "withdraw": "案例已撤下。",
}


def cases(request: HttpRequest) -> HttpResponse:
    """The public library of cases (G04)."""
    return list_page(
        request,
        queryset=selectors.case_rows(CaseAccess(request.user).visible().published()),
        table_class=CaseTable,
        filter_class=CaseFilter,
        template="cases/cases.html",
        export_name="典型案例",
        context={"sorts": [("", "最近"), ("year", "最早")]},
    )


def _find(request: HttpRequest, slug: str) -> Case:
    rows = CaseAccess(request.user).visible().select_related(
        "platform__region__parent", "platform__organisation", "field", "region__parent",
        "project__platform", "project__enterprise",
    )  # fmt: skip
    return get_object_or_404(rows, slug=slug)


def case(request: HttpRequest, slug: str) -> HttpResponse:
    """One case: what was done, for whom, what came of it, and who says so."""
    found = _find(request, slug)
    access = CaseAccess(request.user)
    is_party = bool(found.project and ProjectAccess(request.user).can("view", found.project))
    context = {
        "case": found,
        "access": access,
        "transitions": access.transitions(found),
        "outcomes": found.project.outcomes.confirmed().order_by("pk") if found.project else [],
        "similar": selectors.similar_cases(found, access.visible()),
        "history": selectors.history(found) if is_party else [],
        "is_party": is_party,
        "honours": selectors.honours([found.slug]).get(found.slug, []),
        "trail": trail(("典型案例", "cases:cases"), str(found)),
    }
    return render(request, "cases/case.html", context)


@login_required
def write(request: HttpRequest, number: str) -> HttpResponse:
    """Draft the case of a project from what the project already says."""
    project = find_project(request, number)
    ProjectAccess(request.user).require("write_case", project)
    form = forms.CaseForm(request.POST or None, initial=selectors.case_beginnings(project))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            found = services.write_case(
                actor=request.user, project=project, values=form.values(), now=timezone.now()
            )
            messages.success(request, "草稿已保存，核对后请企业同意公开。")
            return redirect(found)
    return render(
        request,
        "cases/write.html",
        {"form": form, "project": project, "trail": trail((project.number, project), "写案例")},
    )


@login_required
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a draft."""
    found = _find(request, slug)
    CaseAccess(request.user).require("edit", found)
    form = forms.CaseForm(request.POST or None, instance=Case.objects.get(pk=found.pk))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.edit_case(
                actor=request.user, case=found, values=form.values(), now=timezone.now(),
                version=given_moment(form.cleaned_data["version"]),
            )  # fmt: skip
            messages.success(request, "已保存。")
            return redirect(found)
    context = {"form": form, "project": found.project, "trail": trail((found, found), "修改")}
    return render(request, "cases/write.html", context)


@login_required
@require_POST
def move(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """A button of the state table."""
    found = _find(request, slug)
    reason = request.POST.get("reason", "")[:500]
    carry_out(request, services.move_case, SAID[name], case=found, name=name, reason=reason)
    is_seen = CaseAccess(request.user).visible().filter(pk=found.pk).exists()
    return redirect(found if is_seen else "cases:cases")


@login_required
def review(request: HttpRequest) -> HttpResponse:
    """Cases of the reader's regions that wait for a decision, the longest waiting first."""
    access = CaseAccess(request.user)
    access.require("review")
    return list_page(
        request,
        queryset=access.reviewable().select_related("platform", "project__enterprise", "field"),
        table_class=ReviewTable,
        template="cases/review.html",
    )
