"""Reminding operators of what wants confirming (complaint 1: dead listings)."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.urls import reverse

from accounts.enums import Role
from accounts.selectors import people_of_organisation
from notifications.services import notify
from platforms.models import Platform
from platforms.selectors import fresh_since, overdue_offers


def remind_confirmations(*, now: datetime) -> int:
    """Tell each operator once a week which of a platform's rows are overdue; return how many
    messages were written. Safe to run any number of times in the week.
    """
    written = 0
    year, week, _day = now.isocalendar()
    platforms = Platform.objects.published().filter(organisation__isnull=False).order_by("pk")
    for platform in platforms:
        offers = len(overdue_offers(platform, now=now))
        is_overdue = platform.confirmed_at is None or platform.confirmed_at < fresh_since(now)
        if not offers and not is_overdue:
            continue
        written += notify(
            users=people_of_organisation(platform.organisation_id, [Role.OPERATOR]),
            event_id=uuid5(NAMESPACE_URL, f"platforms/{platform.pk}/confirm/{year}-{week}"),
            kind="platforms.overdue",
            title=f"“{platform}”有 {offers + is_overdue} 条信息待确认",
            body="核对后一次点击即可确认仍然有效；逾期的信息在目录中靠后。",
            url=reverse("platforms:workbench", args=[platform.slug]),
            now=now,
        )
    return written
