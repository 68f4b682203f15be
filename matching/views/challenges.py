"""Items of a challenge list, drafted from the gap atlas with the demands behind them counted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core.refusals import refusals_on
from matching.forms import ChallengeItemForm
from matching.selectors.atlas import unmet_count
from platforms.access import ChallengeItemAccess
from platforms.models import ChallengeItem
from platforms.selectors.challenges import draft_programmes
from platforms.services import save_challenge_item
from taxonomy.models import Region, Term


@login_required
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Draft an item (the query names a cell of the atlas and perhaps the batch), or change it."""
    access = ChallengeItemAccess(request.user)
    rows = access.visible().select_related("programme__scheme__region")
    found = get_object_or_404(rows, pk=pk) if pk else None
    access.require("edit" if found else "create", found)
    programmes = draft_programmes(request.user)
    form = ChallengeItemForm(
        request.POST or None, instance=found, programmes=programmes,
        initial=None if found else _of_cell(request),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            item = _save(request, form, found)
            messages.success(request, "已保存。批次发布时，榜单一起公布。")
            return redirect(item)
    context = {"form": form, "item": found, "programmes": programmes}
    return render(request, "matching/challenge_form.html", context)


def _save(request: HttpRequest, form: Any, item: ChallengeItem | None) -> ChallengeItem:
    values = form.values()
    count = unmet_count(
        process=values["process_kind"].code if values["process_kind"] else "",
        field=values["field"].code if values["field"] else "",
        region=values["region"].pk if values["region"] else "",
    )
    return save_challenge_item(
        actor=request.user, values=values, unmet_count=count, item=item, now=timezone.now(),
        version=form.cleaned_data["version"],
    )  # fmt: skip


def _of_cell(request: HttpRequest) -> dict[str, Any]:
    """What a cell of the atlas says of an item, and the batch when it is named."""
    asked = request.GET
    process = Term.objects.of("process-kind").filter(code=asked.get("process", "")).first()
    field = Term.objects.of("field-data").filter(code=asked.get("field", "")).first()
    region = Region.objects.filter(pk=asked.get("region", "")).first()
    words = "".join(str(part) for part in (region, field, process) if part)
    batches = list(draft_programmes(request.user))
    named = [row for row in batches if row.slug == asked.get("programme")]
    (programme,) = named or (batches if len(batches) == 1 else [None])
    return {
        "process_kind": process, "field": field, "region": region, "programme": programme,
        "title": f"{words}中试平台" if words else "",
    }  # fmt: skip
