"""The roster, as of any day; certificates and their verification; what staff do to a status."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.breadcrumbs import trail
from core.downloads import send_file
from core.lists import list_page
from core.refusals import carry_out, refusals_on
from core.workdays import a_year_before, given_day
from platforms import services
from platforms.access import AppealAccess, PlatformAccess, ProgrammeAccess, RecognitionAccess
from platforms.documents.certificate import certificate_pdf
from platforms.filters import RosterChangeFilter, RosterFilter
from platforms.forms.recognition import AssessmentForm, RecordCorrectionForm, RecordForm
from platforms.models import Recognition
from platforms.selectors import roster as selectors
from platforms.tables import RosterChangeTable, RosterTable

ROSTER = ("平台名册", "platforms:roster")
RELATED = ("scheme", "platform__region__parent", "platform__organisation", "application")


def asked_day(request: HttpRequest, name: str = "date") -> date:
    """The day in the address, at most today; today for none or a wrong one."""
    today = timezone.localdate()
    return min(given_day(request.GET.get(name, "")) or today, today)


def roster(request: HttpRequest) -> HttpResponse:
    """Who is on the roster, today or on the day asked for."""
    day = asked_day(request)
    access = RecognitionAccess(request.user)
    return list_page(
        request,
        queryset=selectors.roster_rows(day),
        table_class=RosterTable,
        filter_class=RosterFilter,
        template="platforms/recognition/roster.html",
        export_name=f"平台名册-{day:%Y%m%d}",
        context={
            "day": day,
            "is_today": day == timezone.localdate(),
            "can_record": access.can("record"),
            "trail": trail("平台名册"),
        },
    )


def changes(request: HttpRequest) -> HttpResponse:
    """Entries and exits with their reasons between two days."""
    last = asked_day(request, "to")
    first = min(given_day(request.GET.get("from", "")) or a_year_before(last), last)
    return list_page(
        request,
        queryset=selectors.roster_changes(first, last),
        table_class=RosterChangeTable,
        filter_class=RosterChangeFilter,
        template="platforms/recognition/roster_changes.html",
        export_name=f"名册进出变动-{first:%Y%m%d}-{last:%Y%m%d}",
        context={
            "first": first, "last": last, "turnover": selectors.turnover(first, last),
            "trail": trail(ROSTER, "进出变动"),
        },
    )  # fmt: skip


def find(request: HttpRequest, **key: Any) -> tuple[RecognitionAccess, Recognition]:
    """The access object and the recognition."""
    access = RecognitionAccess(request.user)
    return access, get_object_or_404(access.visible().select_related(*RELATED), **key)


def check(request: HttpRequest) -> HttpResponse:
    """Type the code of a certificate."""
    code = request.GET.get("code", "").strip().upper()
    if found := selectors.certified(code):
        return redirect(found)
    context = {"code": code, "trail": trail(ROSTER, "证书核验")}
    return render(request, "platforms/recognition/check.html", context)


def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Public page of a status: valid or not, since when, its history; staff act here."""
    access, found = find(request, verification_code=code.upper())
    context = {
        "recognition": found,
        "platform": found.platform,
        "access": access,
        "appeal_access": AppealAccess(request.user),
        "page": selectors.recognition_page(found, request.user),
        "trail": trail(ROSTER, found.certificate_number),
    }
    if access.can("assess", found):
        context["assessment_form"] = AssessmentForm()
    return render(request, "platforms/recognition/recognition.html", context)


def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """The certificate, to be printed; one that lapsed says so across the page."""
    _access, found = find(request, verification_code=code.upper())
    url = request.build_absolute_uri(found.get_absolute_url())
    context = {"recognition": found, "platform": found.platform, "verify_url": url}
    return render(request, "platforms/recognition/certificate.html", context)


def certificate_file(request: HttpRequest, code: str) -> HttpResponse:
    """The certificate as PDF with the QR code of its verification."""
    _access, found = find(request, verification_code=code.upper())
    return send_certificates(request, [found], found.certificate_number)


def send_certificates(request: HttpRequest, rows: Iterable[Recognition], name: str) -> HttpResponse:
    """Certificates in one PDF, a page each."""
    pairs = [(row, request.build_absolute_uri(row.get_absolute_url())) for row in rows]
    return send_file(certificate_pdf(pairs), f"{name}.pdf", inline=True)


@login_required
def record(request: HttpRequest) -> HttpResponse:
    """Enter a status that was won before, as its document says."""
    RecognitionAccess(request.user).require("record")
    form = RecordForm(
        request.POST or None,
        platforms=PlatformAccess(request.user).supervised(),
        schemes=ProgrammeAccess(request.user).schemes(),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            found = services.record_recognition(
                actor=request.user, now=timezone.now(), **form.cleaned_data
            )
            messages.success(request, "已记入名册。")
            return redirect(found)
    return render(request, "platforms/recognition/record.html", {"form": form})


@login_required
def correct(request: HttpRequest, code: str) -> HttpResponse:
    """Mend what was recorded of a status that was won before."""
    access, found = find(request, verification_code=code.upper())
    access.require("record", found)
    first = found.changes.order_by("pk").first()
    form = RecordCorrectionForm(
        request.POST or None, instance=copy(found),
        initial={"document_number": first.document_number if first else ""},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            services.correct_recognition(
                actor=request.user, recognition=found, values=form.values(), now=timezone.now(),
                document_number=form.cleaned_data["document_number"],
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
            messages.success(request, "已更正，已通知平台。")
            return redirect(found)
    context = {"form": form, "recognition": found, "trail": trail(ROSTER, "更正登记")}
    return render(request, "platforms/recognition/record.html", context)


@login_required
@require_POST
def move(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Warn, order to rectify, restore, remove, accept, resign."""
    _access, found = find(request, verification_code=code)
    carry_out(
        request, services.move_recognition, "已办理并记入名册变动。", recognition=found, name=name,
        reason=request.POST.get("reason", ""),
        document_number=request.POST.get("document_number", ""),
        rectify_by=given_day(request.POST.get("rectify_by", "")),
    )  # fmt: skip
    return redirect(found)


@login_required
@require_POST
def appeal(request: HttpRequest, code: str) -> HttpResponse:
    """Object to a removal."""
    _access, found = find(request, verification_code=code)
    carry_out(
        request, services.make_appeal, "申诉已提交，办理结果会通知您。", recognition=found,
        body=request.POST.get("body", ""),
    )  # fmt: skip
    return redirect(found)
