"""Analysis (G21): any number by region, field, kind, mode or level, down to the report."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.lists import export_table, list_page
from core.refusals import carry_out
from reporting import analysis as words
from reporting.forms.analysis import AnalysisForm
from reporting.selectors import analysis as selectors
from reporting.selectors.analysis_page import path_of, scope_of, shown
from reporting.selectors.publications import sections_to_write
from reporting.services import publications as services
from reporting.tables import analysis_table, platform_line_table


@require_GET
def analysis(request: HttpRequest) -> HttpResponse:
    """Platforms by group; of a year the reported number too, as far as the reader may see it."""
    form = AnalysisForm(request.GET, user=request.user)
    found = selectors.answer_to(form.question, form.chosen, user=request.user)
    if (kind := request.GET.get("export")) in {"csv", "xlsx"}:
        return export_table(analysis_table(found), name="统计分析", kind=kind)
    context = {
        "form": form, "found": found, "question": found.question, "measure": found.measure,
        "page": shown(found), "tabs": _tabs(found), "now": timezone.now(),
        "draft": words.draft_of(found, scope=scope_of(found.question)),
        "sections": sections_to_write(request.user, found.question.cycle),
    }  # fmt: skip
    return render(request, "reporting/analysis.html", context)


def _tabs(found: words.Analysis, *, is_list: bool = False) -> list[dict[str, Any]]:
    """The dimensions, and of a year the platforms themselves; what narrows stays."""
    question, page = found.question, reverse("reporting:analysis")
    tabs = [
        {"label": label, "url": f"{page}?{question.by_dimension(name).query}",
         "active": name == question.by and not is_list}
        for name, label in words.DIMENSIONS.items()
    ]  # fmt: skip
    if found.measure:
        url = f"{reverse('reporting:analysis_platforms')}?{question.query}"
        tabs.append({"label": "平台", "url": url, "active": is_list})
    return tabs


@login_required
@require_GET
def platforms(request: HttpRequest) -> HttpResponse:
    """The platforms behind a number, each with its value and its report."""
    form = AnalysisForm(request.GET, user=request.user)
    question = form.question
    if form.chosen is None:
        raise Http404
    measure = selectors.measure_of(form.chosen)
    found = words.Analysis(question, measure, [])
    return list_page(
        request,
        queryset=selectors.platform_lines(question, measure, user=request.user),
        table_class=platform_line_table(measure),
        template="reporting/analysis_platforms.html",
        export_name="平台指标",
        context={"form": form, "question": question, "measure": measure,
                 "path": path_of(question), "now": timezone.now(),
                 "tabs": _tabs(found, is_list=True)},
    )  # fmt: skip


@login_required
@require_POST
def keep_draft(request: HttpRequest) -> HttpResponse:
    """Put the draft at the end of a chapter of a development report that is being written."""
    form = AnalysisForm(request.GET, user=request.user)
    found = selectors.answer_to(form.question, form.chosen, user=request.user)
    rows = sections_to_write(request.user, found.question.cycle)
    chosen = request.POST.get("section", "")
    section = get_object_or_404(rows, pk=int(chosen) if chosen.isdigit() else 0)
    draft = words.draft_of(found, scope=scope_of(found.question))
    carry_out(
        request, services.edit_section, "草稿已追加到这一章的末尾，请核对、修改。", section=section,
        body=f"{section.text}\n\n{draft}", version=section.version,
    )  # fmt: skip
    return redirect("reporting:publication_section", section.publication_id, section.chapter)
