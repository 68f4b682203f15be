"""The portal's own indicators, day by day, and where policy targets stand by other sources."""

from __future__ import annotations

import time
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.request import urlopen

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from core.services import count_today, log_activity
from core.templatetags.portal_format import plain
from platforms.models import Platform
from reporting.access import PortalValueAccess, TargetFigureAccess
from reporting.enums import Kind
from reporting.formulas import rounded
from reporting.models import Indicator, PortalValue, TargetFigure
from reporting.queries.portal import OF_ROWS, READERS, Moment, Reading
from reporting.selectors.monitoring import READERS as TARGET_READERS
from reporting.selectors.monitoring import running_indicators
from reporting.services.alerts import watch_value
from reporting.values import as_json
from taxonomy.jurisdiction import current_jurisdiction

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
    rows = list(running_indicators())
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
        watch_value(indicator=indicator, problem=problem_with(indicator, reading), now=now)
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
    value, unit = reading.value, indicator.unit
    if value is not None:
        told = f"{indicator.name}为 {plain(round(value, 2))}{unit}"
        if high is not None and value > high:
            return f"{told}，高于 {high}{unit}。"
        if low is not None and value < low:
            return f"{told}，低于 {low}{unit}。"
    if late := reading.detail.get("late"):
        return f"{'、'.join(late)}超过规定时间没有更新。"
    return ""


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
