"""How platforms answer, for pages that lie below cases."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from accounts.models import Organisation
from cases import selectors
from platforms.models import Platform
from platforms.selectors.booking import booking_replies

register = template.Library()


@register.inclusion_tag("cases/_reply_facts.html")
def reply_facts(platform: Platform) -> dict[str, Any]:
    """Replies to enquiries and, by themselves, to bookings, as of now. Two queries."""
    now = timezone.now()
    return {
        "platform": platform,
        "facts": selectors.reply_facts(platform, now=now),
        "bookings": booking_replies(platform, now),
    }


@register.inclusion_tag("cases/_standing.html")
def standing_of(organisation: Organisation) -> dict[str, Any]:
    """`{% standing_of organisation %}`: its published platforms, and how each of the first three
    answers. One query, and one for each of these."""
    rows = Platform.objects.published().filter(organisation=organisation)
    now = timezone.now()
    platforms = list(rows.select_related("region").order_by("pinyin_key", "pk")[:3])
    return {"rows": [(row, selectors.reply_facts(row, now=now)) for row in platforms]}
