"""Bids for a challenge: written, sealed, marked, chosen; the chosen one becomes a project (Z06)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from cases.access import BidAccess, ChallengeAccess
from cases.models import CRITERIA, Bid, BidScore, Challenge, Quote
from cases.selectors import biddable_platforms
from cases.services.calls import keep_score
from cases.services.challenges import move_challenge
from cases.services.projects import start_from_offer
from core.access import SYSTEM
from core.errors import DomainError
from core.files import store_file
from core.services import assign, check_record, emit, lock, log_activity
from core.states import Relation, perform
from core.workdays import add_workdays

FIELDS = ("platform", "capability", "partners", "plan", "price_yuan", "lead_days")
QUOTE_DAYS = 30  # how long the price of a chosen bid stands


@transaction.atomic
def save_bid(
    *,
    actor: Any,
    challenge: Challenge,
    values: Mapping[str, Any],
    now: datetime,
    bid: Bid | None = None,
    uploads: Sequence[UploadedFile] = (),
) -> Bid:
    """Draft a bid for the organisation that runs `platform`, or change it until the last day; one
    that was handed in stays so. Price in 元.

    Errors: Refused, `wrong_state`, `foreign_platform`, `foreign_capability`, `invalid`, of files.
    """
    home = lock(challenge, "demand")
    ChallengeAccess(actor).require_now("bid", home)
    locked = lock(bid, "organisation") if bid else Bid(challenge=home, made_by=actor)
    assign(locked, values, FIELDS)
    platform = biddable_platforms(actor, home).filter(pk=locked.platform_id).first()
    runner = platform.organisation if platform else None
    if platform is None or runner is None or (bid and runner.pk != locked.organisation_id):
        raise DomainError("foreign_platform", "请选择本单位运营的已发布平台。", "platform")
    one = locked.capability
    if one and (one.platform_id != platform.pk or not one.is_published):
        raise DomainError("foreign_capability", "该能力不属于这个平台或已下架。", "capability")
    locked.organisation = runner
    if bid:
        BidAccess(actor).require_now("edit", locked)
    check_record(locked)
    locked.save()
    for upload in uploads:
        store_file(actor=actor, upload=upload, target=locked, field="files")
    log_activity(
        actor=actor, action=f"cases.bid.{'edit' if bid else 'create'}", target=locked, now=now
    )
    return locked


@transaction.atomic
def move_bid(*, actor: Any, bid: Bid, name: str, now: datetime) -> Bid:
    """Hand a bid in or take it back, until the last day. Nobody else is told: it is sealed.

    Errors: Refused, `wrong_state`.
    """
    if name not in {"submit", "withdraw"}:
        raise DomainError("unknown_action", "没有这个操作。")
    lock(bid.challenge)
    moved = perform(BidAccess(actor), name, bid, now=now)
    moved.submitted_at = now if name == "submit" else None
    moved.save(update_fields=["submitted_at", "updated_at"])
    return moved


@transaction.atomic
def mark_bid(
    *, actor: Any, bid: Bid, marks: Sequence[int], comment: str, now: datetime
) -> BidScore:
    """Give an opened bid marks in the order of CRITERIA, with a sentence; again: anew.

    Errors: Refused (also a conflict of interest), `wrong_state`, `marks`, `comment`.
    """
    lock(bid.challenge)
    locked = Bid.objects.select_related("challenge__demand").get(pk=bid.pk)
    BidAccess(actor).require_now("mark", locked)
    score: BidScore = keep_score(actor, locked, CRITERIA, marks, comment, now)
    log_activity(actor=actor, action="cases.bid.mark", target=locked, now=now)
    return score


@transaction.atomic
def choose_bid(*, actor: Any, bid: Bid, now: datetime) -> Challenge:
    """Choose a bid. Where the list says so it is made public first, else it holds at once.

    Errors: Refused, `wrong_state`, `unmarked` (nobody gave it marks), and those of `_hold`.
    """
    home = lock(bid.challenge, "demand")
    access = ChallengeAccess(actor)
    name = "choose" if home.publicity_days else "award"
    access.require_now(name, home)
    if not BidScore.objects.filter(bid=bid).exists():
        raise DomainError("unmarked", "请先给这份方案评分，再选定。")
    moved = perform(access, name, home, now=now)
    perform(BidAccess(actor), "win", bid, now=now)
    if moved.publicity_days:
        moved.publicity_until = timezone.localdate(add_workdays(now, moved.publicity_days))
        moved.save(update_fields=["publicity_until", "updated_at"])
    else:
        _hold(actor, moved, now)
    emit("cases.challenge.moved", challenge_id=moved.pk, move=name)
    return moved


@transaction.atomic
def settle_choice(*, actor: Any, challenge: Challenge, now: datetime) -> Challenge:
    """The choice was public long enough and every objection is answered: it holds.

    Errors: Refused, `wrong_state`, and those of `_hold`.
    """
    moved = perform(ChallengeAccess(actor), "settle", challenge, now=now)
    _hold(actor, moved, now)
    emit("cases.challenge.moved", challenge_id=moved.pk, move="settle")
    return moved


def _hold(actor: Any, challenge: Challenge, now: datetime) -> None:
    """The others lose; the chosen bid becomes a project with its price as the first quote, in the
    name of the enterprise's person who decides, else of who put the demand forward."""
    for other in challenge.bids.filter(status="submitted"):
        perform(BidAccess(SYSTEM), "lose", other, now=now)
    bid = challenge.bids.select_related("platform__organisation", "capability", "made_by").get(
        status="won"
    )
    is_own = Relation.OWNER in ChallengeAccess(actor).relations(challenge)
    person: User = actor if is_own else challenge.proposed_by
    quote = Quote(
        amount_yuan=bid.price_yuan, lead_days=bid.lead_days, scope=bid.plan[:2000],
        valid_until_date=timezone.localdate(now) + timedelta(days=QUOTE_DAYS),
        quoted_by=bid.made_by, quoted_at=now,
    )  # fmt: skip
    bid.project = start_from_offer(
        actor=person, demand=challenge.demand, platform=bid.platform, capability=bid.capability,
        body=f"贵平台在“{challenge}”的揭榜中中选，请据揭榜方案商定合同。", quote=quote, now=now,
    )  # fmt: skip
    bid.save(update_fields=["project", "updated_at"])


def keep_challenges(*, now: datetime) -> int:
    """Open the bids of challenges whose last day is past, and let choices hold that were public
    long enough; how many. Each by itself: one that is refused does not hold up the others."""
    today, count = timezone.localdate(now), 0
    for row in Challenge.objects.due(today=today).order_by("pk"):
        with suppress(DomainError):  # extended or withdrawn meanwhile
            move_challenge(actor=SYSTEM, challenge=row, name="unseal", now=now)
            count += 1
    for row in Challenge.objects.settled(today=today).order_by("pk"):
        with suppress(DomainError):  # its platform has gone: people have to decide
            settle_choice(actor=SYSTEM, challenge=row, now=now)
            count += 1
    return count
