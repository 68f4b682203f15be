"""Which bodies that must enter the register have entered (G01, PRT-01)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import Organisation
from platforms.access.coverage import CoverageAccess
from platforms.models import FundedBody, Platform


@dataclass(frozen=True)
class Coverage:
    """Of `total` bodies that must enter, `entered` have."""

    total: int
    entered: int

    @property
    def missing(self) -> int:
        return self.total - self.entered

    @property
    def percent(self) -> Decimal | None:
        """Share of those that entered, in percent to 0.1; None without any body."""
        if not self.total:
            return None
        return (Decimal(100 * self.entered) / self.total).quantize(Decimal("0.1"))


def with_entry(rows: QuerySet[FundedBody]) -> QuerySet[FundedBody]:
    """With `is_entered` (a published platform is run under the same code), its `platform_slug` and
    `platform_name`, and `is_registered` (the body itself is known here)."""
    platforms = Platform.objects.published().filter(organisation__uscc=OuterRef("uscc"))
    first = platforms.order_by("pk")
    return rows.annotate(
        is_entered=Exists(platforms),
        is_registered=Exists(Organisation.objects.filter(uscc=OuterRef("uscc"))),
        platform_slug=Subquery(first.values("slug")[:1]),
        platform_name=Subquery(first.values("name")[:1]),
    )


def coverage_rows(user: Any) -> QuerySet[FundedBody]:
    """Bodies of the user's regions: those that have not entered first."""
    rows = with_entry(CoverageAccess(user).visible())
    return rows.select_related("region", "basis__code_list").order_by("is_entered", "name", "pk")


def coverage_of(rows: QuerySet[FundedBody]) -> Coverage:
    """How many must enter, and did. One query."""
    found = with_entry(rows).aggregate(
        total=Count("pk"), entered=Count("pk", filter=Q(is_entered=True))
    )
    return Coverage(**found)
