"""Chains over demands."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models

from demands.enums import DemandStatus


class DemandQuerySet(models.QuerySet[Any]):
    def open(self) -> DemandQuerySet:
        return self.filter(status=DemandStatus.OPEN)

    def public(self) -> DemandQuerySet:
        """Demands with a public page: open ones and those that ended well or ran out."""
        return self.filter(
            status__in=[DemandStatus.OPEN, DemandStatus.FULFILLED, DemandStatus.EXPIRED]
        )

    def due(self, *, today: date) -> DemandQuerySet:
        """Open demands whose last day is past."""
        return self.open().filter(expires_date__lt=today)
