"""Outcomes: read and answered in the portal, or by the secret link of the mail."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.selectors import last_reason
from cases import forms, selectors, services
from cases.access import OutcomeAccess
from cases.models import Outcome
from core.breadcrumbs import trail
from core.refusals import refusals_on

FORMS: dict[str, type[forms.ActionForm]] = {
    "confirm": forms.ConfirmForm,
    "reject": forms.RejectForm,
}
SAID = {"confirm": "已确认，谢谢您。", "reject": "已记下您的意见，平台会看到理由。"}


def _find(request: HttpRequest, pk: int) -> Outcome:
    rows = OutcomeAccess(request.user).visible()
    related = rows.select_related("project__platform", "project__enterprise", "claimed_by")
    return get_object_or_404(related, pk=pk)


def _page(outcome: Outcome, typed: dict[str, forms.ActionForm]) -> dict[str, Any]:
    answers = {name: typed.get(name) or form() for name, form in FORMS.items()}
    return {
        "outcome": outcome,
        "project": outcome.project,
        "files": selectors.file_items(outcome),
        "reason": last_reason(outcome, "reject"),
        "confirm_form": answers["confirm"],
        "reject_form": answers["reject"],
    }


@login_required
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """What the platform claims, and the enterprise's two answers."""
    return _screen(request, _find(request, pk), {})


@login_required
@require_POST
def answer(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Confirm or reject in the portal."""
    found = _find(request, pk)
    form = FORMS[name](request.POST)
    if _answer(request.user, found, name, form):
        messages.success(request, SAID[name])
        return redirect(found.project)
    return _screen(request, found, {name: form})


def _screen(
    request: HttpRequest, found: Outcome, typed: dict[str, forms.ActionForm]
) -> HttpResponse:
    context = {
        **_page(found, typed),
        "may_answer": OutcomeAccess(request.user).can("confirm", found),
        "trail": trail((found.project.number, found.project), "成果"),
    }
    return render(request, "cases/outcome.html", context)


@never_cache
def outcome_link(request: HttpRequest, pk: int, secret: str) -> HttpResponse:
    """The same without signing in: the link acts for whoever started the project, once."""
    found = services.outcome_by_link(outcome_id=pk, secret=secret, now=timezone.now())
    if found is None:
        return render(request, "cases/outcome_link_over.html", status=410)
    typed: dict[str, forms.ActionForm] = {}
    name = request.POST.get("answer", "")
    if request.method == "POST" and name in FORMS:
        form = FORMS[name](request.POST)
        if _answer(found.project.started_by, found, name, form, is_by_link=True):
            return render(request, "cases/outcome_answered.html", {"said": SAID[name]})
        typed[name] = form
    return render(request, "cases/outcome_link.html", _page(found, typed))


def _answer(actor: Any, outcome: Outcome, name: str, form: forms.ActionForm, **extra: Any) -> bool:
    """Whether the answer was taken; otherwise the form says why not."""
    if not form.is_valid():
        return False
    with refusals_on(form):
        services.answer_outcome(
            actor=actor, outcome=outcome, name=name, now=timezone.now(), **form.values(), **extra
        )
        return True
    return False
