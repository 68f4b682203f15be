"""Usage hours, public money, important changes: records kept beside the register."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Count, DecimalField, ExpressionWrapper, F, Q, QuerySet, TextField
from django.db.models.functions import Cast, Round
from django.db.models.functions.json import JSONObject
from django.utils import timezone

from core.templatetags.portal_format import plain, yuan
from platforms.enums import ChangeKind, ChangeStatus, GovernmentLevel, UsageSource
from platforms.models import Booking, ChangeReport, FundingRecord, Recognition, UsageLog
from reporting.queries.base import WAN, Column, Row, Scope, Subject, count, subject, total
from reporting.queries.platforms import NRII_YUAN

AUTOMATIC = [UsageSource.API, UsageSource.BOOKING]


def _usage(scope: Scope) -> QuerySet[Any]:
    """Log lines of the year, with what each piece of the equipment is worth."""
    each = ExpressionWrapper(
        F("equipment__value_yuan") / F("equipment__quantity"),
        DecimalField(max_digits=18, decimal_places=2),
    )
    rows = UsageLog.objects.filter(scope.times("start_at"), equipment__quantity__gt=0)
    return rows.filter(equipment__platform__in=scope.platforms).annotate(each_yuan=each)


LARGE = Q(each_yuan__gte=NRII_YUAN)


def _usage_row(row: Any) -> Row:
    kind = "，对外服务" if row.is_external else ""
    amount = f"{plain(row.hours)} 小时{kind}"
    return Row(str(row.equipment), row.equipment.get_absolute_url(), row.start_at.date(), amount)


subject(
    "usage",
    Subject(
        base=_usage,
        platform="equipment__platform_id",
        describe=_usage_row,
        related=("equipment",),
        order=("start_at", "pk"),
        columns=lambda scope: {
            "hours": total("hours", LARGE),
            "external_hours": total("hours", LARGE & Q(is_external=True)),
        },
    ),
)
subject(
    "connected",
    Subject(
        base=_usage,
        platform="equipment__platform_id",
        describe=_usage_row,
        related=("equipment",),
        order=("start_at", "pk"),
        columns=lambda scope: {
            "equipment": count(Q(source__in=AUTOMATIC), of="equipment", distinct=True)
        },
    ),
)


def _booking_row(row: Any) -> Row:
    label = f"{row.resource}（{row.organisation}）"
    day = timezone.localdate(row.asked_at)
    return Row(label, row.get_absolute_url(), day, row.get_status_display())


subject(
    "bookings",
    Subject(
        base=lambda scope: Booking.objects.filter(
            scope.times("asked_at"), platform__in=scope.platforms, organisation__isnull=False
        ),
        describe=_booking_row,
        related=("equipment", "line", "organisation"),
        order=("asked_at", "pk"),
        columns=lambda scope: {
            "asked": count(),
            "accepted": count(Q(accepted_at__isnull=False)),
        },
    ),
)


def _list(expression: Any, names: Mapping[str, Mapping[str, Any]]) -> Column:
    """Records as rows of a list; codes of the columns in `names` are told in words."""

    def final(values: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [
            {key: str(names[key][cell]) if key in names else cell for key, cell in row.items()}
            for row in values["items"] or []
        ]

    return Column(
        {"items": JSONBAgg(expression, order_by="pk", default=None), "n": Count("pk")},
        final, empty=[], detail=lambda v: {"n": v["n"]},
    )  # fmt: skip


subject(
    "funding",
    Subject(
        base=lambda scope: FundingRecord.objects.filter(
            platform__in=scope.platforms, year=scope.first_day.year
        ),
        describe=lambda row: Row(
            f"{row.fund}（{row.get_level_display()}）", day=row.paid_date,
            amount=str(yuan(row.amount_yuan)),
        ),
        columns=lambda scope: {
            "amount": total("amount_yuan", per=WAN),
            "items": _list(
                JSONObject(
                    level="level", fund="fund", year="year",
                    amount=Cast(Round(F("amount_yuan") / WAN, 2), TextField()),
                ),
                {"level": dict(GovernmentLevel.choices)},
            ),
        },
    ),
)  # fmt: skip

TOLD = [ChangeStatus.SUBMITTED, ChangeStatus.ACCEPTED]  # not what was asked about or dismissed

subject(
    "changes",
    Subject(
        base=lambda scope: ChangeReport.objects.filter(
            scope.days("happened_date"), platform__in=scope.platforms, status__in=TOLD
        ),
        describe=lambda row: Row(
            row.get_kind_display(), row.get_absolute_url(), row.happened_date, row.after
        ),
        order=("happened_date", "pk"),
        columns=lambda scope: {
            "items": _list(
                JSONObject(kind="kind", date=Cast("happened_date", TextField()), note="note"),
                {"kind": dict(ChangeKind.choices)},
            )
        },
    ),
)

subject(
    "challenges",
    Subject(
        base=lambda scope: Recognition.objects.filter(
            scope.days("decided_date"), platform__in=scope.platforms,
            application__challenge_item__isnull=False,
        ),
        describe=lambda row: Row(
            str(row.application.challenge_item), row.application.challenge_item.get_absolute_url(),
            row.decided_date,
        ),
        related=("application__challenge_item",),
        order=("decided_date", "pk"),
        # nothing won here says nothing of lists published elsewhere: empty then, not 0
        columns=lambda scope: {
            "won": Column({"n": Count("pk")}, lambda values: Decimal(values["n"]))
        },
    ),
)  # fmt: skip
