"""Chains over projects and cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from cases.enums import CaseStatus, OutcomeStatus, ProjectStatus

OPEN_STATUSES = (
    ProjectStatus.ENQUIRY,
    ProjectStatus.IN_TALKS,
    ProjectStatus.QUOTED,
    ProjectStatus.CONTRACTED,
    ProjectStatus.PILOTING,
    ProjectStatus.DELIVERED,
)


class ProjectQuerySet(models.QuerySet[Any]):
    def open(self) -> ProjectQuerySet:
        """Projects that have not come to an end."""
        return self.filter(status__in=OPEN_STATUSES)

    def unanswered(self) -> ProjectQuerySet:
        return self.filter(status=ProjectStatus.ENQUIRY)

    def overdue(self, *, now: datetime) -> ProjectQuerySet:
        """Enquiries whose promised time of reply is past."""
        return self.unanswered().filter(reply_due_at__lt=now)


class OutcomeQuerySet(models.QuerySet[Any]):
    def claimed(self) -> OutcomeQuerySet:
        """Outcomes that wait for the enterprise's word."""
        return self.filter(status=OutcomeStatus.CLAIMED)

    def confirmed(self) -> OutcomeQuerySet:
        return self.filter(status=OutcomeStatus.CONFIRMED)


class CaseQuerySet(models.QuerySet[Any]):
    def published(self) -> CaseQuerySet:
        return self.filter(status=CaseStatus.PUBLISHED)
