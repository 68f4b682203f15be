"""Challenges and bids on their pages: lists, the ranking, how far the chosen one came (Z06)."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, F, Prefetch, QuerySet, When

from accounts.enums import Role
from cases.access import BidAccess, ChallengeAccess
from cases.enums import BidStatus, ChallengeStatus
from cases.models import Bid, BidScore, Challenge
from matching.models import Match
from matching.selectors.results import CheckLine, check_line
from platforms.models import Capability, Platform

WON_IN = (ChallengeStatus.PUBLICITY, ChallengeStatus.AWARDED, ChallengeStatus.DONE)
# the round as its steps are shown
STEPS = (
    (ChallengeStatus.IN_REVIEW, "审核"),
    (ChallengeStatus.ACCEPTED, "发榜"),
    (ChallengeStatus.OPEN, "揭榜"),
    (ChallengeStatus.JUDGING, "评审"),
    (ChallengeStatus.PUBLICITY, "公示"),
    (ChallengeStatus.AWARDED, "攻关"),
    (ChallengeStatus.DONE, "验收"),
)


def challenge_rows(rows: QuerySet[Challenge]) -> QuerySet[Challenge]:
    """Challenges for lists and the API, those that take bids first, then the latest due; each with
    `chosen`, its winner."""
    won = Bid.objects.filter(status=BidStatus.WON, challenge__status__in=WON_IN)
    won = won.select_related("organisation", "platform", "project")
    rows = rows.select_related("demand__organisation", "demand__field", "region", "listing__region")
    takes_bids = Case(When(status=ChallengeStatus.OPEN, then=0), default=1)
    rows = rows.order_by(takes_bids, "-due_date", "-pk")
    return rows.prefetch_related(Prefetch("bids", won, "chosen"))


def accepted_challenges(user: Any) -> QuerySet[Challenge]:
    """What staff may put on the next list."""
    access = ChallengeAccess(user)
    rows = Challenge.objects.filter(access.watched(), status=ChallengeStatus.ACCEPTED)
    return rows.select_related("demand", "region").order_by("due_date", "pk")


def challenge_steps(challenge: Challenge) -> list[dict[str, str]]:
    """How far the round is, for c-steps; without publicity that step is left out."""
    order = [status for status, _label in STEPS]
    if challenge.status not in order:
        return []
    here = order.index(ChallengeStatus(challenge.status)) + (challenge.status == "done")
    return [
        {"label": label, "state": "done" if at < here else "current" if at == here else "todo"}
        for at, (status, label) in enumerate(STEPS)
        if status != ChallengeStatus.PUBLICITY or challenge.publicity_days
    ]


def biddable_platforms(user: Any, challenge: Challenge) -> QuerySet[Platform]:
    """Published platforms that the user runs, but for those of the enterprise itself."""
    rows = Platform.objects.published().filter(
        organisation__in=user.organisation_ids(Role.OPERATOR)
    )
    return rows.exclude(organisation=challenge.demand.organisation_id).select_related(
        "organisation"
    ).order_by("name", "pk")  # fmt: skip


def offered_capabilities(
    challenge: Challenge, platforms: QuerySet[Platform]
) -> list[tuple[Capability, float | None]]:
    """Their published capabilities with how well each matches the demand, the best first."""
    scores: dict[int, float] = {}
    matched = Match.objects.filter(demand=challenge.demand_id, capability__platform__in=platforms)
    for pk, score in matched.values_list("capability", "score"):
        scores[pk] = max(score, scores.get(pk, 0))
    rows = Capability.objects.published().filter(platform__in=platforms).select_related("platform")
    found = [(row, scores.get(row.pk)) for row in rows.order_by("pk")]
    return sorted(found, key=lambda pair: -(pair[1] or 0))


def match_of(bid: Bid) -> tuple[int, list[CheckLine]] | None:
    """The match of the demand and the capability bid with: percent and checks, where one exists."""
    if bid.capability_id is None:
        return None
    rows = Match.objects.filter(demand=bid.challenge.demand_id, capability=bid.capability_id)
    match = rows.order_by("-score", "pk").first()
    if match is None:
        return None
    is_full = not bid.challenge.demand.is_confidential
    return round(100 * match.score), [check_line(row, is_full=is_full) for row in match.checks]


def own_bids(user: Any) -> QuerySet[Bid]:
    """Bids of the user's organisations, the latest first."""
    rows = BidAccess(user).own().select_related("challenge__demand", "platform", "project")
    return rows.order_by("-updated_at", "-pk")


def ranked_bids(user: Any, challenge: Challenge) -> QuerySet[Bid]:
    """Opened bids by their mean mark, the best first; each with its scores and who gave them."""
    scores = BidScore.objects.select_related("reviewer").order_by("scored_at", "pk")
    rows: Any = BidAccess(user).visible().filter(challenge=challenge)
    return (
        rows.unsealed()
        .with_marks()
        .select_related("organisation", "platform", "challenge__demand")
        .prefetch_related(Prefetch("scores", scores, "given"))
        .order_by(F("mean").desc(nulls_last=True), "pk")
    )


def winner_of(challenge: Challenge) -> Bid | None:
    """The chosen bid, once that is public."""
    if challenge.status not in WON_IN:
        return None
    rows = challenge.bids.filter(status=BidStatus.WON)
    return rows.select_related("organisation", "platform", "project").first()


def unmarked_challenges(user: Any) -> QuerySet[Challenge]:
    """Challenges whose bids this expert has still to mark."""
    rows = ChallengeAccess(user).visible().filter(
        status=ChallengeStatus.JUDGING, reviewers=user.pk
    )  # fmt: skip
    own = BidScore.objects.filter(reviewer=user.pk)
    left = Bid.objects.standing().exclude(pk__in=own.values("bid"))
    return rows.filter(pk__in=left.values("challenge"))


def open_challenges(user: Any) -> QuerySet[Challenge]:
    """Those that take bids and that the user's organisations have not bid for yet."""
    rows = ChallengeAccess(user).visible().filter(status=ChallengeStatus.OPEN)
    own = BidAccess(user).own().exclude(status__in=[BidStatus.DRAFT, BidStatus.WITHDRAWN])
    return rows.exclude(pk__in=own.values("challenge"))
