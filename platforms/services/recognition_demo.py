"""A demo batch, so that the whole road from application to roster can be walked."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from core.access import SYSTEM
from platforms.models import Programme, Scheme
from platforms.services.challenges import save_challenge_item
from platforms.services.schemes import move_programme, save_programme
from taxonomy.jurisdiction import current_jurisdiction
from taxonomy.models import Term

SLUG = "demo-batch"
CHALLENGE_SLUG = "demo-challenge"
CHALLENGES = 2
OPEN_SINCE = timedelta(days=90)  # so that applications stand at every stage
CHALLENGE_NOTICE = "演示批次，用来走一遍发布榜单、揭榜、评审、公示、认定；不是真实的通知。"
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
    title = f"演示：{timezone.localdate(now).year} 年{scheme.name}申报"
    programme = _draft(scheme, SLUG, title, NOTICE, now)
    return move_programme(actor=SYSTEM, programme=programme, name="open", now=now)


@transaction.atomic
def attach_demo_challenge(*, now: datetime) -> Programme | None:
    """Open a demo batch with a challenge list; None without a ladder or terms of processes, and
    where there are no challenge lists.

    Marked `is_demo`. Safe to run twice: an existing one is left alone.
    """
    home = current_jurisdiction()
    found = Programme.objects.filter(slug=CHALLENGE_SLUG).first()
    slugs = [f"{home.slug}-{ladder.slug}" for ladder in home.ladders[:1]]
    scheme = Scheme.objects.filter(slug__in=slugs).first()
    kinds = list(Term.objects.of("process-kind")[:CHALLENGES])
    if found is not None or scheme is None or not kinds or not home.has_module("challenges"):
        return found
    today = timezone.localdate(now)
    title = f"演示：{today.year} 年中试平台建设揭榜挂帅"
    programme = _draft(scheme, CHALLENGE_SLUG, title, CHALLENGE_NOTICE, now)
    for kind in kinds:
        save_challenge_item(
            actor=SYSTEM, now=now, unmet_count=None,
            values={
                "programme": programme, "title": f"演示：{kind}中试平台", "process_kind": kind,
                "requirement": f"演示项目：建成面向社会开放的{kind}中试线，公开参数、价格和排期。",
                "finish_by_date": today + timedelta(days=730),
            },
        )  # fmt: skip
    return move_programme(actor=SYSTEM, programme=programme, name="open", now=now)


def _draft(scheme: Scheme, slug: str, title: str, notice: str, now: datetime) -> Programme:
    today = timezone.localdate(now)
    return save_programme(
        actor=SYSTEM, slug=slug, is_demo=True, now=now,
        values={
            "scheme": scheme, "title": title, "year": today.year, "notice": notice,
            "opens_date": today - OPEN_SINCE, "closes_date": today + timedelta(days=180),
            "publicity_workdays": scheme.publicity_workdays or 5,
        },
    )  # fmt: skip
