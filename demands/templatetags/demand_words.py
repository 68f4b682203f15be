"""What a demand says, in templates."""

from django import template

from demands.facts import DemandFacts, demand_facts
from demands.models import Demand

register = template.Library()


@register.simple_tag
def facts_of(demand: Demand, full: bool) -> DemandFacts:
    """`{% facts_of demand full as facts %}`: known facts, and the names of the missing ones."""
    return demand_facts(demand, full=bool(full))
