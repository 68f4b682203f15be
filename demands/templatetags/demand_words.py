"""What a demand says, in templates."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils import timezone

from core.templatetags.portal_format import moment
from demands.facts import DemandFacts, demand_facts
from demands.models import Demand

register = template.Library()


@register.simple_tag
def facts_of(demand: Demand, full: bool) -> DemandFacts:
    """`{% facts_of demand full as facts %}`: known facts, and the names of the missing ones."""
    return demand_facts(demand, full=bool(full))


@dataclass(frozen=True)
class Watermark:
    """Two lines and the size of the tile that they are repeated in, in pixels."""

    who: str
    when: str

    @property
    def width(self) -> int:
        """Wide enough for the longer line at 14 px a character, and some air."""
        return 14 * max(len(self.who), len(self.when), 16) + 60


@register.inclusion_tag("demands/_watermark.html", takes_context=True)
def watermark(context: dict[str, Any]) -> dict[str, Any]:
    """`{% watermark %}`: the reader's organisation, name and time over the page, at the end of its
    content; where a reading was noted (D08)."""
    user = context["user"]
    acts_for = user.organisation or user.role_names
    when = moment(timezone.now())
    return {"mark": Watermark(f"{acts_for} {user}", f"{when} 保密内容 请勿外传")}
