"""`{% reply_facts platform %}`: how a platform answers, for its page (which lies below cases)."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from cases import selectors
from platforms.models import Platform

register = template.Library()


@register.inclusion_tag("cases/_reply_facts.html")
def reply_facts(platform: Platform) -> dict[str, Any]:
    """Reply rate, median first reply, how many and as of when. One query."""
    return {
        "platform": platform,
        "facts": selectors.reply_facts(platform, now=timezone.now()),
    }
