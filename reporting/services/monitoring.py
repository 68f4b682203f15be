"""The portal's own indicators, day by day, and the alerts they raise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from core.errors import DomainError
from core.services import log_activity
from core.templatetags.portal_format import plain
from core.workdays import add_workdays
from reporting.access import AlertAccess, PortalValueAccess
from reporting.enums import AlertStatus, Kind
from reporting.formulas import rounded
from reporting.models import Alert, Indicator, PortalValue
from reporting.queries.portal import READERS, Moment, Reading

ALERT_WORKDAYS = 5


@transaction.atomic
def compute_portal_values(*, actor: Any, now: datetime) -> int:
    """Write today's value of every portal indicator (replacing an earlier one of the day) and
    open or close alerts. Returns how many were written. Errors: Refused."""
    PortalValueAccess(actor).require("compute")
    day = timezone.localdate(now)
    moment = Moment(now)
    rows = list(Indicator.objects.current().filter(part="portal").in_order())
    for indicator in rows:
        reading = READERS[indicator.query](moment)
        places = 0 if indicator.kind == Kind.INT else 2
        PortalValue.objects.update_or_create(
            indicator=indicator, day=day,
            defaults={
                "value": rounded(reading.value, places), "detail": reading.detail,
                "computed_at": now,
            },
        )  # fmt: skip
        _watch(indicator, reading, now)
    return len(rows)


def problem_with(indicator: Indicator, reading: Reading) -> str:
    """What is out of bounds, in words; empty when nothing is."""
    high, low = indicator.options.get("alert_above"), indicator.options.get("alert_below")
    value = reading.value
    if value is not None and high is not None and value > high:
        return f"{indicator.name}为 {plain(round(value, 2))}{indicator.unit}，高于 {high}。"
    if value is not None and low is not None and value < low:
        return f"{indicator.name}为 {plain(round(value, 2))}{indicator.unit}，低于 {low}。"
    if late := reading.detail.get("late"):
        return f"{'、'.join(late)}超过规定时间没有更新。"
    return ""


def _watch(indicator: Indicator, reading: Reading, now: datetime) -> None:
    """One open alert an indicator; it closes by itself once the value is in bounds again."""
    message = problem_with(indicator, reading)
    waiting = Alert.objects.filter(indicator=indicator, status=AlertStatus.OPEN)
    if not message:
        waiting.update(status=AlertStatus.CLOSED, closed_at=now, answer="数值已恢复正常。")
        return
    day = timezone.localdate(now)
    Alert.objects.update_or_create(
        indicator=indicator, status=AlertStatus.OPEN,
        defaults={"message": message},
        create_defaults={
            "message": message, "day": day, "due_date": add_workdays(now, ALERT_WORKDAYS).date(),
        },
    )  # fmt: skip


@transaction.atomic
def assign_alert(*, actor: Any, alert: Alert, owner: User, now: datetime) -> Alert:
    """Say who sees to it. Errors: Refused, `not_staff`."""
    AlertAccess(actor).require("assign", alert)
    if not owner.has_role(Role.GOVERNMENT):
        raise DomainError("not_staff", "只能指定政府工作人员。", "owner")
    locked = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    locked.owner = owner
    locked.save(update_fields=["owner", "updated_at"])
    log_activity(actor=actor, action="reporting.alert.assign", target=locked, now=now)
    return locked


@transaction.atomic
def close_alert(*, actor: Any, alert: Alert, answer: str, now: datetime) -> Alert:
    """Say what was done. Errors: Refused, `wrong_state`, `reason_required`."""
    AlertAccess(actor).require("close", alert)
    locked = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    if locked.status != AlertStatus.OPEN:
        raise DomainError("wrong_state", "预警已经处理。")
    if not answer.strip():
        raise DomainError("reason_required", "请写明如何处理。", "answer")
    locked.status, locked.answer = AlertStatus.CLOSED, answer.strip()[:300]
    locked.closed_at, locked.closed_by = now, actor
    locked.save()
    log_activity(actor=actor, action="reporting.alert.close", target=locked, now=now)
    return locked
