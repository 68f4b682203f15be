"""Confidential demands: asking for the full text, answering, and the promise of secrecy (D08)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.breadcrumbs import trail
from core.refusals import carry_out, telling
from demands import selectors, services
from demands.access import DemandAccess, DisclosureAccess
from demands.forms import RequestForm
from demands.models import Disclosure
from demands.promise import promise_text, text_digest


@login_required
@require_POST
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the owner for the full text, in the name of a platform's organisation."""
    demand = get_object_or_404(DemandAccess(request.user).visible(), slug=slug)
    form = RequestForm(request.POST, organisations=DisclosureAccess(request.user).askers)
    if form.is_valid():
        said = "已申请，需求单位答复后通知您。"
        carry_out(request, services.request_disclosure, said, demand=demand, **form.cleaned_data)
    else:
        messages.error(request, next(iter(form.errors.values()))[0])
    return redirect(f"{demand.get_absolute_url()}#ask")


def _find(request: HttpRequest, slug: str, pk: int) -> tuple[DisclosureAccess, Disclosure]:
    """The access object and the disclosure, if the user may know of it."""
    access = DisclosureAccess(request.user)
    rows = selectors.disclosures_with_all(access)
    return access, get_object_or_404(rows, pk=pk, demand__slug=slug)


@login_required
def promise(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The promise: what will be accepted, or what was; its button opens the full text."""
    access, row = _find(request, slug, pk)
    if request.method == "POST":
        with telling(request):
            services.promise_secrecy(
                actor=request.user, disclosure=row, digest=request.POST.get("digest", ""),
                now=timezone.now(),
            )  # fmt: skip
            messages.success(request, "已接受保密承诺，下面是需求全文。")
            return redirect(row.demand)
        return redirect(row)
    may_promise = access.can("promise", row)
    given = None if may_promise else row.promises.select_related("person").last()
    text = given.text if given else promise_text(demand=row.demand, organisation=row.organisation)
    context = {
        "row": row,
        "given": given,
        "may_promise": may_promise,
        "paragraphs": text.split("\n"),
        "digest": text_digest(text),
        "trail": trail(("中试需求", "demands:demands"), (str(row.demand), row.demand), "保密承诺"),
    }
    return render(request, "demands/promise.html", context)


# button → what does it, what is said
ANSWERS: dict[str, tuple[Callable[..., Any], str]] = {
    "grant": (services.disclose_demand, "已同意，对方接受保密承诺后可以看全文。"),
    "decline": (services.decline_disclosure, "已答复，对方会看到原因。"),
    "revoke": (services.revoke_disclosure, "已撤回，对方不能再看全文。"),
}


@login_required
@require_POST
def answer(request: HttpRequest, slug: str, pk: int, name: str) -> HttpResponse:
    """The owner's buttons: agree, refuse with a reason, take back."""
    _access, row = _find(request, slug, pk)
    service, said = ANSWERS[name]
    given: dict[str, Any] = {"disclosure": row}
    if name == "grant":
        given = {"demand": row.demand, "organisation": row.organisation}
    elif name == "decline":
        given["reason"] = request.POST.get("reason", "")[:500]
    carry_out(request, service, said, **given)
    return redirect(f"{row.demand.get_absolute_url()}#circle")
