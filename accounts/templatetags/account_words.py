"""Words of the activity log in templates."""

from django import template

from core.activity import sentence
from core.models import ActivityLog

register = template.Library()


@register.filter
def what_happened(row: ActivityLog) -> str:
    """What the action reads like for a person."""
    return sentence(row.action)
