"""Published grades for pages of apps that lie below reporting; a scheme's rules in words."""

from __future__ import annotations

from typing import Any

from django import template

from platforms.models import Platform
from reporting.scoring.words import (
    grade_words,
    group_words,
    method_words,
    missing_words,
    value_words,
    veto_words,
)
from reporting.selectors.evaluations import Grade, grades_of, latest_grades

register = template.Library()
YEARS = 5

for words in (grade_words, group_words, method_words, missing_words, value_words, veto_words):
    register.filter(words.__name__, words)


@register.inclusion_tag("reporting/_platform_grades.html")
def published_grades(platform: Platform) -> dict[str, Any]:
    """The last five years' published grades. One query."""
    return {"grades": grades_of(platform.pk)[:YEARS]}


@register.simple_tag
def grades_on_page(rows: Any) -> dict[int, Grade]:
    """Platform → its latest published grade, for the rows of a table page. One query."""
    return latest_grades(row.record.platform_id for row in rows)


@register.filter
def grade_of(grades: dict[int, Grade], platform_id: int) -> Grade | None:
    """`{% with grade=grades|grade_of:item.platform_id %}`."""
    return grades.get(platform_id)
