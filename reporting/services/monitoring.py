"""The portal's own indicators, day by day, and the alerts they raise."""

from __future__ import annotations

import time
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.request import urlopen

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from core.errors import DomainError
from core.services import count_today, log_activity
from core.templatetags.portal_format import plain
from core.workdays import add_workdays
from platforms.models import Platform
from reporting.access import AlertAccess, PortalValueAccess, TargetFigureAccess
from reporting.enums import AlertStatus, Kind
from reporting.formulas import rounded
from reporting.models import Alert, Indicator, PortalValue, TargetFigure
from reporting.queries.portal import OF_ROWS, READERS, Moment, Reading
from reporting.selectors.monitoring import READERS as TARGET_READERS
from reporting.values import as_json
from taxonomy.jurisdiction import current_jurisdiction

ALERT_WORKDAYS = 5
SLOW_SECONDS = 15  # 国办秘函〔2019〕19号
PROBE_TIMEOUT_SECONDS = 30


@transaction.atomic
def compute_portal_values(*, actor: Any, now: datetime) -> int:
    """Write today's value of every portal indicator (replacing an earlier one of the day) and open
    or close alerts. Demo rows count in no value; what they come to stands beside it. Returns how
    many were written. Errors: Refused."""
    PortalValueAccess(actor).require("compute")
    day = timezone.localdate(now)
    moment = Moment(now)
    has_demo = Platform.objects.filter(is_demo=True).exists()
    rows = list(Indicator.objects.current().filter(part="portal").in_order())
    for indicator in rows:
        reading = READERS[indicator.query](moment)
        places = 0 if indicator.kind == Kind.INT else 2
        detail = dict(reading.detail)
        if has_demo and indicator.query in OF_ROWS:
            apart = READERS[indicator.query](Moment(now, is_demo=True))
            detail["demo"] = as_json(rounded(apart.value, places))
        PortalValue.objects.update_or_create(
            indicator=indicator, day=day,
            defaults={
                "value": rounded(reading.value, places), "detail": detail,
                "computed_at": now,
            },
        )  # fmt: skip
        _watch(indicator, reading, now)
    return len(rows)


def probe_home(*, now: datetime) -> None:
    """Visit the home page as anybody would and count how it went (PRT-16)."""
    started = time.monotonic()
    try:
        # SITE_URL is this portal's own address
        with urlopen(settings.SITE_URL, timeout=PROBE_TIMEOUT_SECONDS) as answer:  # noqa: S310
            answer.read()
    except OSError:
        count_today(name="probe-failed", now=now)
        return
    seconds = time.monotonic() - started
    count_today(name="probe-ok", now=now)
    count_today(name="probe-ms", now=now, by=round(seconds * 1000))
    if seconds > SLOW_SECONDS:
        count_today(name="probe-slow", now=now)


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
def assign_alert(
    *, actor: Any, alert: Alert, owner: User, now: datetime, due_date: date | None = None
) -> Alert:
    """Say who sees to it, and by when (else the day stays). Errors: Refused, `not_staff`,
    `past_date`."""
    AlertAccess(actor).require("assign", alert)
    if due_date is not None and due_date < timezone.localdate(now):
        raise DomainError("past_date", "期限不能早于今天。", "due_date")
    if not owner.has_role(Role.GOVERNMENT):
        raise DomainError("not_staff", "只能指定政府工作人员。", "owner")
    locked = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    locked.owner, locked.due_date = owner, due_date or locked.due_date
    locked.save(update_fields=["owner", "due_date", "updated_at"])
    log_activity(
        actor=actor, action="reporting.alert.assign", target=locked, now=now,
        data={"owner": owner.name, "due": locked.due_date.isoformat()},
    )  # fmt: skip
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


@transaction.atomic
def record_target_figure(
    *, actor: Any, code: str, value: Decimal, as_of_date: date, source: str, now: datetime
) -> TargetFigure:
    """Say where a target stands that no record here tells, in the target's unit; rows are kept.

    Errors: Refused, `unknown_target`, `computed` (it follows from records), `future_date`,
    `source_required`.
    """
    TargetFigureAccess(actor).require("record")
    if code not in {target.code for target in current_jurisdiction().targets}:
        raise DomainError("unknown_target", f"没有目标“{code}”。")
    if code in TARGET_READERS:
        raise DomainError("computed", "这个目标由平台记录计算，不能登记数值。")
    if as_of_date > timezone.localdate(now):
        raise DomainError("future_date", "截至日期不能晚于今天。", "as_of_date")
    if not source.strip():
        raise DomainError("source_required", "请写明来源。", "source")
    figure = TargetFigure.objects.create(
        code=code, value=value, as_of_date=as_of_date, source=source.strip(), entered_by=actor
    )
    log_activity(
        actor=actor, action="reporting.targetfigure.record", target=figure, now=now,
        reason=figure.source, data={"code": code, "value": str(value)},
    )  # fmt: skip
    return figure
