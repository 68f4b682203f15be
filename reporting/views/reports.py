"""Reports: the list, one report, its steps, versions and verification."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.files import file_items
from core.lists import list_page
from core.refusals import carry_out, tell
from platforms.selectors.roster import certified
from reporting.access import AnnualReportAccess, is_staff
from reporting.filters import ReportFilter
from reporting.forms import VerifyForm
from reporting.models import AnnualReport, ReviewComment
from reporting.selectors import reports as selectors
from reporting.selectors.sheets import lines_of, planned_of, report_of, sections_of
from reporting.services import review, snapshots
from reporting.services.verification import verified
from reporting.tables import ReportTable

RELATED = ("cycle__region", "platform__region", "platform__organisation")


def find(request: HttpRequest, pk: int) -> tuple[AnnualReportAccess, AnnualReport]:
    """The access object and the report, if the user may know of it."""
    access = AnnualReportAccess(request.user)
    return access, get_object_or_404(access.visible().select_related(*RELATED), pk=pk)


@login_required
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """The user's own reports, or those of the region."""
    access = AnnualReportAccess(request.user)
    access.require("list")
    return list_page(
        request,
        queryset=selectors.listed(access.visible()),
        table_class=ReportTable,
        filter_class=ReportFilter,
        template="reporting/reports.html",
        export_name="年度报告",
        context={"access": access, "is_staff": is_staff(request.user),
                 "today": timezone.localdate()},
    )  # fmt: skip


@login_required
@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report: where it stands, every value with last year's, comments, versions."""
    access, found = find(request, pk)
    comments = selectors.comments_of(found)
    lines = selectors.with_files(found, selectors.with_comments(lines_of(found), comments))
    context = {
        "report": found,
        "access": access,
        "steps": selectors.steps_of(found),
        "sections": sections_of(lines),
        "blocking_count": sum(f.blocks for line in lines for f in line.findings),
        "comments": comments,
        "versions": found.versions.select_related("submitted_by").order_by("-number"),
        "plan": planned_of(found),
        "previous": report_of(found, 1),
        "extensions": found.extensions.select_related("requested_by", "answered_by")
        .order_by("-created_at"),
        "scans": file_items([found])[str(found.pk)],
        "is_overdue": found.is_editable and found.due_date < timezone.localdate(),
    }  # fmt: skip
    return render(request, "reporting/report.html", context)


@login_required
@require_POST
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Submit, recall, pass on, accept, return, reopen."""
    _access, found = find(request, pk)
    now, reason = timezone.now(), request.POST.get("reason", "")
    try:
        if name == "submit":
            review.submit_report(actor=request.user, report=found, now=now)
        elif name == "recall":
            review.recall_report(actor=request.user, report=found, now=now)
        else:
            review.review_report(
                actor=request.user, report=found, name=name, reason=reason, now=now
            )
    except DomainError as error:
        tell(request, error)
        is_not_ready = error.code == "not_ready"
        return redirect("reporting:check" if is_not_ready else "reporting:report", pk)
    messages.success(request, "已办理，相关人员会收到消息。")
    return redirect("reporting:report", pk)


@login_required
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Remind about, or pass, the ticked reports."""
    ids = [value for value in request.POST.getlist("ids") if value.isdigit()]
    rows = AnnualReportAccess(request.user).visible().filter(pk__in=ids)
    chosen = list(rows.select_related(*RELATED).order_by("pk"))
    if not chosen:
        messages.error(request, "请先勾选报告。")
        return redirect("reporting:reports")
    act = review.pass_reports if "pass" in request.POST else review.remind_reports
    result = act(actor=request.user, reports=chosen, now=timezone.now())
    if result.done:
        messages.success(request, f"已办理 {len(result.done)} 份。")
    for refused, reason in result.refused[:5]:
        messages.warning(request, f"{refused}：{reason}")
    if len(result.refused) > 5:
        messages.warning(request, f"另有 {len(result.refused) - 5} 份没有办理。")
    return redirect("reporting:reports")


@login_required
@require_POST
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a reviewer's comment on the report or on an indicator (`code`)."""
    _access, found = find(request, pk)
    code = request.POST.get("code", "")
    carry_out(
        request, review.add_comment, "意见已记下，退回或通过时一并送达。", report=found, code=code,
        body=request.POST.get("body", ""),
    )  # fmt: skip
    return redirect("reporting:value", pk, code) if code else redirect("reporting:report", pk)


@login_required
@require_POST
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a comment as dealt with."""
    visible = AnnualReportAccess(request.user).visible()
    found = get_object_or_404(ReviewComment, pk=pk, report__in=visible)
    carry_out(request, review.resolve_comment, comment=found)
    return redirect("reporting:report", found.report_id)


@login_required
@require_GET
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A frozen version; compared with another one (`?with=`)."""
    _access, found = find(request, pk)
    shown = get_object_or_404(found.versions.select_related("submitted_by"), number=number)
    wanted = request.GET.get("with", str(number - 1))
    other = found.versions.filter(number=int(wanted)).first() if wanted.isdigit() else None
    context: dict[str, Any] = {
        "report": found,
        "version": shown,
        "other": other,
        "versions": found.versions.order_by("number"),
        "differences": selectors.compared(other, shown) if other else [],
        "defects": snapshots.differences(shown),
    }
    return render(request, "reporting/version.html", context)


@require_GET
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """Public: does a printed report, publication or list with this code exist, and unchanged."""
    form = VerifyForm(request.GET or None)
    if form.is_bound and form.is_valid():
        return redirect("reporting:verified", form.cleaned_data["code"].strip().upper())
    found = verified(code)
    if not found and (held := certified(code)):  # certificates, proofs, letters of conclusion
        return redirect(held)
    context = {"form": form, "code": code, "found": found}
    return render(
        request, "reporting/verify.html", context, status=404 if code and not found else 200
    )
