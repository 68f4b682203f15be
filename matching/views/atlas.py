"""The gap atlas: unmet demands by field and region, and the demands behind each cell."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.lists import export_table, list_page
from matching.filters import UnmetDemandFilter
from matching.forms import AtlasForm
from matching.selectors.atlas import gap_atlas, unmet_demands
from matching.tables import AtlasTable, UnmetDemandTable


@require_GET
def atlas(request: HttpRequest) -> HttpResponse:
    """Table, heat map and export of the gaps; wrong choices do not narrow it."""
    form = AtlasForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = gap_atlas(service=chosen.get("service", ""), province=chosen.get("province"))
    if (kind := request.GET.get("export")) in {"csv", "xlsx"}:
        return export_table(AtlasTable(AtlasTable.lines(found)), name="中试需求缺口", kind=kind)
    context = {"form": form, "atlas": found, "service": chosen.get("service", "")}
    return render(request, "matching/atlas.html", context)


@require_GET
def unmet(request: HttpRequest) -> HttpResponse:
    """The open demands that found nothing, by field, region and service type."""
    return list_page(
        request,
        queryset=unmet_demands(),
        table_class=UnmetDemandTable,
        filter_class=UnmetDemandFilter,
        template="matching/unmet.html",
        export_name="未满足的中试需求",
    )
