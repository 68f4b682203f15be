"""Chains over demands."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, Q, Value, When

from demands.enums import Confidentiality, DemandStatus, DisclosureStatus


class DemandQuerySet(models.QuerySet[Any]):
    def open(self) -> DemandQuerySet:
        return self.filter(status=DemandStatus.OPEN)

    def public(self) -> DemandQuerySet:
        """Demands with a public page: open ones and those that ended well or ran out."""
        return self.filter(
            status__in=[DemandStatus.OPEN, DemandStatus.FULFILLED, DemandStatus.EXPIRED]
        )

    def submitted(self) -> DemandQuerySet:
        """Everything but drafts, which are their owner's own business."""
        return self.exclude(status=DemandStatus.DRAFT)

    def in_region(self, prefix: str) -> DemandQuerySet:
        """Demands inside the region prefix, by their own region or their organisation's."""
        if not prefix:
            return self.all()
        return self.filter(
            Q(region__code__startswith=prefix) | Q(organisation__region__code__startswith=prefix)
        )

    def newest_first(self) -> DemandQuerySet:
        """By the moment of publication (index `demands_demand_newest`), drafts before them."""
        return self.order_by("-published_at", "-pk")

    def for_list(self) -> DemandQuerySet:
        """With what lists show, and the values their facets count."""
        return self.select_related(
            "organisation", "field", "process_kind", "region", "stage"
        ).annotate(
            progress=Case(
                When(status=DemandStatus.OPEN, then=Value("open")), default=Value("closed")
            ),
            budget_known=Case(
                When(
                    Q(budget_low_yuan__isnull=False)
                    | Q(budget_high_yuan__isnull=False)
                    | ~Q(budget_text=""),
                    then=Value("yes"),
                ),
                default=Value("no"),
            ),
        )

    def due(self, *, today: date) -> DemandQuerySet:
        """Open demands whose last day is past."""
        return self.open().filter(expires_date__lt=today)


class DisclosureQuerySet(models.QuerySet[Any]):
    def standing(self) -> DisclosureQuerySet:
        """What the owner agreed to and has not taken back, promised or not."""
        return self.filter(status__in=[DisclosureStatus.GRANTED, DisclosureStatus.PROMISED])

    def sought(self) -> DisclosureQuerySet:
        """About demands that are confidential and still open."""
        return self.filter(
            demand__status=DemandStatus.OPEN, demand__confidentiality=Confidentiality.TEASER
        )

    def unanswered(self) -> DisclosureQuerySet:
        """Requests that wait for the owner."""
        return self.sought().filter(status=DisclosureStatus.REQUESTED)

    def never_promised(self) -> DisclosureQuerySet:
        """What was granted, and perhaps taken back, before anybody promised secrecy."""
        granted = [DisclosureStatus.GRANTED, DisclosureStatus.REVOKED]
        return self.filter(status__in=granted, promises=None)
