"""The guided form: every step saves the draft on the server, with or without JavaScript."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core.errors import DomainError
from core.refusals import refusals_on
from core.workdays import given_moment
from demands import selectors, services
from demands.access import DemandAccess
from demands.coach import missing_facts, next_advice
from demands.forms import (
    PREVIEW,
    STEP_SLUGS,
    STEPS,
    OrganisationForm,
    SecrecyForm,
    Step,
    amend_form_class,
    form_class,
)
from demands.models import Demand


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """The first step of a draft that is made by its first save, under the number in the form."""
    access = DemandAccess(request.user)
    if not access.can("create"):
        return render(request, "demands/no_organisation.html", status=403)
    step, now = STEPS[0], timezone.now()
    chooser = OrganisationForm(_posted(request), organisations=access.organisations)
    slug = request.POST.get("slug") or services.new_slug(now=now)
    if request.method != "POST":
        context: dict[str, Any] = {
            "slug": slug,
            "chooser": chooser,
            "drafts": selectors.drafts(access)[:5],
        }
        return _page(request, Demand(), step, form_class(step.fields)(), **context)
    existing = access.owned().filter(slug=slug).first()
    if existing:
        return _save(request, existing, step)
    form = form_class(step.fields)(request.POST, instance=Demand())
    form.is_valid()
    organisation = chooser.chosen()
    demand = services.create_draft(
        actor=request.user, organisation=organisation, slug=slug, values=_valid(form), now=now
    )
    return _answer(request, demand, step, form)


@login_required
def edit(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    """One step of the form: GET shows it, POST saves what is valid and goes where was asked."""
    demand = _own(request, slug, "edit")
    if step == PREVIEW:
        return _preview(request, demand)
    found = next((row for row in STEPS if row.slug == step), None)
    if found is None:
        raise Http404
    if request.method == "POST":
        return _save(request, demand, found)
    return _page(request, demand, found, form_class(found.fields)(instance=demand))


@login_required
def amend(request: HttpRequest, slug: str) -> HttpResponse:
    """Change an open demand on one page; saving has it matched again."""
    demand = _own(request, slug, "amend")
    form = amend_form_class()(_posted(request), instance=demand)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.amend_demand(
                actor=request.user,
                demand=demand,
                values=form.cleaned_data,
                version=given_moment(request.POST.get("version", "")),
                now=timezone.now(),
            )
            messages.success(request, "已保存，正在按新的内容重新匹配。")
            return redirect(demand)
    groups = [(step, [form[name] for name in step.fields]) for step in STEPS]
    page = {"demand": demand, "form": form, "groups": groups}
    return render(request, "demands/amend.html", page)


def _own(request: HttpRequest, slug: str, action: str) -> Demand:
    """The demand if the user sees it; Refused with the reason if it may not be written now."""
    access = DemandAccess(request.user)
    demand = get_object_or_404(selectors.demand_for_page(access), slug=slug)
    access.require(action, demand)
    return demand  # type: ignore[no-any-return]


def _save(request: HttpRequest, demand: Demand, step: Step) -> HttpResponse:
    """Save the valid fields; what is wrong stays in the form with its error."""
    form = form_class(step.fields)(request.POST, instance=demand)
    form.is_valid()
    with refusals_on(form):
        if not form.non_field_errors():
            demand = services.save_draft(
                actor=request.user,
                demand=demand,
                values=_valid(form),
                version=given_moment(request.POST.get("version", "")),
                now=timezone.now(),
            )
    return _answer(request, demand, step, form)


def _answer(request: HttpRequest, demand: Demand, step: Step, form: forms.BaseForm) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return _page(request, demand, step, form, template="demands/wizard.html#saved")
    if form.errors:
        return _page(request, demand, step, form)
    go = request.POST.get("go", "")
    if go == "leave":
        messages.success(request, "草稿已保存，可随时回来继续填写。")
        return redirect("demands:manage")
    place = STEP_SLUGS.index(step.slug)
    target = STEP_SLUGS[max(place - 1, 0)] if go == "back" else STEP_SLUGS[place + 1]
    return redirect("demands:edit", demand.slug, target)


def _page(
    request: HttpRequest,
    demand: Demand,
    step: Step,
    form: forms.BaseForm,
    template: str = "demands/wizard.html",
    **context: Any,
) -> HttpResponse:
    """The step's page, or, for an autosave, only what changed on it."""
    page = {
        "demand": demand,
        "slug": demand.slug,
        "step": step,
        "steps": _steps(step.slug, demand),
        "form": form,
        "errors": [(form[name].label, text) for name, text in _errors(form)],
        "is_first": step == STEPS[0],
        "is_unfolded": bool(form.errors) or step.is_unfolded(demand),
        "advice": next_advice(demand, step=step.slug),
        "saved_at": timezone.now() if demand.pk and request.method == "POST" else None,
    }
    return render(request, template, page | context)


def _preview(request: HttpRequest, demand: Demand) -> HttpResponse:
    """Both faces of the demand, what is missing, the secrecy check, and handing in."""
    access = DemandAccess(request.user)
    form = SecrecyForm(_posted(request))
    problem = None
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            problem = _hand_in(request, demand, form)
            if problem is None:
                messages.success(request, "已提交审核。通过后自动发布并开始匹配，结果会通知您。")
                return redirect(demand)
    page = {
        "demand": demand, "steps": _steps(PREVIEW, demand), "form": form, "problem": problem,
        "fix": _step_of(problem.field) if problem else None, "advice": missing_facts(demand),
        "decision": access.can("submit", demand), "last": STEPS[-1].slug,
    }  # fmt: skip
    return render(request, "demands/preview.html", page)


def _hand_in(request: HttpRequest, demand: Demand, form: SecrecyForm) -> DomainError | None:
    """What in the demand itself keeps it from being handed in; else it has been."""
    try:
        services.submit_demand(
            actor=request.user, demand=demand, now=timezone.now(),
            is_secrecy_confirmed=form.cleaned_data["is_secrecy_confirmed"],
        )  # fmt: skip
    except DomainError as error:
        if error.field in form.fields:
            raise
        return error
    return None


def _posted(request: HttpRequest) -> QueryDict | None:
    """What was posted, also when it is empty; None makes an unbound form."""
    return request.POST if request.method == "POST" else None


def _steps(current: str, demand: Demand) -> list[dict[str, str]]:
    """The steps with their states; one that was passed over empty is not done."""
    rows = [(step.slug, step.label, step.is_done(demand)) for step in STEPS]
    rows.append((PREVIEW, "预览提交", False))
    return [
        {"label": label, "state": "current" if slug == current else "done" if done else "todo"}
        for slug, label, done in rows
    ]


def _step_of(field: str | None) -> Step | None:
    return next((step for step in STEPS if field in step.fields), None)


def _valid(form: forms.BaseForm) -> dict[str, Any]:
    """The clean values; none when the fields contradict one another."""
    return {} if form.non_field_errors() else dict(form.cleaned_data)


def _errors(form: forms.BaseForm) -> list[tuple[str, str]]:
    return [
        (name, str(text))
        for name, texts in form.errors.items()
        if name in form.fields
        for text in texts
    ]
