"""Chains over listings. They know no user: access objects do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from platforms.enums import (
    ApplicationStatus,
    AssessmentKind,
    BookingStatus,
    ChallengeState,
    CheckResult,
    ListingStatus,
    ProgrammeStatus,
)
from platforms.registers import EVENT_KINDS


class ListingQuerySet(models.QuerySet[Any]):
    def published(self) -> Self:
        return self.filter(status=ListingStatus.PUBLISHED)

    def overdue(self, *, since: datetime) -> Self:
        """Published, and not confirmed after `since`: never confirmed counts as overdue."""
        return self.published().filter(Q(confirmed_at__isnull=True) | Q(confirmed_at__lt=since))


class PlatformQuerySet(ListingQuerySet):
    def in_region(self, prefix: str) -> Self:
        return self.filter(region__code__startswith=prefix)

    def shown(self) -> Self:
        """What the public sees."""
        return self.published()


class OfferQuerySet(ListingQuerySet):
    """What belongs to a platform: capabilities, resources, solutions."""

    def shown(self) -> Self:
        """Published offers of published platforms: what the public and the matcher see."""
        return self.published().filter(platform__status=ListingStatus.PUBLISHED)


class SharedQuerySet(OfferQuerySet):
    """Equipment and lines, which others may book."""

    def bookable(self) -> Self:
        """Shown, open to others, taking bookings, and somebody is there to answer them."""
        return self.shown().filter(
            is_open=True, takes_bookings=True, platform__organisation__isnull=False
        )


# these hold a unit for their time
TAKING = (BookingStatus.ACCEPTED, BookingStatus.USED, BookingStatus.BLOCKED)


class BookingQuerySet(models.QuerySet[Any]):
    def taking(self, start: datetime, end: datetime) -> Self:
        """Those that hold a unit at some moment from `start` to before `end`."""
        return self.filter(status__in=TAKING, start_at__lt=end, end_at__gt=start)

    def unanswered(self) -> Self:
        return self.filter(status=BookingStatus.REQUESTED)

    def unsettled(self, *, now: datetime) -> Self:
        """Accepted and over, and nobody said yet whether it was used."""
        return self.filter(status=BookingStatus.ACCEPTED, end_at__lte=now)


class CapabilityQuerySet(OfferQuerySet):
    pass


class ProgrammeQuerySet(models.QuerySet[Any]):
    def announced(self) -> Self:
        """What the public sees: everything but what is being prepared."""
        return self.exclude(status=ProgrammeStatus.DRAFT)

    def taking(self, day: date) -> Self:
        """Programmes that take applications on `day`."""
        return self.filter(status=ProgrammeStatus.OPEN, opens_date__lte=day, closes_date__gte=day)


class ApplicationQuerySet(models.QuerySet[Any]):
    def in_publicity(self) -> Self:
        return self.filter(status=ApplicationStatus.PUBLICITY)


# bids that are no bids: not handed in, taken back, turned down
NO_BID = (ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN, ApplicationStatus.REJECTED)


class ChallengeItemQuerySet(models.QuerySet[Any]):
    def with_state(self) -> Self:
        """`state` (ChallengeState) read off the batch and the bids, and `bid_count` (handed in)."""
        bids = self.model._meta.get_field("bids").related_model.objects
        own = bids.filter(challenge_item=OuterRef("pk"))
        won = own.filter(status=ApplicationStatus.RECOGNISED)
        accepted = won.filter(
            recognition__assessments__kind=AssessmentKind.ACCEPTANCE,
            recognition__assessments__result=CheckResult.PASSED,
        )
        states = (
            (Q(programme__status=ProgrammeStatus.DRAFT), ChallengeState.DRAFT),
            (Exists(accepted), ChallengeState.ACCEPTED),
            (Exists(won), ChallengeState.WON),
            (Q(programme__status=ProgrammeStatus.OPEN), ChallengeState.OPEN),
            (Exists(own.exclude(status__in=NO_BID)), ChallengeState.REVIEWING),
        )
        asked = own.exclude(status__in=[ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN])
        counted = asked.order_by().values("challenge_item").annotate(n=Count("pk"))
        return self.annotate(
            state=Case(
                *(When(condition, then=Value(str(name))) for condition, name in states),
                default=Value(str(ChallengeState.UNAWARDED)),
                output_field=models.CharField(),
            ),
            bid_count=Coalesce(Subquery(counted.values("n")), 0),
        )


class RecognitionQuerySet(models.QuerySet[Any]):
    def on_roster(self, day: date) -> Self:
        """Rows that stood on the roster on `day`: entered, and not yet left."""
        left_later = Q(ended_date__isnull=True) | Q(ended_date__gt=day)
        return self.filter(left_later, started_date__lte=day)


class RegisterQuerySet(models.QuerySet[Any]):
    def with_last(self) -> Self:
        """`last`: the last day of each, that of an event of one day being its own; None: open."""
        own = When(kind__in=EVENT_KINDS, then=Coalesce("ended_date", "started_date"))
        return self.alias(last=Case(own, default=F("ended_date")))

    def standing(self, day: date) -> Self:
        """Not over on `day`: coming, in force or going on."""
        return self.with_last().filter(Q(last__isnull=True) | Q(last__gte=day))

    def over(self, day: date) -> Self:
        """What had ended by `day`."""
        return self.with_last().filter(last__lt=day)

    def held_on(self, day: date) -> Self:
        """What stood on `day`: begun by then, and not ended before (an end of year's stock)."""
        lasts = Q(ended_date__isnull=True) | Q(ended_date__gte=day)
        return self.filter(lasts, started_date__lte=day)
