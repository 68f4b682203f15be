"""Chains over listings. They know no user: access objects do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from platforms.enums import ApplicationStatus, ListingStatus, ProgrammeStatus


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


class RecognitionQuerySet(models.QuerySet[Any]):
    def on_roster(self, day: date) -> Self:
        """Rows that stood on the roster on `day`: entered, and not yet left."""
        left_later = Q(ended_date__isnull=True) | Q(ended_date__gt=day)
        return self.filter(left_later, started_date__lte=day)
