"""The vetted list of the import-tax policy (G47): list, entry, public proof."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.breadcrumbs import trail
from core.downloads import send_file
from core.lists import list_page
from core.refusals import refusals_on, telling
from core.workdays import given_day
from platforms import services
from platforms.access import PlatformAccess, TaxAccess
from platforms.documents.certificate import tax_proof_pdf
from platforms.filters import TaxFilter
from platforms.forms.operations import TaxForm
from platforms.models import TaxEligibility
from platforms.selectors import eligibility as selectors
from platforms.tables import TaxTable

LIST = ("进口税收政策名单", "platforms:tax_list")


@login_required
def tax_list(request: HttpRequest) -> HttpResponse:
    """Who of my platforms or regions may use the policy, and by which document."""
    access = TaxAccess(request.user)
    access.require("list")
    return list_page(
        request,
        queryset=selectors.eligibility_rows(request.user),
        table_class=TaxTable,
        filter_class=TaxFilter,
        template="platforms/recognition/tax_list.html",
        export_name="进口税收政策名单",
        context={"can_record": access.can("record"), "trail": trail("进口税收政策名单")},
    )


@login_required
def record(request: HttpRequest) -> HttpResponse:
    """Put a platform on the list."""
    TaxAccess(request.user).require("record")
    watched = PlatformAccess(request.user).supervised()
    form = TaxForm(request.POST or None, platforms=watched)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        with refusals_on(form):
            found = services.record_eligibility(
                actor=request.user, platform=values.pop("platform"), values=values,
                now=timezone.now(),
            )  # fmt: skip
            messages.success(request, "已列入名单，已通知平台。")
            return redirect(found)
    context = {"form": form, "trail": trail(LIST, "列入名单")}
    return render(request, "platforms/recognition/tax_form.html", context)


def find(code: str) -> Any:
    return get_object_or_404(
        TaxEligibility.objects.select_related(*selectors.RELATED), verification_code=code.upper()
    )


@require_GET
def proof(request: HttpRequest, code: str) -> HttpResponse:
    """Public: whether the proof holds today, by which document; staff end it here."""
    found, access = find(code), TaxAccess(request.user)
    steps = [LIST] if access.can("list") else []
    context = {
        "row": found, "may_end": found.ended_date is None and access.can("record", found),
        "today": timezone.localdate(), "trail": trail(*steps, "进口税收资格证明"),
    }  # fmt: skip
    return render(request, "platforms/recognition/tax_proof.html", context)


@require_GET
def proof_file(request: HttpRequest, code: str) -> HttpResponse:
    """The proof as PDF with the QR code of its page."""
    found = find(code)
    url = request.build_absolute_uri(found.get_absolute_url())
    name = f"进口税收资格证明-{found.platform}.pdf"
    return send_file(tax_proof_pdf(found, url), name, inline=True)


@login_required
@require_POST
def end(request: HttpRequest, code: str) -> HttpResponse:
    """Take a platform off the list."""
    found = find(code)
    with telling(request):
        day = given_day(request.POST.get("ended_date", "")) or timezone.localdate()
        services.end_eligibility(
            actor=request.user, eligibility=found, ended_date=day, now=timezone.now(),
            reason=request.POST.get("reason", ""),
        )  # fmt: skip
        messages.success(request, "已停止，已通知平台。")
    return redirect(found)
