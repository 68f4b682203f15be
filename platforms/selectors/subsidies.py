"""Reading declining subsidies: year by year, what was planned and what was paid beside."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from platforms.access import SubsidyAccess
from platforms.enums import SubsidyStatus
from platforms.models import SubsidyPlan, SubsidyYear
from taxonomy.jurisdiction import Subsidy, jurisdictions_inside


def is_due(year: int) -> Q:
    """Years that have come by `year` and wait to be judged or paid."""
    return Q(status__in=[SubsidyStatus.WAITING, SubsidyStatus.PAYABLE], year__lte=year)


def subsidy_rows(user: Any) -> QuerySet[SubsidyYear]:
    """Years of the plans that the user sees, the newest year first."""
    rows = SubsidyAccess(user).visible()
    return rows.select_related("plan__platform__region", "funding").order_by("-year", "plan", "pk")


def due_subsidies(user: Any, year: int) -> QuerySet[SubsidyYear]:
    """Years that have come and wait to be judged or paid."""
    return subsidy_rows(user).filter(is_due(year))


@dataclass(frozen=True)
class SubsidySum:
    """Of a plan: planned, stopped or withheld, paid, in yuan."""

    planned: Decimal
    lost: Decimal
    paid: Decimal


def subsidy_sum(plan: SubsidyPlan) -> SubsidySum:
    """The sums over a plan's years."""
    lost = Q(status__in=[SubsidyStatus.WITHHELD, SubsidyStatus.STOPPED])
    found = plan.years.aggregate(
        planned=Sum("planned_yuan"),
        lost=Sum("planned_yuan", filter=lost),
        paid=Sum("funding__amount_yuan"),
    )
    zero = Decimal(0)
    return SubsidySum(*(found[name] or zero for name in ("planned", "lost", "paid")))


def subsidy_rules() -> dict[str, Subsidy]:
    """The rules of this jurisdiction and of those inside it: `<jurisdiction>-<slug>` → rule."""
    return {
        f"{one.slug}-{rule.slug}": rule for one in jurisdictions_inside() for rule in one.subsidies
    }
