"""Important changes (G12): reported when they happen, asked about when nobody did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.access import SYSTEM
from core.activity import register_actions
from core.errors import DomainError
from core.services import check_record, emit, log_activity
from core.states import perform
from platforms.access import ChangeAccess
from platforms.enums import ChangeStatus
from platforms.models import ChangeReport, Platform
from platforms.states import CHANGE

register_actions(
    {
        "platforms.changereport.create": "报告了重要变动",
        "platforms.changereport.detect": "发现未报告的变动",
        "platforms.changereport.edit": "补充了变动报告",
        **{f"platforms.changereport.{row.name}": row.label for row in CHANGE.transitions},
    }
)
# a report this long before or after the change in the register counts as its report
NEAR = timedelta(days=60)


@transaction.atomic
def report_change(
    *, actor: Any, platform: Platform, values: Mapping[str, Any], now: datetime
) -> ChangeReport:
    """Tell of a change; it waits for approval, and answers what was asked about the same thing.

    Raises Refused or DomainError at a field.
    """
    report = ChangeReport(platform=platform, reported_by=actor, **values)
    ChangeAccess(actor).require("create", report)
    _check_day(report, now)
    check_record(report)
    report.save()
    log_activity(actor=actor, action="platforms.changereport.create", target=report, now=now)
    asked = ChangeReport.objects.filter(
        platform=platform, kind=report.kind, status=ChangeStatus.ASKED,
        is_detected=True, subject="",
        happened_date__range=(report.happened_date - NEAR, report.happened_date + NEAR),
    )  # fmt: skip
    for question in asked.order_by("pk"):
        move_change(actor=SYSTEM, report=question, name="dismiss", now=now, reason="已另行报告。")
    return move_change(actor=actor, report=report, name="submit", now=now)


def _check_day(report: ChangeReport, now: datetime) -> None:
    if report.happened_date > timezone.localdate(now):
        raise DomainError("future", "发生日期不能晚于今天。", "happened_date")


@transaction.atomic
def explain_change(
    *, actor: Any, report: ChangeReport, values: Mapping[str, Any], now: datetime
) -> ChangeReport:
    """Complete a report that was asked for or returned, and hand it in."""
    locked = ChangeReport.objects.select_for_update().get(pk=report.pk)
    ChangeAccess(actor).require("edit", locked)
    for name, value in values.items():
        setattr(locked, name, value)
    locked.reported_by = actor
    _check_day(locked, now)
    check_record(locked)
    locked.save()
    log_activity(actor=actor, action="platforms.changereport.edit", target=locked, now=now)
    return move_change(actor=actor, report=locked, name="submit", now=now)


@transaction.atomic
def move_change(
    *, actor: Any, report: ChangeReport, name: str, now: datetime, reason: str = ""
) -> ChangeReport:
    """Submit, accept, return, dismiss, disclaim or ask again. Raises Refused or DomainError."""
    moved, _row = perform(ChangeAccess(actor), name, report, now=now, reason=reason)
    emit(f"platforms.change.{name}", report_id=moved.pk)
    return moved  # type: ignore[return-value]
