"""Files: the template out and in, the printed report."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.downloads import send_file
from core.refusals import refusals_on
from reporting.documents.content import printed
from reporting.documents.pdf import report_pdf
from reporting.documents.sheet import template_xlsx
from reporting.documents.word import report_docx
from reporting.forms import ImportForm
from reporting.models import AnnualReport, ReportVersion
from reporting.selectors.sheets import lines_of, planned_of, report_of
from reporting.services.exchange import import_template
from reporting.services.snapshots import build_snapshot
from reporting.views.reports import find

KINDS = ("pdf", "docx", "xlsx", "json")


def chosen_version(request: HttpRequest, report: AnnualReport) -> ReportVersion | None:
    """The version asked for, else the latest; none while the report is being changed."""
    wanted = request.GET.get("version", "")
    if wanted:
        number = int(wanted) if wanted.isdigit() else 0
        return get_object_or_404(report.versions, number=number)
    return None if report.is_editable else report.versions.order_by("-number").first()


@login_required
@require_GET
def download(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The report as pdf, docx or json; the fill-in template as xlsx."""
    access, report = find(request, pk)
    access.require("export", report)
    if kind not in KINDS:
        raise Http404
    version = chosen_version(request, report)
    body = content_of(report, version, kind)
    suffix = f"-第{version.number}版" if version and kind != "xlsx" else ""
    return send_file(body, f"{report}{suffix}.{kind}")


def content_of(report: AnnualReport, version: ReportVersion | None, kind: str) -> bytes:
    """The bytes of a file."""
    if kind == "xlsx":
        plans = planned_of(report), planned_of(report_of(report, 1))
        return template_xlsx(report, lines_of(report), *plans)
    snapshot: dict[str, Any] = (
        version.snapshot if version else build_snapshot(report, now=timezone.now())
    )
    if kind == "json":
        return json.dumps(snapshot, ensure_ascii=False, indent=2).encode()
    content = printed(snapshot, version)
    return report_pdf(content) if kind == "pdf" else report_docx(content)


@login_required
def import_(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a filled template in; what is wrong is listed by cell."""
    access, report = find(request, pk)
    access.require("edit", report)
    form = ImportForm(request.POST or None, request.FILES or None)
    errors = []
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            result = import_template(
                actor=request.user, report=report, upload=form.cleaned_data["file"],
                now=timezone.now(),
            )  # fmt: skip
            messages.success(request, f"已导入 {len(result.written)} 项。")
            errors = result.errors
            if not errors:
                return redirect("reporting:report", pk)
    context = {"report": report, "form": form, "errors": errors}
    return render(request, "reporting/import.html", context)
