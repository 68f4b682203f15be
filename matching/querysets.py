"""Chains over runs, lists and matches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from core.models import JobStatus
from matching.enums import ChunkStatus
from platforms.enums import ListingStatus

OPEN_JOBS = (JobStatus.QUEUED, JobStatus.RUNNING)


class MatchRunQuerySet(models.QuerySet[Any]):
    def unfinished(self) -> MatchRunQuerySet:
        return self.filter(status__in=OPEN_JOBS)

    def newest_first(self) -> MatchRunQuerySet:
        return self.order_by("-pk")


class MatchChunkQuerySet(models.QuerySet[Any]):
    def stale(self, *, before: datetime) -> MatchChunkQuerySet:
        """Chunks of unfinished runs, not done and last queued before `before` (or never)."""
        waiting = self.filter(status=ChunkStatus.QUEUED, run__status__in=OPEN_JOBS)
        return waiting.filter(models.Q(queued_at__isnull=True) | models.Q(queued_at__lt=before))


class SubscriptionQuerySet(models.QuerySet[Any]):
    def searches(self) -> SubscriptionQuerySet:
        """Saved searches: about no demand, capability or resource."""
        return self.filter(demand=None, capability=None, resource_id=None)


class MatchQuerySet(models.QuerySet[Any]):
    def possible(self) -> MatchQuerySet:
        """Pairs whose known constraints all hold (unknown ones are shown as unknown)."""
        return self.filter(is_possible=True)

    def for_demands(self) -> MatchQuerySet:
        """Entries of demands' lists of capabilities."""
        return self.filter(match_list__demand__isnull=False)

    def for_capabilities(self) -> MatchQuerySet:
        """Entries of capabilities' lists of demands."""
        return self.filter(match_list__capability__isnull=False)

    def live(self) -> MatchQuerySet:
        """Pairs whose two sides are still on offer: listed capability, open demand or not."""
        published = ListingStatus.PUBLISHED
        return self.filter(capability__status=published, capability__platform__status=published)

    def ranked(self) -> MatchQuerySet:
        return self.order_by("rank", "pk")
