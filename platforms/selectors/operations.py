"""Reading the facts of running: hours, money, changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)

from platforms.access import AssessmentAccess, ChangeAccess, FundingAccess
from platforms.enums import ChangeStatus
from platforms.models import Assessment, ChangeReport, FundingRecord, Platform, UsageLog
from platforms.states.recognition import LIVE

# still to be assessed, of a recognition that is not over
UNFINISHED = Q(result="", recognition__status__in=LIVE)


def is_pressing(today: date) -> Q:
    """Late, asking for more time, or asking to be assessed."""
    asks = Q(extension_asked_date__isnull=False) | Q(requested_at__isnull=False)
    return Q(due_date__lt=today) | asks


@dataclass(frozen=True)
class UsageSum:
    """Hours of a year over all equipment of a platform."""

    lines: int
    hours: Decimal
    external_hours: Decimal


def usage_of(platform: Platform, year: int) -> QuerySet[UsageLog]:
    """Lines of one year, the newest first."""
    rows = UsageLog.objects.filter(equipment__platform=platform, start_at__year=year)
    return rows.select_related("equipment__platform").order_by("-start_at", "-pk")


def usage_sum(platform: Platform, year: int) -> UsageSum:
    """Hours of one year: all, and those for others."""
    found = UsageLog.objects.filter(equipment__platform=platform, start_at__year=year).aggregate(
        lines=Count("pk"),
        total=Sum("hours"),
        external=Sum("hours", filter=Q(is_external=True)),
    )
    zero = Decimal(0)
    return UsageSum(found["lines"], found["total"] or zero, found["external"] or zero)


def change_rows(user: Any) -> QuerySet[ChangeReport]:
    """Reports the user sees: those that wait first, then the newest."""
    rank = Case(
        When(status=ChangeStatus.SUBMITTED, then=Value(0)),
        When(status__in=[ChangeStatus.ASKED, ChangeStatus.RETURNED], then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = ChangeAccess(user).visible().select_related("platform__region", "platform__organisation")
    return rows.order_by(rank, "-created_at", "-pk")


def open_questions(platform: Platform) -> QuerySet[ChangeReport]:
    """Changes of the platform that nobody reported yet, the oldest first."""
    rows = ChangeReport.objects.filter(platform=platform, status=ChangeStatus.ASKED)
    return rows.order_by("happened_date", "pk")


def change_counts(user: Any) -> dict[str, int]:
    """Change reports the user sees: asked about (unanswered), waiting for approval, returned."""
    return ChangeAccess(user).visible().aggregate(
        asked=Count("pk", filter=Q(status=ChangeStatus.ASKED)),
        submitted=Count("pk", filter=Q(status=ChangeStatus.SUBMITTED)),
        returned=Count("pk", filter=Q(status=ChangeStatus.RETURNED)),
    )  # fmt: skip


def assessment_rows(user: Any) -> QuerySet[Assessment]:
    """Assessments the user sees: unfinished ones first, by their day."""
    is_open = ExpressionWrapper(Q(result=""), output_field=BooleanField())
    rows = AssessmentAccess(user).visible()
    related = ("recognition__platform__region__parent", "recognition__scheme")
    return rows.select_related(*related).order_by(is_open.desc(), "due_date", "pk")


def open_assessments(user: Any) -> QuerySet[Assessment]:
    """What is still to be assessed, of recognitions that are not over."""
    return assessment_rows(user).filter(UNFINISHED)


def pressing_assessments(user: Any, today: date) -> QuerySet[Assessment]:
    """Of these, what waits for the staff: late, asking for more time or to be assessed."""
    return open_assessments(user).filter(is_pressing(today))


def funding_rows(user: Any) -> QuerySet[FundingRecord]:
    """The ledger the user sees, the newest year first."""
    rows = FundingAccess(user).visible().select_related("platform__region", "subsidy_year")
    return rows.order_by("-year", "-pk")
