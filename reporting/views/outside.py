"""Forms of other governments, filled in from a report."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.downloads import send_file
from reporting.documents.outside import form_docx, form_xlsx
from reporting.outside import OutsideForm, outside_form
from reporting.selectors.outside import filled_form, filled_forms
from reporting.views.reports import find

MAKERS = {"xlsx": form_xlsx, "docx": form_docx}


def _known(slug: str) -> OutsideForm:
    form = outside_form(slug)
    if form is None:
        raise Http404
    return form


@login_required
@require_GET
def forms(request: HttpRequest, pk: int) -> HttpResponse:
    """What else could be handed in with these facts, and how far each form is filled."""
    access, report = find(request, pk)
    access.require("export", report)
    context = {"report": report, "forms": filled_forms(report)}
    return render(request, "reporting/outside_forms.html", context)


@login_required
@require_GET
def form(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """One form, row by row, with source and day; what is missing says where to fill it in."""
    access, report = find(request, pk)
    access.require("export", report)
    context = {"report": report, "filled": filled_form(_known(slug), report)}
    return render(request, "reporting/outside_form.html", context)


@login_required
@require_GET
def download_form(request: HttpRequest, pk: int, slug: str, kind: str) -> HttpResponse:
    """The filled form as xlsx or docx."""
    access, report = find(request, pk)
    access.require("export", report)
    if kind not in MAKERS:
        raise Http404
    filled = filled_form(_known(slug), report)
    mark = "（演示数据）" if report.platform.is_demo else ""
    name = f"{filled.form.name}-{report.platform}-{report.cycle.year}{mark}.{kind}"
    return send_file(MAKERS[kind](filled, report), name)
