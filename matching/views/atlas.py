"""The gap atlas: unmet demands by process, field and region, and the demands behind each cell."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from core.lists import export_table, list_page
from matching.access import DemandMatchesAccess
from matching.filters import UnmetDemandFilter
from matching.forms import AtlasForm
from matching.selectors.atlas import (
    AXES,
    VIEWS,
    Candidate,
    gap_atlas,
    gap_candidates,
    gap_lines,
    unmet_demands,
)
from matching.tables import AtlasTable, UnmetDemandTable
from platforms.access import ChallengeItemAccess


@require_GET
def atlas(request: HttpRequest) -> HttpResponse:
    """Heat table and export of the gaps; wrong choices do not narrow it."""
    form = AtlasForm(request.GET)
    if (kind := request.GET.get("export")) in {"csv", "xlsx"}:
        table = AtlasTable([asdict(line) for line in gap_lines(form.narrowing)])
        return export_table(table, name="中试需求缺口", kind=kind)
    chosen = form.chosen_view
    context = {
        "form": form,
        "atlas": gap_atlas(chosen, form.narrowing, is_kept=True),
        "query": urlencode(form.narrowing.query),
        "tabs": [_tab(request, view, is_active=view == chosen) for view in VIEWS],
    }
    return render(request, "matching/atlas.html", context)


def _tab(request: HttpRequest, view: str, *, is_active: bool) -> dict[str, object]:
    """The link to a view; what narrows the table stays."""
    query = request.GET.copy()
    query["view"] = view
    label = " × ".join(AXES[axis] for axis in VIEWS[view])
    return {"label": label, "url": f"?{query.urlencode()}", "active": is_active}


@require_GET
def unmet(request: HttpRequest) -> HttpResponse:
    """The open demands that found nothing, by process, field, region and service type."""
    return list_page(
        request,
        queryset=unmet_demands(),
        table_class=UnmetDemandTable,
        filter_class=UnmetDemandFilter,
        template="matching/unmet.html",
        export_name="未满足的中试需求",
        context={
            "can_draft": ChallengeItemAccess(request.user).can("create"),
            "candidates": _candidates(request),
        },
    )


def _candidates(request: HttpRequest) -> list[Candidate]:
    """The platforms closest to the demands shown whose lists the reader may see."""
    if not request.user.is_authenticated:
        return []
    rows = unmet_demands()
    chosen = UnmetDemandFilter(request.GET, queryset=rows, request=request)
    seen = DemandMatchesAccess(request.user).visible()
    shown = chosen.qs if chosen.is_valid() else rows
    return gap_candidates(shown.filter(pk__in=seen.values("pk")))
