"""Append-only rows need a queryset that says no before the database does."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone


class EventQuerySet(models.QuerySet[Any]):
    def undelivered(self, *, older_than_seconds: int = 30) -> "EventQuerySet":
        """Events with work left, old enough that their own dispatch must have failed."""
        limit = timezone.now() - timedelta(seconds=older_than_seconds)
        return self.filter(completed_at__isnull=True, created_at__lt=limit)
