"""Promised replies: when they are due, and whom to remind of the late ones (complaint 2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from core.workdays import add_workdays, is_workday

REMIND_FOR = timedelta(days=30)  # afterwards the workbench shows it, and no message says it again


def reply_due(now: datetime) -> datetime:
    """When a platform asked now should have answered: REPLY_PROMISE_WORKING_DAYS working days."""
    return add_workdays(now, settings.REPLY_PROMISE_WORKING_DAYS)


def take_overdue(rows: QuerySet[Any], *, now: datetime) -> list[tuple[Any, bool]]:
    """Those of the unanswered `rows` to remind of now, each with whether it is the first time.

    Past `reply_due_at`, once a working day for a month; `reminded_at` is written. Runs inside the
    transaction that tells of them.
    """
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    if not is_workday(today.date()):
        return []
    late = rows.filter(reply_due_at__lt=now, reply_due_at__gte=now - REMIND_FOR)
    late = late.exclude(reminded_at__gte=today).select_for_update(of=("self",), skip_locked=True)
    taken = []
    for row in late.order_by("pk")[:500]:
        taken.append((row, row.reminded_at is None))
        row.reminded_at = now
        row.save(update_fields=["reminded_at", "updated_at"])
    return taken
