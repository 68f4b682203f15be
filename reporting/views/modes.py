"""Statistics by mode of operation (L08): a page, its chart, its files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.lists import export_table
from reporting.forms.publications import ModeForm
from reporting.publishing.blocks import chart
from reporting.selectors import modes as selectors
from reporting.selectors.publications import block_shown
from reporting.tables import mode_table
from taxonomy.jurisdiction import current_jurisdiction
from taxonomy.models import Region


@require_GET
def modes(request: HttpRequest) -> HttpResponse:
    """Platforms by mode; for the staff also what those that reported did in a year."""
    asked = request.GET or {"region": current_jurisdiction().region}
    form = ModeForm(asked, cycles=selectors.cycles_of_modes(request.user))
    data = form.cleaned_data if form.is_valid() else {}
    region = Region.objects.filter(pk=data.get("region") or "").first()
    cycle = data.get("cycle")
    lines = selectors.mode_lines(
        prefix=region.prefix if region else "", cycle=cycle, user=request.user
    )
    numbers = selectors.number_names()
    export = request.GET.get("export", "")
    if export in {"csv", "xlsx"}:
        return export_table(mode_table(lines, numbers), name="运营模式统计", kind=export)
    drawn = chart(
        "modes", "各运营模式的平台(家)", "bars", "家", [line.name for line in lines],
        [("平台", [line.platforms for line in lines])],
    )  # fmt: skip
    context = {
        "form": form, "region": region, "cycle": cycle, "numbers": numbers,
        "rows": [(line, list(zip(numbers, line.numbers, strict=False))) for line in lines],
        "drawing": block_shown(drawn).drawing, "total": sum(line.platforms for line in lines),
    }  # fmt: skip
    return render(request, "reporting/modes.html", context)
