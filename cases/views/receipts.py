"""Receipts: answered by the enterprise on the screen of their project."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cases import services
from cases.access import ReceiptAccess
from core.refusals import carry_out

SAID = {"confirm": "已确认到账，谢谢您。", "reject": "已记下您的意见，平台会看到理由。"}


@login_required
@require_POST
def answer_receipt(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Confirm or reject."""
    rows = ReceiptAccess(request.user).visible().select_related("project")
    found = get_object_or_404(rows, pk=pk)
    carry_out(
        request, services.answer_receipt, SAID[name], receipt=found, name=name,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    return redirect(found)
