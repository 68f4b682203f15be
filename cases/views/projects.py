"""Projects: the list, the one screen with its buttons, and what the platform claims."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from cases import forms, selectors, services
from cases.access import CaseAccess, ProjectAccess
from cases.enums import CaseStatus, OutcomeStatus
from cases.filters import ProjectFilter
from cases.models import Project, Quote
from cases.states import PROJECT
from cases.tables import ProjectTable
from core.breadcrumbs import trail
from core.lists import list_page
from core.refusals import refusals_on
from core.states import Relation, Transition
from demands.access import DemandAccess, DisclosureAccess
from demands.selectors import demand_for_page, own_disclosures
from demands.services import note_full_reading

RELATED = (
    "platform__organisation", "platform__region__parent", "enterprise__region__parent",
    "capability", "demand", "started_by",
)  # fmt: skip
# what is posted to a project: its form, what does it, what is said afterwards
ACTS: dict[str, tuple[type[forms.ActionForm], Callable[..., Any], str]] = {
    "message": (forms.MessageForm, services.post_message, "已发送，对方会收到提醒。"),
    "receipt": (forms.ReceiptForm, services.register_receipt, "到账已登记，请企业确认。"),
    "quote": (forms.QuoteForm, services.quote_project, "报价已送达企业。"),
    "contract": (forms.ContractForm, services.contract_project, "已确认签约。"),
    "decline": (forms.DeclineForm, services.decline_project, "已婉拒，企业会看到理由。"),
    "begin": (forms.ActionForm, services.move_project, "已开始中试。"),
    "deliver": (forms.ActionForm, services.move_project, "已交付，请接着提出成果。"),
    "close": (forms.ActionForm, services.move_project, "已办结。"),
    "cancel": (forms.ReasonForm, services.move_project, "已取消。"),
}


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
        context={
            "may_see_figures": access.can("see_figures"),
            "may_start": access.can("start"),
            "may_answer": access.can("claim_outcome"),
        },
    )


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
        with refusals_on(form):
            service(actor=request.user, project=found, now=timezone.now(), **values)
            messages.success(request, said)
            return redirect(found)
    return project_screen(request, found, {name: form})


def project_screen(
    request: HttpRequest, found: Project, typed: dict[str, forms.ActionForm] | None = None
) -> HttpResponse:
    """Render the screen, with the forms that were just posted in place of empty ones."""
    access, now = ProjectAccess(request.user), timezone.now()
    relations = access.relations(found)
    thread = access.can("read_thread", found)
    page = selectors.project_page(found, relations, now=now, withheld=not thread)
    typed = typed or {}
    is_told = any(row.status != CaseStatus.WITHDRAWN for row in page.cases)
    is_confirmed = any(row.status == OutcomeStatus.CONFIRMED for row in page.outcomes)
    voucher = None
    if found.contract_date or Relation.COUNTERPART in relations:
        voucher = selectors.project_voucher(request.user, found)
    receipt_form = typed.get("receipt") or forms.ReceiptForm()
    if voucher and voucher.project_id and isinstance(receipt_form, forms.ReceiptForm):
        receipt_form.without_voucher()
    context = {
        "project": found, "page": page, "access": access, "thread": thread,
        "acts": _acts(access, found, next(iter(page.quotes), None), typed),
        "message_form": typed.get("message") or forms.MessageForm(),
        "receipt_form": receipt_form,
        "sides": {name: name in {str(r) for r in relations} for name in ("owner", "counterpart")},
        "question": selectors.case_in_question(page.cases),
        "voucher": voucher,
        "case_access": CaseAccess(request.user),
        "may_write": access.can("write_case", found) and is_confirmed and not is_told,
        "trail": trail(("对接项目", "cases:projects"), found.number),
        **_demand_facts(request, found),
    }  # fmt: skip
    return render(request, "cases/project.html", context)


def _acts(
    access: ProjectAccess, found: Project, last: Quote | None, typed: dict[str, forms.ActionForm]
) -> list[tuple[Transition, forms.ActionForm]]:
    """Each step the user may take, with its form; one just refused stays to say why."""
    beginnings = {"contract": forms.contract_beginnings(last)}
    rows = {row.name: row for row in access.transitions(found) if row.name in ACTS}
    rows |= {name: PROJECT.by_name[name] for name in typed if name in PROJECT.by_name}
    return [
        (row, typed.get(name) or ACTS[name][0](initial=beginnings.get(name)))
        for name, row in rows.items()
    ]


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
        "own_disclosures": own_disclosures(access, demand),
        "disclosure_access": DisclosureAccess(request.user),
        "shows_contact": access.can("read_contact", demand),
    }


@login_required
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """The platform says what was achieved and proves it."""
    found = find_project(request, number)
    ProjectAccess(request.user).require("claim_outcome", found)
    beginnings = forms.outcome_beginnings(found)
    form = forms.OutcomeForm(request.POST or None, request.FILES or None, initial=beginnings)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.claim_outcome(
                actor=request.user, project=found, now=timezone.now(), **form.values()
            )
            messages.success(request, "成果已提出，企业会收到确认链接。")
            return redirect(found)
    return render(
        request,
        "cases/claim.html",
        {"project": found, "form": form, "trail": trail((found.number, found), "提出成果")},
    )
