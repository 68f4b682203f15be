"""Reading challenge lists: items with their state, and the bids for one side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from platforms.access import ApplicationAccess, ChallengeItemAccess, ProgrammeAccess
from platforms.enums import ApplicationStatus as A
from platforms.enums import AssignmentStatus, ProgrammeStatus
from platforms.models import Application, ChallengeItem, Programme
from platforms.selectors.recognition import Spread, spread_of

RELATED = ("programme__scheme__region", "process_kind", "field", "region")


def challenge_rows(rows: Any) -> QuerySet[ChallengeItem]:
    """Items with `state`, `bid_count` and `winners` (none or one); the newest batch first."""
    won = Application.objects.filter(status=A.RECOGNISED)
    winners = Prefetch("bids", won.select_related("platform", "recognition"), "winners")
    found = rows.with_state().select_related(*RELATED).prefetch_related(winners)
    return found.order_by("-programme__opens_date", "-programme", "pk")


def items_of(programme: Programme, user: Any) -> list[ChallengeItem]:
    """The challenge list of a batch as the user sees it, in the order of drafting."""
    rows = ChallengeItemAccess(user).visible().filter(programme=programme)
    return list(challenge_rows(rows))


def open_items(programme: Programme) -> QuerySet[ChallengeItem]:
    """Items of a batch that nobody has won yet."""
    rows = ChallengeItem.objects.filter(programme=programme)
    return rows.exclude(bids__status=A.RECOGNISED).order_by("pk")


def draft_programmes(user: Any) -> QuerySet[Programme]:
    """Batches of the user's region whose list may still be written."""
    access = ProgrammeAccess(user)
    rows = Programme.objects.filter(scheme__in=access.schemes(), status=ProgrammeStatus.DRAFT)
    return rows.order_by("-opens_date", "-pk")


@dataclass(frozen=True)
class Bid:
    """An application beside the others for the same item: how the experts saw it."""

    application: Application
    spread: Spread | None
    supporting: int
    conditions_met: int


def bids_for(item: ChallengeItem, user: Any) -> list[Bid]:
    """Bids handed in for an item that the user may see, the best scored first."""
    rows = ApplicationAccess(user).visible().filter(challenge_item=item)
    rows = rows.exclude(status__in=[A.DRAFT, A.WITHDRAWN]).order_by("submitted_at", "pk")
    related = ("platform__region__parent", "organisation", "programme__scheme")
    bids = [_bid(row) for row in rows.select_related(*related).prefetch_related("assignments")]
    return sorted(bids, key=lambda bid: -(bid.spread.mean if bid.spread else -1))


def _bid(row: Application) -> Bid:
    panel = list(row.assignments.all())
    scored = [one for one in panel if one.status == AssignmentStatus.SCORED]
    return Bid(
        application=row,
        spread=spread_of(panel),
        supporting=sum(bool(one.is_supportive) for one in scored),
        conditions_met=sum(bool(check.get("passed")) for check in row.self_check),
    )
