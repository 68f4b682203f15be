"""One feedback form for both sides."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core.refusals import refusals_on
from demands.models import Demand
from matching.forms import FeedbackForm
from matching.services.feedback import give_feedback, withdraw_feedback


def judge(
    request: HttpRequest, *, side: str, demand: Demand, offer: Any, back: str
) -> HttpResponse:
    """Show the form; store the judgement, or take one's own back (`withdraw`); then go `back`."""
    pair = {"side": side, "demand": demand, "offer": offer}
    if request.method == "POST" and "withdraw" in request.POST:
        withdraw_feedback(actor=request.user, now=timezone.now(), **pair)
        messages.success(request, "已收回评价。")
        return redirect(back)
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals_on(form):
            give_feedback(actor=request.user, now=timezone.now(), **pair, **form.cleaned_data)
            messages.success(request, "已记下您的评价，重新匹配后仍然有效。")
            return redirect(back)
    return render(request, "matching/feedback.html", {"form": form, "back": back, **pair})
