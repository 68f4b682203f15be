"""Facts of the register: the platform itself, its equipment, lines, experts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, Count, DecimalField, ExpressionWrapper, F, Max, Q, When

from core.templatetags.portal_format import plain
from platforms.enums import ListingStatus, Origin
from platforms.models import Equipment, Expert, Line, Platform
from reporting.queries.base import WAN, Column, Row, Scope, Subject, count, fact, subject, total

NRII_YUAN = 500_000  # from this value on an instrument belongs to the national network


def _platform_row(row: Platform) -> Row:
    return Row(str(row), row.get_absolute_url())


def _as_list(value: Any) -> list[str] | None:
    return [value] if value else None


subject(
    "platform",
    Subject(
        base=lambda scope: Platform.objects.filter(pk__in=scope.platforms),
        platform="pk",
        describe=_platform_row,
        columns=lambda scope: {
            "uscc": fact(Max("organisation__uscc")),
            "kind": fact(Max("kind__code")),
            "build_type": fact(Max("build_type__code")),
            "host_type": fact(Max("host_type__code")),
            "level": fact(Max("level__code")),
            "operation_mode": fact(Max("operation_mode__code"), _as_list),
            "governance": fact(Max("governance__code")),
            "floor_area": fact(Max("floor_area_sqm"), lambda value: value),
        },
    ),
)

subject(
    "fields",
    Subject(
        base=lambda scope: Platform.objects.filter(pk__in=scope.platforms),
        platform="pk",
        describe=_platform_row,
        columns=lambda scope: {
            "codes": fact(
                ArrayAgg(
                    "fields__code", filter=Q(fields__isnull=False), distinct=True, default=None
                )
            )
        },
    ),
)


def _equipment(scope: Scope) -> Any:
    """Listed equipment bought by the end of the year (or nobody knows when)."""
    rows = Equipment.objects.filter(platform__in=scope.platforms, status=ListingStatus.PUBLISHED)
    rows = rows.filter(Q(acquired_date__isnull=True) | Q(acquired_date__lte=scope.last_day))
    each = ExpressionWrapper(
        F("value_yuan") / F("quantity"), DecimalField(max_digits=18, decimal_places=2)
    )
    return rows.annotate(
        each_yuan=Case(When(quantity__gt=0, then=each), default=None,
                       output_field=DecimalField(max_digits=18, decimal_places=2)),
        pieces=F("quantity") + 0,
    )  # fmt: skip


def _equipment_row(row: Any) -> Row:
    worth = "" if row.value_yuan is None else f"，原值 {plain(row.value_yuan / WAN)} 万元"
    return Row(
        str(row), row.get_absolute_url(), row.acquired_date, f"{row.quantity} 台（套）{worth}"
    )


def _pieces(where: Q | None = None) -> Column:
    return total(F("quantity") * 1, where)


LARGE = Q(each_yuan__gte=NRII_YUAN)

subject(
    "equipment",
    Subject(
        base=_equipment,
        describe=_equipment_row,
        columns=lambda scope: {
            "quantity": _pieces(),
            "value": total("value_yuan", per=WAN),
            "domestic_value": total("value_yuan", Q(origin=Origin.DOMESTIC), per=WAN),
            "large_quantity": _pieces(LARGE),
            "open_large_quantity": _pieces(LARGE & Q(is_open=True)),
        },
    ),
)


def _listing_row(row: Any) -> Row:
    return Row(str(row), row.get_absolute_url())


subject(
    "lines",
    Subject(
        base=lambda scope: Line.objects.filter(
            platform__in=scope.platforms, status=ListingStatus.PUBLISHED, kind="line"
        ),
        describe=_listing_row,
        columns=lambda scope: {"count": count(), "digital": count(Q(is_digital=True))},
    ),
)

LISTED = ListingStatus.PUBLISHED


def _shared(name: str, **where: Any) -> Count:
    """How many open rows of one kind, told apart from those of the other by being distinct."""
    listed = {"status": LISTED, "is_open": True, **where}
    return Count(
        name, distinct=True, filter=Q(**{f"{name}__{key}": value for key, value in listed.items()})
    )


def _both(**where: Any) -> Column:
    """Equipment and lines together."""
    return Column(
        {"equipment": _shared("equipment", **where), "lines": _shared("lines", **where)},
        lambda v: Decimal(v["equipment"] + v["lines"]), empty=Decimal(0),
    )  # fmt: skip


subject(
    "shared",
    Subject(
        base=lambda scope: Platform.objects.filter(pk__in=scope.platforms),
        platform="pk",
        describe=_platform_row,
        columns=lambda scope: {"open": _both(), "scheduled": _both(takes_bookings=True)},
    ),
)

subject(
    "experts",
    Subject(
        base=lambda scope: Expert.objects.filter(
            platform__in=scope.platforms, status=ListingStatus.PUBLISHED
        ),
        describe=_listing_row,
        columns=lambda scope: {"flexible": count(Q(engagement_modes__len__gt=0))},
    ),
)
