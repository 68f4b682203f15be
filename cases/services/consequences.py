"""What follows here from what happened elsewhere. Each is safe to run twice."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import transaction

from cases.enums import OutcomeKind
from cases.models import Project
from core.access import SYSTEM
from core.errors import DomainError
from core.reminders import reply_due
from core.services import emit
from demands.enums import DemandStatus
from demands.services import disclose_demand, fulfil_demand
from platforms.models import PlatformClaim


def fulfil_demand_of(*, project_id: int, now: datetime) -> None:
    """Mark the demand of a closed project as met, unless all that came of it was a failure or its
    owner has ended it already."""
    project = Project.objects.select_related("demand").get(pk=project_id)
    demand = project.demand
    succeeded = project.outcomes.confirmed().exclude(kind=OutcomeKind.FAILED).exists()
    if demand and succeeded and demand.status in {DemandStatus.OPEN, DemandStatus.EXPIRED}:
        fulfil_demand(actor=SYSTEM, demand=demand, now=now)


@transaction.atomic
def hand_over_projects(*, claim_id: int, now: datetime) -> int:
    """Give who just claimed a platform the questions that nobody there could answer before.

    The promise to reply starts with the approval; the demand is disclosed in the name of who asked
    this platform. Returns how many; event `cases.project.started` once each.
    """
    claim = PlatformClaim.objects.select_related("organisation").get(pk=claim_id)
    due = reply_due(claim.status_changed_at or now)
    waiting = Project.objects.unanswered().filter(platform=claim.platform_id)
    rows = waiting.exclude(reply_due_at=due).select_for_update(of=("self",)).order_by("pk")
    for project in rows:
        project.reply_due_at, project.reminded_at = due, None
        project.save(update_fields=["reply_due_at", "reminded_at", "updated_at"])
        if project.demand and project.demand.is_confidential:
            with suppress(DomainError):  # who asked has left: nobody can disclose it
                disclose_demand(
                    actor=project.started_by, demand=project.demand,
                    organisation=claim.organisation, now=now,
                )  # fmt: skip
        emit("cases.project.started", project_id=project.pk)
    return len(rows)
