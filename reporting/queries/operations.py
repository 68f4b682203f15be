"""Usage hours, public money, important changes: records kept beside the register.

This module is the only one that knows where they are kept. Without such a model the numbers made
of it are 未统计, never 0.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import (
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    Model,
    Q,
    QuerySet,
    TextField,
)
from django.db.models.functions import Cast, Round, TruncDate
from django.db.models.functions.json import JSONObject

from core.templatetags.portal_format import plain, yuan
from reporting.queries.base import (
    WAN,
    Column,
    Row,
    Scope,
    Subject,
    count,
    subject,
    total,
)  # fmt: skip
from reporting.queries.platforms import NRII_YUAN


def kept(name: str) -> type[Model] | None:
    """The model of such records, if this deployment has it."""
    try:
        return apps.get_model("platforms", name)
    except LookupError:
        return None


def _rows(name: str, **conditions: Any) -> QuerySet[Any] | None:
    model = kept(name)
    return None if model is None else model._default_manager.filter(**conditions)


def _usage(scope: Scope) -> QuerySet[Any] | None:
    """Log lines of the year, with what each piece of the equipment is worth."""
    rows = _rows("UsageLog", equipment__platform__in=scope.platforms)
    if rows is None:
        return None
    each = ExpressionWrapper(
        F("equipment__value_yuan") / F("equipment__quantity"),
        DecimalField(max_digits=18, decimal_places=2),
    )
    used = rows.filter(scope.times("start_at"), equipment__quantity__gt=0)
    return used.annotate(each_yuan=each)


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
            "equipment": count(Q(source__in=["api", "booking"]), of="equipment", distinct=True)
        },
    ),
)


def _list(expression: Any) -> Column:
    return Column(
        {"items": JSONBAgg(expression, default=None), "n": Count("pk")},
        lambda v: v["items"] or [],
        empty=[],
        detail=lambda v: {"n": v["n"]},
    )


subject(
    "funding",
    Subject(
        base=lambda scope: _rows(
            "FundingRecord", platform__in=scope.platforms, year=scope.first_day.year
        ),
        describe=lambda row: Row(
            f"{row.fund}（{row.level}）", day=None, amount=str(yuan(row.amount_yuan))
        ),
        columns=lambda scope: {
            "amount": total("amount_yuan", per=WAN),
            "items": _list(
                JSONObject(
                    level=Cast("level", TextField()),
                    fund=Cast("fund", TextField()),
                    year="year",
                    amount=Round(F("amount_yuan") / WAN, 2),
                )
            ),
        },
    ),
)


def _changes(scope: Scope) -> QuerySet[Any] | None:
    rows = _rows("ChangeReport", platform__in=scope.platforms)
    return None if rows is None else rows.filter(scope.times("created_at"))


subject(
    "changes",
    Subject(
        base=_changes,
        describe=lambda row: Row(str(row), day=row.created_at.date()),
        order=("created_at", "pk"),
        columns=lambda scope: {
            "items": _list(
                JSONObject(
                    kind=Cast("kind", TextField()),
                    date=Cast(TruncDate("created_at"), TextField()),
                    note=Cast("note", TextField()),
                )
            ),
        },
    ),
)
