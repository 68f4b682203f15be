"""The demands that fit an operator's capabilities."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from demands.models import Demand
from matching.access import CapabilityMatchesAccess
from matching.enums import FeedbackSide, Verdict
from matching.models import Feedback, Match
from matching.selectors.weights import RELEVANT_SCORE


def fitting_demands(user: Any) -> QuerySet[Match]:
    """Relevant entries of the lists of the capabilities that `user` runs, best first.

    Pairs that the platform's side called unsuitable are left out.
    """
    mine = CapabilityMatchesAccess(user).capabilities.manageable()
    refused = Feedback.objects.filter(
        demand=OuterRef("demand"),
        capability=OuterRef("capability"),
        side=FeedbackSide.CAPABILITY,
        verdict=Verdict.UNSUITABLE,
    )
    rows = Match.objects.for_capabilities().possible().live()
    rows = rows.filter(
        capability__in=mine, demand__in=Demand.objects.open(), score__gte=RELEVANT_SCORE
    ).exclude(Exists(refused))
    rows = rows.select_related(
        "demand__organisation", "demand__region", "demand__field", "capability__platform"
    )
    return rows.order_by("-score", "demand_id", "pk")
