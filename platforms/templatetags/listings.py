"""What templates of listings ask: the buttons of a row, the sentence of a log entry."""

from __future__ import annotations

from typing import Any

from django import template

from core.access import Access
from core.activity import sentence
from core.states import Transition

register = template.Library()


@register.filter
def transitions_of(access: Access, obj: Any) -> list[Transition]:
    """`{% for row in access|transitions_of:listing %}`: what the user may do with it now."""
    return access.transitions(obj)


@register.filter
def activity_sentence(action: str) -> str:
    """What a log entry reads like."""
    return sentence(action)
