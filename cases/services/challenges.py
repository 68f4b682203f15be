"""Demands put forward for others to bid for: drafted, vetted, listed, decided (Z06)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from cases.access import BidAccess, ChallengeAccess
from cases.enums import ChallengeStatus, OutcomeKind
from cases.models import Challenge, ChallengeList, ChallengeObjection, Project
from cases.services.calls import invite_experts
from core.access import SYSTEM
from core.errors import DomainError, Refused
from core.services import assign, check_record, emit, lock, log_activity
from core.states import perform
from demands.access import DemandAccess
from demands.models import Demand
from taxonomy.models import Region

FIELDS = ("bounty_wan", "payer", "conditions", "due_date")
# moves that need no more than a reason; each is told
PLAIN = ("submit", "accept", "return", "withdraw", "unseal", "fail", "reopen")


@transaction.atomic
def propose_challenge(
    *, actor: Any, demand: Demand, values: Mapping[str, Any], now: datetime
) -> Challenge:
    """Draft a challenge from a published demand. `values`: bounty_wan (万元), payer, conditions,
    due_date. It is vetted where the demand, else its organisation, lies.

    Errors: Refused, `not_open`, `no_region`, `target_figures` (the demand says none), `invalid`.
    """
    locked = lock(demand, "organisation", "region")
    DemandAccess(actor).require("disclose", locked)  # what its owner alone decides
    if not locked.is_open:
        raise DomainError("not_open", "只有征集中的需求可以提出揭榜。")
    if not locked.target_figures.strip():
        raise DomainError("target_figures", "请先在需求中写明指标要求，再提出揭榜。")
    region = locked.region or (locked.organisation.region if locked.organisation else None)
    if region is None:
        raise DomainError("no_region", "请先在需求中填写所在地区。")
    challenge = Challenge(demand=locked, region=region, proposed_by=actor, status_changed_at=now)
    assign(challenge, values, FIELDS)
    ChallengeAccess(actor).require("propose", challenge)
    _check(challenge, now)
    challenge.save()
    log_activity(actor=actor, action="cases.challenge.create", target=challenge, now=now)
    return challenge


@transaction.atomic
def edit_challenge(
    *, actor: Any, challenge: Challenge, values: Mapping[str, Any], now: datetime
) -> Challenge:
    """Change a draft. Errors: Refused, `wrong_state`, `invalid`."""
    locked = lock(challenge, "demand")
    ChallengeAccess(actor).require_now("edit", locked)
    assign(locked, values, FIELDS)
    _check(locked, now)
    locked.save(update_fields=[*FIELDS, "updated_at"])
    log_activity(actor=actor, action="cases.challenge.edit", target=locked, now=now)
    return locked


def _check(challenge: Challenge, now: datetime) -> None:
    check_record(challenge)
    if challenge.due_date <= timezone.localdate(now):
        raise DomainError("due_date", "揭榜截止日须晚于今天。", "due_date")


@transaction.atomic
def move_challenge(
    *, actor: Any, challenge: Challenge, name: str, now: datetime, reason: str = ""
) -> Challenge:
    """Perform a move that needs no more than a reason; whom it concerns is told.

    Errors: Refused, `wrong_state` (also before the last day is over), `reason_required`.
    """
    if name not in PLAIN:
        raise DomainError("unknown_action", "没有这个操作。")
    moved = perform(ChallengeAccess(actor), name, challenge, now=now, reason=reason)
    if name in {"reopen", "fail"}:
        drop_winner(moved, now)
    emit("cases.challenge.moved", challenge_id=moved.pk, move=name)
    return moved


def drop_winner(challenge: Challenge, now: datetime) -> None:
    """Nobody is chosen any more; at the end of a round, nobody else either."""
    over = challenge.status == ChallengeStatus.FAILED
    for bid in challenge.bids.filter(status__in=["submitted", "won"] if over else ["won"]):
        perform(BidAccess(SYSTEM), "lose", bid, now=now)


@transaction.atomic
def publish_challenges(
    *,
    actor: Any,
    region: Region,
    challenges: Iterable[Challenge],
    publicity_days: int,
    now: datetime,
) -> ChallengeList:
    """Publish accepted challenges as the next numbered list of `region` this year; operators of
    platforms may bid from now on. `publicity_days`: working days, 0 for none.

    Errors: Refused, `wrong_state`, `none_chosen`, `out_of_region`.
    """
    access, today = ChallengeAccess(actor), timezone.localdate(now)
    rows = sorted(challenges, key=lambda row: row.pk)
    if not rows:
        raise DomainError("none_chosen", "请至少勾选一项。", "challenges")
    if not actor.covers_region(Role.GOVERNMENT, region.pk):
        raise Refused("只能发布本地区的榜单。")
    Region.objects.select_for_update().get(pk=region.pk)  # two lists never get one number
    last = ChallengeList.objects.filter(region=region, year=today.year).aggregate(n=Max("number"))
    listing = ChallengeList.objects.create(
        region=region, year=today.year, number=(last["n"] or 0) + 1, published_date=today,
        published_by=actor,
    )  # fmt: skip
    for row in rows:
        if not region.contains(row.region_id):
            raise DomainError("out_of_region", f"“{row}”不在{region}。", "challenges")
        moved = perform(access, "publish", row, now=now)
        moved.listing, moved.publicity_days = listing, publicity_days
        check_record(moved)
        moved.save(update_fields=["listing", "publicity_days", "updated_at"])
        emit("cases.challenge.moved", challenge_id=moved.pk, move="publish")
    return listing


@transaction.atomic
def extend_challenge(
    *, actor: Any, challenge: Challenge, due_date: date, reason: str, now: datetime
) -> Challenge:
    """Give more time for bids, with a reason; who has begun one is told.

    Errors: Refused, `wrong_state`, `due_date` (not later), `reason_required`.
    """
    locked = lock(challenge, "demand")
    ChallengeAccess(actor).require_now("extend", locked)
    if due_date <= max(locked.due_date, timezone.localdate(now)):
        raise DomainError("due_date", "新的截止日须晚于原来的，也晚于今天。", "due_date")
    if not reason.strip():
        raise DomainError("reason_required", "请写明原因。", "reason")
    locked.due_date = due_date
    locked.save(update_fields=["due_date", "updated_at"])
    log_activity(
        actor=actor, action="cases.challenge.extend", target=locked, now=now, reason=reason
    )
    emit("cases.challenge.moved", challenge_id=locked.pk, move="extend")
    return locked


@transaction.atomic
def invite_reviewers(
    *, actor: Any, challenge: Challenge, reviewers: Iterable[User], now: datetime
) -> Challenge:
    """Set which experts give marks. Errors: Refused, `wrong_state`, `reviewers`. Newly invited
    ones are told when bids are opened, or at once where they are."""
    locked = lock(challenge, "demand")
    ChallengeAccess(actor).require_now("invite", locked)
    fresh = invite_experts(locked, reviewers)
    log_activity(actor=actor, action="cases.challenge.invite", target=locked, now=now)
    if fresh and locked.status == ChallengeStatus.JUDGING:
        emit("cases.challenge.invited", challenge_id=locked.pk, user_ids=fresh)
    return locked


@transaction.atomic
def object_to_choice(
    *, actor: Any, challenge: Challenge, text: str, now: datetime
) -> ChallengeObjection:
    """Object under one's name while the choice is public; staff are told.

    Errors: Refused, `wrong_state`, `text`.
    """
    locked = lock(challenge, "demand")
    ChallengeAccess(actor).require_now("object", locked)
    if not text.strip():
        raise DomainError("text", "请写明异议和依据。", "text")
    row = ChallengeObjection(challenge=locked, made_by=actor, text=text.strip())
    check_record(row)
    row.save()
    log_activity(actor=actor, action="cases.challenge.object", target=locked, now=now)
    emit("cases.challenge.moved", challenge_id=locked.pk, move="object")
    return row


@transaction.atomic
def answer_objection(
    *, actor: Any, objection: ChallengeObjection, answer: str, now: datetime
) -> ChallengeObjection:
    """Answer an objection; an upheld one is followed by `reopen`. Who objected is told.

    Errors: Refused, `answer`, `answered` (already).
    """
    ChallengeAccess(actor).require("answer_objection", lock(objection.challenge, "demand"))
    locked = lock(objection, "challenge")
    if locked.answered_at:
        raise DomainError("answered", "这条异议已经答复。")
    if not answer.strip():
        raise DomainError("answer", "请写明核实情况。", "answer")
    locked.answer, locked.answered_by, locked.answered_at = answer.strip(), actor, now
    check_record(locked)
    locked.save(update_fields=["answer", "answered_by", "answered_at", "updated_at"])
    log_activity(actor=actor, action="cases.challenge.answer", target=locked.challenge, now=now)
    emit("cases.challenge.answered", objection_id=locked.pk)
    return locked


def follow_project(*, project_id: int, now: datetime) -> None:
    """What a project's end means for the challenge it came of: accepted with an outcome that the
    enterprise confirmed, missed with a failure, judged again when the two sides parted."""
    project = Project.objects.get(pk=project_id)
    challenge = Challenge.objects.filter(
        bids__project=project, bids__status="won", status=ChallengeStatus.AWARDED
    ).first()
    if challenge is None:
        return
    with transaction.atomic():
        moves = {"declined": "resume", "cancelled": "resume", "closed": "miss"}
        name = moves.get(project.status, "")
        if project.outcomes.confirmed().exclude(kind=OutcomeKind.FAILED).exists():
            name = "finish" if name == "miss" else name
        if not name:
            return
        moved = perform(ChallengeAccess(SYSTEM), name, challenge, now=now)
        if name == "resume":
            drop_winner(moved, now)
        emit("cases.challenge.moved", challenge_id=moved.pk, move=name)


def withdraw_of_demand(*, demand_id: int, now: datetime) -> None:
    """A demand that is withdrawn or sent back takes its challenge off, as long as no bid was
    opened."""
    sources = ChallengeAccess.machine.by_name["withdraw"].sources
    for row in Challenge.objects.filter(demand=demand_id, status__in=sources):
        move_challenge(
            actor=SYSTEM, challenge=row, name="withdraw", reason="需求已由发布方撤回或退回。",
            now=now,
        )  # fmt: skip
