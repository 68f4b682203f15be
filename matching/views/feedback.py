"""One feedback form for both sides."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core.errors import DomainError
from core.refusals import put_error
from demands.models import Demand
from matching.enums import Side
from matching.forms import FeedbackForm
from matching.services.feedback import give_feedback, withdraw_feedback
from platforms.models import Capability


def judge(
    request: HttpRequest, *, side: str, demand: Demand, capability: Capability
) -> HttpResponse:
    """Show the form; store the judgement, or take one's own back (`withdraw`)."""
    pair = {"side": side, "demand": demand, "capability": capability}
    back = (
        redirect("matching:demand", slug=demand.slug)
        if side == Side.DEMAND
        else redirect("matching:capability", slug=capability.slug)
    )
    if request.method == "POST" and "withdraw" in request.POST:
        withdraw_feedback(actor=request.user, now=timezone.now(), **pair)
        messages.success(request, "已收回评价。")
        return back
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            give_feedback(actor=request.user, now=timezone.now(), **pair, **form.cleaned_data)
        except DomainError as error:
            put_error(form, error)
        else:
            messages.success(request, "已记下您的评价，重新匹配后仍然有效。")
            return back
    return render(request, "matching/feedback.html", {"form": form, "back": back.url, **pair})
