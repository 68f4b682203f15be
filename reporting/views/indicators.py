"""Public definitions: every number links here (house rule 6)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.lists import active_filters
from reporting.access import IndicatorAccess
from reporting.catalogue import references_of
from reporting.filters import IndicatorFilter
from reporting.selectors import indicators as selectors


@require_GET
def indicators(request: HttpRequest) -> HttpResponse:
    """All current indicators by group."""
    rows = IndicatorAccess(request.user).visible().current()
    chosen = IndicatorFilter(request.GET, queryset=rows, request=request)
    groups = selectors.grouped(chosen.qs if chosen.is_valid() else rows)
    context = {
        "filter": chosen,
        "facets": chosen.facet_list,
        "active_filters": active_filters(request, chosen),
        "groups": groups,
        "total": sum(len(group.indicators) for group in groups),
    }
    page = "reporting/indicators.html"
    is_partial = getattr(request, "htmx", False) and not request.htmx.boosted
    return render(request, f"{page}#rows" if is_partial else page, context)


@require_GET
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: definition, source, formula, where it is used, and its earlier versions."""
    versions = selectors.versions_of(code)
    if not versions:
        raise Http404
    current = next((row for row in versions if row.is_current), versions[0])
    context = {
        "indicator": current,
        "versions": versions,
        "needs": selectors.needed_by(current),
        "uses": selectors.used_by(code),
        "choices": selectors.choices_of(current),
        "references": references_of(code),
    }
    return render(request, "reporting/indicator.html", context)
