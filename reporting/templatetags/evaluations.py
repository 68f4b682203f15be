"""`{% published_grades platform %}`: its grades, for its page (which lies below reporting)."""

from __future__ import annotations

from typing import Any

from django import template

from platforms.models import Platform
from reporting.selectors.evaluations import grades_of

register = template.Library()
YEARS = 5


@register.inclusion_tag("reporting/_platform_grades.html")
def published_grades(platform: Platform) -> dict[str, Any]:
    """The last five years' published grades. One query."""
    return {"grades": grades_of(platform.pk)[:YEARS]}
