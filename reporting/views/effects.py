"""From policy to effect: what became of the platforms that public money supported."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.lists import export_table
from platforms.access import FundingAccess
from reporting.selectors import effects as selectors
from reporting.tables import EffectTable


@login_required
@require_GET
def effects(request: HttpRequest) -> HttpResponse:
    """Each fund of a year in the user's part of the ledger, whom it reached and their numbers."""
    rows = FundingAccess(request.user).visible()
    years = selectors.funded_years(rows)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and int(asked) in years else (years or [0])[0]
    funds = selectors.fund_effects(rows, year=year) if years else []
    if request.GET.get("export") in {"csv", "xlsx"}:
        kind = request.GET["export"]
        return export_table(EffectTable(funds), name=f"{year}年度政策成效", kind=kind)
    context = {
        "funds": funds,
        "count": len(funds),
        "year": year,
        "tabs": [{"label": f"{one}年", "url": f"?year={one}", "active": one == year}
                 for one in years],
        "outcomes": selectors.OUTCOMES.values(),
    }  # fmt: skip
    return render(request, "reporting/effects.html", context)
