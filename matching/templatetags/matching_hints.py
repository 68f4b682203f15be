"""What matching adds to pages of the apps below it."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from demands.models import Demand
from matching.access import ResourceMatchesAccess
from matching.kinds import KIND_OF
from matching.selectors.atlas import AtlasRow
from matching.selectors.duplicates import similar_capabilities, similar_demands
from matching.selectors.offers import PLATFORM, platform_matches, resource_matches
from platforms.models import Platform

register = template.Library()
NO_DEMANDS = format_html('<span class="muted" aria-label="没有需求">{}</span>', "·")


@register.inclusion_tag("matching/_suited_link.html", takes_context=True)
def demands_suited_link(context: dict[str, Any], listing: Any) -> dict[str, Any]:
    """How many open demands a platform, resource or solution suits, for those who may see which."""
    access = ResourceMatchesAccess(context["request"].user)
    if not access.can("view", listing):
        return {"is_shown": False}
    is_platform = isinstance(listing, Platform)
    rows: Any = platform_matches(listing) if is_platform else resource_matches(listing)
    return {
        "is_shown": True,
        "listing": listing,
        "kind": PLATFORM if is_platform else KIND_OF[type(listing)].value,
        "count": rows.order_by().values("demand").distinct().count(),
    }


@register.inclusion_tag("matching/_similar.html", takes_context=True)
def similar_to(context: dict[str, Any], listing: Any) -> dict[str, Any]:
    """Near-duplicates of what is stored of a demand or a capability, as a hint that blocks
    nothing. Nothing for a row without a title."""
    user = context["request"].user
    if not getattr(listing, "title", ""):
        return {"found": []}
    find = similar_demands if isinstance(listing, Demand) else similar_capabilities
    found = find(user, title=listing.title, description=listing.description, leave_out=listing.slug)
    return {"found": found}


@register.simple_tag
def heat_cells(row: AtlasRow, address: str) -> SafeString:
    """The cells of a row of the gap atlas, of which a page may hold a thousand: unmet / all, with
    the way to the unmet ones."""
    told = (
        (cell.heat, format_html('<a href="{}?{}">{} / {}</a>', address, cell.query, cell.unmet,
                                cell.total) if cell.unmet
         else f"0 / {cell.total}" if cell.total else NO_DEMANDS)
        for cell in row.cells
    )  # fmt: skip
    return format_html_join("", '<td class="num heat-{}">{}</td>', told)
