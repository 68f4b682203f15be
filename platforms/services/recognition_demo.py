"""A demo batch, so that the whole road from application to roster can be walked."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from core.access import SYSTEM
from platforms.models import Programme, Scheme
from platforms.services.schemes import move_programme, save_programme
from taxonomy.jurisdiction import current_jurisdiction

SLUG = "demo-batch"
NOTICE = (
    "演示批次，用来走一遍申报、审核、评审、公示、认定的全过程；不是真实的申报通知。\n"
    "平台资料会自动带入，核对自评后提交。"
)


@transaction.atomic
def attach_demo_programme(*, now: datetime) -> Programme | None:
    """Open a demo batch on this jurisdiction's first ladder; None when it has none.

    Marked `is_demo`, and so is what it grants. Safe to run twice: an existing one is left alone.
    """
    home = current_jurisdiction()
    if not home.ladders:
        return None
    found = Programme.objects.filter(slug=SLUG).first()
    scheme = Scheme.objects.filter(slug=f"{home.slug}-{home.ladders[0].slug}").first()
    if found is not None or scheme is None:
        return found
    today = timezone.localdate(now)
    programme = save_programme(
        actor=SYSTEM, slug=SLUG, is_demo=True, now=now,
        values={
            "scheme": scheme, "title": f"演示：{today.year} 年{scheme.name}申报",
            "year": today.year, "opens_date": today,
            "closes_date": today + timedelta(days=180), "notice": NOTICE,
            "publicity_workdays": scheme.publicity_workdays or 5,
        },
    )  # fmt: skip
    return move_programme(actor=SYSTEM, programme=programme, name="open", now=now)
