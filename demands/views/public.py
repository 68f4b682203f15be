"""What everybody may open: the list of demands and the page of one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from core.breadcrumbs import trail
from core.lists import list_page
from demands import selectors, services
from demands.access import DemandAccess, DisclosureAccess
from demands.filters import DemandFilter
from demands.forms import RequestForm
from demands.models import Demand
from demands.tables import DemandTable

SORTS = [("", "最新发布"), ("expires_date", "截止最近")]


def demands(request: HttpRequest) -> HttpResponse:
    """The public list with facets, words, sorting and export."""
    return list_page(
        request,
        queryset=DemandAccess(request.user).visible().public().for_list(),
        table_class=DemandTable,
        filter_class=DemandFilter,
        template="demands/demands.html",
        export_name="中试需求",
        context={"sorts": SORTS},
    )


def demand(request: HttpRequest, slug: str) -> HttpResponse:
    """One demand, as much of it as the reader may see; confidential reading is noted (D08)."""
    access = DemandAccess(request.user)
    found = get_object_or_404(selectors.demand_for_page(access), slug=slug)
    now = timezone.now()
    is_noted = services.note_full_reading(actor=request.user, demand=found, now=now)
    sees_history = access.can("read_history", found)
    page = {
        "demand": found,
        "access": access,
        "full": access.full_text_visible(found),
        **_secrecy(access, found, sees_history=bool(sees_history)),
        "is_noted": is_noted,
        "shows_contact": access.can("read_contact", found),
        "sees_history": sees_history,
        "history": selectors.history(found) if sees_history else [],
        "steps": selectors.way(found) if sees_history else [],
        "transitions": access.transitions(found),
        "trail": trail(("中试需求", "demands:demands"), str(found)),
    }
    return render(request, "demands/demand.html", page)


def _secrecy(access: DemandAccess, found: Demand, *, sees_history: bool) -> dict[str, Any]:
    """What the page of a confidential demand shows of requests, promises and readings (D08)."""
    if not found.is_confidential:
        return {}
    disclosures = DisclosureAccess(access.user)
    own = [] if sees_history else selectors.own_disclosures(access, found)
    may_ask = found.is_open and found.organisation_id and not sees_history and not own
    askers = disclosures.askers if may_ask else []
    circle = selectors.circle(found) if sees_history else []
    return {
        "disclosure_access": disclosures,
        "circle": circle,
        "has_reach": any(not reach.is_waiting for reach in circle),
        "own_disclosures": own,
        "request_form": RequestForm(organisations=askers) if askers else None,
    }
