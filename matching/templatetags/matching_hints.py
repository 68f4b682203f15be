"""What matching adds to pages of the apps below it."""

from __future__ import annotations

from typing import Any

from django import template

from demands.models import Demand
from matching.selectors.duplicates import similar_capabilities, similar_demands

register = template.Library()


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
