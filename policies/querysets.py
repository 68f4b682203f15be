"""Chains over public content."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Left, NullIf, TruncDate

from policies.enums import ContentStatus, Validity


class ContentQuerySet(models.QuerySet[Any]):
    def published(self) -> ContentQuerySet:
        return self.filter(status=ContentStatus.PUBLISHED)

    def in_region(self, prefix: str) -> ContentQuerySet:
        """Pieces whose region lies inside the prefix; pieces without region only nationwide."""
        return self.filter(region__code__startswith=prefix) if prefix else self.all()

    def dated(self) -> ContentQuerySet:
        """With `day` (the text of `shown_date`) and `year`, so that half-known dates sort too."""
        published = Case(
            When(source_kind="", then=Cast(TruncDate("published_at"), CharField())),
            default=None,
            output_field=CharField(),
        )
        issued = Cast("issued_date", CharField())
        day = Coalesce(issued, NullIf("source_date", Value("")), published, Value(""))
        return self.annotate(day=day).annotate(year=Left("day", 4))

    def newest_first(self) -> ContentQuerySet:
        return self.dated().order_by("-day", "-pk")

    def for_list(self) -> ContentQuerySet:
        """With what lists show and the values their facets count."""
        province = Case(
            When(region__isnull=True, then=Value("")),
            default=Concat(Left("region_id", 2), Value("0000")),
        )
        return self.dated().select_related("region", "written_by").annotate(province=province)

    def with_validity(self, *, today: date) -> ContentQuerySet:
        """Documents with `validity_now`, the query's form of `PolicyDocument.validity_on`."""
        is_past = Q(expiry_date__lt=today) & ~Q(validity=Validity.REPEALED)
        return self.annotate(
            validity_now=Case(When(is_past, then=Value(Validity.EXPIRED)), default=F("validity"))
        )


class TopicQuerySet(ContentQuerySet):
    """Topics are the portal's own work: they have no day but that of their publication."""

    def dated(self) -> ContentQuerySet:
        published = Cast(TruncDate("published_at"), CharField())
        return self.annotate(day=Coalesce(published, Value(""))).annotate(year=Left("day", 4))
