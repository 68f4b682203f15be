"""Chains over projects and cases."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Avg, Count, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce

from cases.enums import (
    VOUCHER_OVER,
    BidStatus,
    CallStatus,
    CaseStatus,
    ChallengeStatus,
    OutcomeStatus,
    ProjectStatus,
    VoucherStatus,
)

OPEN_STATUSES = (
    ProjectStatus.ENQUIRY,
    ProjectStatus.IN_TALKS,
    ProjectStatus.QUOTED,
    ProjectStatus.CONTRACTED,
    ProjectStatus.PILOTING,
    ProjectStatus.DELIVERED,
)


# enquiries that were answered; what came of an award began with the answer, and nobody waited
ANSWERED = Q(first_replied_at__isnull=False) & ~Q(bid__isnull=False, first_replied_at=F("asked_at"))


def owed(*, now: datetime) -> Q:
    """Enquiries that tell how a platform replies: answered, or due by now (SRV-18). What its
    enterprise took back before a reply was due says nothing about the platform."""
    taken_back = Q(
        status=ProjectStatus.CANCELLED,
        first_replied_at=None,
        status_changed_at__lt=F("reply_due_at"),
    )
    return (ANSWERED | Q(first_replied_at=None, reply_due_at__lt=now)) & ~taken_back


class ProjectQuerySet(models.QuerySet[Any]):
    def open(self) -> ProjectQuerySet:
        """Projects that have not come to an end."""
        return self.filter(status__in=OPEN_STATUSES)

    def unanswered(self) -> ProjectQuerySet:
        return self.filter(status=ProjectStatus.ENQUIRY)

    def overdue(self, *, now: datetime) -> ProjectQuerySet:
        """Enquiries whose promised time of reply is past."""
        return self.unanswered().filter(reply_due_at__lt=now)


class OutcomeQuerySet(models.QuerySet[Any]):
    """Of outcomes and receipts: what the platform says and the enterprise answers."""

    def claimed(self) -> OutcomeQuerySet:
        """Those that wait for the enterprise's word."""
        return self.filter(status=OutcomeStatus.CLAIMED)

    def confirmed(self) -> OutcomeQuerySet:
        return self.filter(status=OutcomeStatus.CONFIRMED)


class CaseQuerySet(models.QuerySet[Any]):
    def published(self) -> CaseQuerySet:
        return self.filter(status=CaseStatus.PUBLISHED)


class InspectionQuerySet(models.QuerySet[Any]):
    def unmended(self) -> InspectionQuerySet:
        """Inspections with findings that are still to be mended."""
        return self.filter(mended_count__lt=F("found_count"))

    def overdue(self, *, today: date) -> InspectionQuerySet:
        return self.unmended().filter(rectify_by__lt=today)


class MarkedQuerySet(models.QuerySet[Any]):
    """Of entries and bids: what people give marks for."""

    def with_marks(self) -> Self:
        """With `mean`, `lowest`, `highest` (of 100; None without scores) and `scored` (people)."""
        return self.annotate(
            mean=Avg("scores__total"),
            lowest=Min("scores__total"),
            highest=Max("scores__total"),
            scored=Count("scores"),
        )


class EntryQuerySet(MarkedQuerySet):
    def standing(self) -> EntryQuerySet:
        """Entries whose case is still published."""
        return self.filter(case__status=CaseStatus.PUBLISHED)

    def honoured(self) -> EntryQuerySet:
        """Entries selected in a call that is over."""
        return self.filter(is_selected=True, call__status=CallStatus.SELECTED)


class VoucherQuerySet(models.QuerySet[Any]):
    def in_force(self) -> VoucherQuerySet:
        """Those that take something of the budget: not refused, expired or voided."""
        return self.exclude(status__in=VOUCHER_OVER)

    def unfinished(self) -> VoucherQuerySet:
        """Those that somebody still has to deal with."""
        return self.in_force().exclude(status=VoucherStatus.PAID)

    def committed(self) -> Decimal:
        """Yuan of the budget that are paid or promised: the amount asked for, before that the
        face value."""
        found = self.in_force().aggregate(sum=Sum(Coalesce("amount_yuan", "face_yuan")))
        return found["sum"] or Decimal(0)


# challenges that anybody may know of; a withdrawn one only once it was on a list
PUBLIC_CHALLENGES = (
    ChallengeStatus.OPEN, ChallengeStatus.JUDGING, ChallengeStatus.PUBLICITY,
    ChallengeStatus.AWARDED, ChallengeStatus.DONE, ChallengeStatus.FAILED,
)  # fmt: skip
# those whose bids have been opened
UNSEALED = PUBLIC_CHALLENGES[1:]


class ChallengeQuerySet(models.QuerySet[Any]):
    def public(self) -> ChallengeQuerySet:
        """Those that stand on a published list, whatever became of them since."""
        return self.filter(
            Q(status__in=PUBLIC_CHALLENGES) | Q(status="withdrawn", listing__isnull=False)
        )

    def due(self, *, today: date) -> ChallengeQuerySet:
        """Open ones whose last day for bids is past."""
        return self.filter(status=ChallengeStatus.OPEN, due_date__lt=today)

    def settled(self, *, today: date) -> ChallengeQuerySet:
        """Those whose choice has been public long enough, without an objection to answer."""
        rows = self.filter(status=ChallengeStatus.PUBLICITY, publicity_until__lt=today)
        open_ones = self.filter(objections__isnull=False, objections__answered_at=None)
        return rows.exclude(pk__in=open_ones.values("pk"))


class BidQuerySet(MarkedQuerySet):
    def standing(self) -> BidQuerySet:
        """Bids that were handed in and not taken back."""
        return self.filter(status__in=[BidStatus.SUBMITTED, BidStatus.WON, BidStatus.LOST])

    def unsealed(self) -> BidQuerySet:
        """Standing bids that may be read by the poser, staff and judges."""
        return self.standing().filter(challenge__status__in=UNSEALED)
