"""What platforms offer: capabilities, their freshness, prices, coverage; published cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Min, Q

from cases.enums import CaseStatus
from cases.models import Case
from platforms.enums import ListingStatus, PriceModel
from platforms.models import Capability
from reporting.queries.base import (
    Column,
    Row,
    Scope,
    Subject,
    Values,
    count,
    decimal,
    fact,
    mean,
    share,
    subject,
)  # fmt: skip

ACTIVE_DAYS = 180
PRICED = Q(price_model__in=[PriceModel.FIXED, PriceModel.RANGE, PriceModel.FORMULA])


def _capabilities(scope: Scope) -> Any:
    return Capability.objects.filter(platform__in=scope.platforms, status=ListingStatus.PUBLISHED)


def _capability_row(row: Any) -> Row:
    confirmed = row.confirmed_at.date() if row.confirmed_at else None
    return Row(str(row), row.get_absolute_url(), confirmed, row.price_display)


def _trl(values: Values) -> str | None:
    low, high = values["low"], values["high"]
    known = sorted({level for level in (low, high) if level is not None})
    return "TRL " + "–".join(map(str, known)) if known else None


def _columns(scope: Scope) -> dict[str, Column]:
    within = lambda days: Q(confirmed_at__gte=scope.now - timedelta(days=days))  # noqa: E731 -- one word for three conditions
    year_old = PRICED & within(365)
    return {
        "count": count(),
        "fresh": count(within(ACTIVE_DAYS)),
        "priced": count(PRICED),
        "scheduled": count(Q(next_free_date__isnull=False)),
        "price_published": Column(
            {"n": Count("pk", filter=year_old)}, lambda v: bool(v["n"]), year_old, empty=False
        ),
        "completeness": mean("completeness"),
        "trl": Column({"low": Min("trl_low"), "high": Max("trl_high")}, _trl),
        "industries": count(Q(industry__isnull=False), of="industry", distinct=True),
        "confirmed": share(within(settings.CONFIRM_EVERY_DAYS)),
    }


subject("offers", Subject(base=_capabilities, describe=_capability_row, columns=_columns))
subject(
    "service_types",
    Subject(
        base=_capabilities,
        describe=_capability_row,
        columns=lambda scope: {
            "count": Column(
                {"n": Count("service_types", distinct=True)},
                lambda v: decimal(v["n"]), empty=decimal(0),
            )
        },
    ),
)  # fmt: skip
subject(
    "verification_types",
    Subject(
        base=_capabilities,
        describe=_capability_row,
        columns=lambda scope: {
            "codes": fact(
                ArrayAgg("verification_types__code", distinct=True, default=None,
                         filter=Q(verification_types__isnull=False))
            )
        },
    ),
)  # fmt: skip
subject(
    "stories",
    Subject(
        base=lambda scope: Case.objects.filter(
            scope.times("published_at"), platform__in=scope.platforms, status=CaseStatus.PUBLISHED
        ),
        describe=lambda row: Row(str(row), row.get_absolute_url(), row.published_at.date()),
        columns=lambda scope: {"published": count()},
    ),
)
