"""Reading the vetted list of the import-tax policy (G47)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from platforms.access import TaxAccess
from platforms.models import TaxEligibility

RELATED = ("platform__region__parent", "platform__organisation")


def eligibility_rows(user: Any) -> QuerySet[TaxEligibility]:
    """Those of the user's platforms or regions, the newest first."""
    rows = TaxAccess(user).visible().select_related(*RELATED)
    return rows.order_by("-started_date", "-pk")


def valid_on(rows: QuerySet[TaxEligibility], day: date) -> QuerySet[TaxEligibility]:
    """Rows that hold on `day`: begun, not lapsed, not ended."""
    lasts = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    not_ended = Q(ended_date__isnull=True) | Q(ended_date__gt=day)
    return rows.filter(lasts, not_ended, started_date__lte=day)
