"""Chains over indicators, cycles, reports and jobs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from core.models import JobStatus
from reporting.enums import (
    EDITABLE,
    GROUPS_OF,
    AlertStatus,
    PublicationStatus,
    RunStatus,
    SchemeUse,
)


class IndicatorQuerySet(models.QuerySet[Any]):
    def current(self) -> IndicatorQuerySet:
        return self.filter(is_current=True)

    def annual(self) -> IndicatorQuerySet:
        """Part A: what a platform reports."""
        return self.filter(part="annual")

    def with_family(self) -> IndicatorQuerySet:
        """Annotates `family`; "" for plans and the portal's own."""
        cases = [When(group__in=groups, then=Value(name)) for name, groups in GROUPS_OF.items()]
        return self.annotate(
            family=Case(*cases, default=Value(""), output_field=models.CharField())
        )

    def in_order(self) -> IndicatorQuerySet:
        return self.order_by("part", "order", "-version", "pk")


class ReportQuerySet(models.QuerySet[Any]):
    def editable(self) -> ReportQuerySet:
        return self.filter(status__in=EDITABLE)

    def with_due(self) -> ReportQuerySet:
        """Annotates `due`: the extension granted, else the cycle's day."""
        return self.annotate(due=Coalesce("extended_date", "cycle__due_date"))

    def overdue(self, *, today: date) -> ReportQuerySet:
        """Not submitted though the day is past."""
        return self.editable().filter(
            Q(extended_date__lt=today) | Q(extended_date=None, cycle__due_date__lt=today)
        )


class JobQuerySet(models.QuerySet[Any]):
    def unfinished(self) -> JobQuerySet:
        return self.filter(status__in=[JobStatus.QUEUED, JobStatus.RUNNING])


class EvaluationRunQuerySet(models.QuerySet[Any]):
    def published(self) -> EvaluationRunQuerySet:
        return self.filter(status=RunStatus.PUBLISHED)

    def grading(self) -> EvaluationRunQuerySet:
        """Those that give a platform its grade of the year."""
        return self.filter(scheme__use=SchemeUse.GRADE)


class ResultQuerySet(models.QuerySet[Any]):
    def in_force(self) -> ResultQuerySet:
        """Of each run the last round: earlier ones are kept and no longer count."""
        rounds = self.model._meta.get_field("round").related_model
        later = rounds.objects.filter(
            run=OuterRef("round__run"), number__gt=OuterRef("round__number")
        )
        return self.filter(~Exists(later))

    def light(self) -> ResultQuerySet:
        """Without the long JSON, for lists; `group_size` says out of how many a place is."""
        return self.defer("inputs", "detail").annotate(group_size=KT("detail__group__size"))


class PublicationQuerySet(models.QuerySet[Any]):
    def published(self) -> PublicationQuerySet:
        return self.filter(status=PublicationStatus.PUBLISHED)

    def light(self) -> PublicationQuerySet:
        """Without the snapshot and the words, which lists do not need."""
        return self.defer("snapshot", "search")


class AlertQuerySet(models.QuerySet[Any]):
    def open(self) -> AlertQuerySet:
        return self.filter(status=AlertStatus.OPEN)

    def overdue(self, *, today: date) -> AlertQuerySet:
        """Open, and the day is past."""
        return self.open().filter(due_date__lt=today)
