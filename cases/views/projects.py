"""A project from its first question: the list, the form, and the one screen with its buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import Organisation
from cases import forms, selectors, services
from cases.access import ENTERPRISE_ROLES, CaseAccess, ProjectAccess
from cases.filters import ProjectFilter
from cases.models import Project
from cases.states import PROJECT
from cases.tables import ProjectTable
from core.errors import DomainError, Refused
from core.lists import list_page
from demands.access import DemandAccess
from demands.selectors import demand_for_page
from demands.services import note_full_reading
from platforms.access import CapabilityAccess, PlatformAccess
from platforms.models import Platform

RELATED = (
    "platform__organisation", "platform__region__parent", "enterprise__region__parent",
    "capability", "demand", "started_by",
)  # fmt: skip
FIRST_WORDS = """您好！我们想就“{about}”与贵平台对接，请问：
1. 能否承接，还需要我们提供什么？
2. 大致的报价和周期？
3. 最早可以安排在什么时候？"""
# what is posted to a project: its form, what does it, what is said afterwards
ACTS: dict[str, tuple[type[forms.ActionForm], Callable[..., Any], str]] = {
    "message": (forms.MessageForm, services.post_message, "已发送，对方会收到提醒。"),
    "quote": (forms.QuoteForm, services.quote_project, "报价已送达企业。"),
    "contract": (forms.ContractForm, services.contract_project, "已确认签约。"),
    "decline": (forms.DeclineForm, services.decline_project, "已婉拒，企业会看到理由。"),
    "begin": (forms.ActionForm, services.move_project, "已开始中试。"),
    "deliver": (forms.ActionForm, services.move_project, "已交付，请接着提出成果。"),
    "close": (forms.ActionForm, services.move_project, "已办结。"),
    "cancel": (forms.ReasonForm, services.move_project, "已取消。"),
}


def put_error(form: django_forms.BaseForm, error: DomainError) -> None:
    """Show what a service refused at its field; a missing right is a page of its own."""
    if isinstance(error, Refused):
        raise error
    form.add_error(error.field if error.field in form.fields else None, error.message)


@login_required
def projects(request: HttpRequest) -> HttpResponse:
    """Every project the reader takes part in or looks after, overdue ones first."""
    access = ProjectAccess(request.user)
    rows = selectors.project_rows(access.visible(), request.user, now=timezone.now())
    return list_page(
        request,
        queryset=rows,
        table_class=ProjectTable,
        filter_class=ProjectFilter,
        template="cases/projects.html",
        export_name="对接项目" if access.can("export") else "",
        context={"may_see_figures": access.can("see_figures")},
    )


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Ask a platform: `?platform=`, `?capability=`, `?demand=` fill in what is known already."""
    access = ProjectAccess(request.user)
    access.require("start")
    platform = _platform(request)
    if platform is None:
        messages.info(request, "请先选一家平台或一项能力，再发起咨询。")
        return redirect("platforms:capabilities")
    form = _enquiry_form(request, platform)
    existing = None
    if request.method == "POST" and form.is_valid():
        values = form.values()
        try:
            project = services.start_enquiry(
                actor=request.user, platform=platform, now=timezone.now(), **values
            )
        except DomainError as error:
            put_error(form, error)
            about = {name: values[name] for name in ("enterprise", "demand", "capability")}
            existing = services.open_project(platform=platform, **about)
        else:
            messages.success(request, "咨询已发出，收到回复时会提醒您。")
            return redirect(project)
    return render(request, "cases/start.html", _start_page(request, platform, form, existing))


def _platform(request: HttpRequest) -> Platform | None:
    """The platform asked for by its own slug or by that of a capability."""
    slug, capability = request.GET.get("platform", ""), request.GET.get("capability", "")
    rows = PlatformAccess(request.user).visible().published()
    rows = rows.select_related("organisation", "region__parent")
    if slug:
        return get_object_or_404(rows, slug=slug)  # type: ignore[no-any-return]
    if capability:
        shown = CapabilityAccess(request.user).visible().shown().filter(slug=capability)
        return get_object_or_404(rows, pk__in=shown.values("platform"))  # type: ignore[no-any-return]
    return None


def _enquiry_form(request: HttpRequest, platform: Platform) -> forms.EnquiryForm:
    mine = request.user.organisation_ids(*ENTERPRISE_ROLES)  # type: ignore[union-attr]
    demands = DemandAccess(request.user).owned().open().order_by("-published_at", "-pk")
    capabilities = CapabilityAccess(request.user).visible().shown().filter(platform=platform)
    demand = demands.filter(slug=request.GET.get("demand", "")).first()
    capability = capabilities.filter(slug=request.GET.get("capability", "")).first()
    about = str(demand or capability or platform)
    return forms.EnquiryForm(
        request.POST or None,
        request.FILES or None,
        enterprises=Organisation.objects.filter(pk__in=mine).order_by("name"),
        demands=demands,
        capabilities=capabilities.order_by("title", "pk"),
        initial={
            "demand": demand,
            "capability": capability,
            "body": FIRST_WORDS.format(about=about),
        },
    )


def _start_page(
    request: HttpRequest, platform: Platform, form: forms.EnquiryForm, existing: Project | None
) -> dict[str, Any]:
    organisations = request.user.organisations  # type: ignore[union-attr]
    return {
        "platform": platform,
        "form": form,
        "existing": existing,
        "due": services.reply_due(timezone.now()),
        "waiting": [row for row in organisations if not row.is_approved],
        "trail": [{"label": str(platform), "url": platform.get_absolute_url()}, {"label": "咨询"}],
    }


def find_project(request: HttpRequest, number: str) -> Project:
    """The project of this number among those the reader may see; else 404."""
    rows = ProjectAccess(request.user).visible().select_related(*RELATED)
    return get_object_or_404(rows, number=number)


@login_required
def project(request: HttpRequest, number: str) -> HttpResponse:
    """The one screen of a project (C13): need, thread, files, prices, outcomes, next step."""
    return project_screen(request, find_project(request, number))


@login_required
@require_POST
def act(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """A message or a button of the state table; what was typed wrong stays on the screen."""
    found = find_project(request, number)
    form_class, service, said = ACTS[name]
    form = form_class(request.POST, request.FILES)
    if form.is_valid():
        values = form.values() | ({"name": name} if service is services.move_project else {})
        try:
            service(actor=request.user, project=found, now=timezone.now(), **values)
        except DomainError as error:
            put_error(form, error)
        else:
            messages.success(request, said)
            return redirect(found)
    return project_screen(request, found, {name: form})


def project_screen(
    request: HttpRequest, found: Project, typed: dict[str, forms.ActionForm] | None = None
) -> HttpResponse:
    """Render the screen, with the forms that were just posted in place of empty ones."""
    access, now = ProjectAccess(request.user), timezone.now()
    relations = access.relations(found)
    page = selectors.project_page(found, relations, now=now)
    beginnings = {"contract": forms.contract_beginnings(page.quotes[0] if page.quotes else None)}
    typed = typed or {}
    # a button that was just refused stays, so that its reason can be read
    buttons = {row.name: row for row in access.transitions(found) if row.name in ACTS}
    buttons |= {name: PROJECT.by_name[name] for name in typed if name in PROJECT.by_name}
    acts = [
        (row, typed.get(name) or ACTS[name][0](initial=beginnings.get(name)))
        for name, row in buttons.items()
    ]
    may_write = access.can("write_case", found) and not page.cases
    context = {
        "project": found,
        "page": page,
        "access": access,
        "acts": acts,
        "message_form": typed.get("message") or forms.MessageForm(),
        "sides": {name: name in {str(r) for r in relations} for name in ("owner", "counterpart")},
        "question": selectors.case_in_question(page.cases),
        "case_access": CaseAccess(request.user),
        "may_write": may_write and any(row.status == "confirmed" for row in page.outcomes),
        "trail": [{"label": "对接项目", "url": reverse("cases:projects")}, {"label": found.number}],
        **_demand_facts(request, found),
    }
    return render(request, "cases/project.html", context)


def _demand_facts(request: HttpRequest, found: Project) -> dict[str, Any]:
    """The demand as far as the reader may see it; confidential reading is noted (D08)."""
    if found.demand is None:
        return {"demand": None}
    access = DemandAccess(request.user)
    demand = demand_for_page(access).filter(pk=found.demand_id).first()
    if demand is None:
        return {"demand": None}
    is_noted = note_full_reading(actor=request.user, demand=demand, now=timezone.now())
    return {
        "demand": demand,
        "is_noted": is_noted,
        "full": access.full_text_visible(demand),
        "shows_contact": access.can("read_contact", demand),
    }


@login_required
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """The platform says what was achieved and proves it."""
    found = find_project(request, number)
    decision = ProjectAccess(request.user).can("claim_outcome", found)
    if not decision:
        raise Refused(decision.reason)
    beginnings = forms.outcome_beginnings(found)
    form = forms.OutcomeForm(request.POST or None, request.FILES or None, initial=beginnings)
    if request.method == "POST" and form.is_valid():
        try:
            services.claim_outcome(
                actor=request.user, project=found, now=timezone.now(), **form.values()
            )
        except DomainError as error:
            put_error(form, error)
        else:
            messages.success(request, "成果已提出，企业会收到确认链接。")
            return redirect(found)
    trail = [{"label": found.number, "url": found.get_absolute_url()}, {"label": "提出成果"}]
    return render(request, "cases/claim.html", {"project": found, "form": form, "trail": trail})
