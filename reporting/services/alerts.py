"""Alerts are tasks: taken, due on a day, closed with evidence; the value decides (C18)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from accounts.selectors import staff_for_region
from core.access import SYSTEM
from core.errors import DomainError
from core.files import store_file
from core.services import emit, lock, log_activity
from core.states import perform
from core.workdays import add_workdays
from notifications.services import notify
from platforms.services.deadlines import near
from reporting.access import AlertAccess
from reporting.enums import AlertStatus
from reporting.models import Alert, Indicator
from taxonomy.jurisdiction import current_jurisdiction

KIND = "reporting.alert"
ALERT_WORKDAYS = 5
RECOVERED = "数值已恢复正常。"
STILL_OUT = "办结后数值仍超出界限。"
TITLES = {
    "reporting.alert.raised": "新的运行预警：{indicator}",
    "reporting.alert.assigned": "请处理运行预警：{indicator}",
    "reporting.alert.reopened": "运行预警重新打开：{indicator}",
}


def watch_value(*, indicator: Indicator, problem: str, now: datetime) -> None:
    """Follow what was just computed, within its transaction; `problem` is empty within bounds.

    Within bounds an open alert closes by itself, and whatever was closed before is over for good.
    Out of bounds one alert an indicator stands open; one that a person closed on an earlier day
    opens again.
    """
    rows = Alert.objects.select_for_update(of=("self",)).filter(indicator=indicator)
    last = rows.order_by("-pk").first()
    if last is None or last.recovered_at is not None:
        if problem:
            _raise(indicator, problem, now)
    elif not problem:
        _recover(last, now)
    elif last.status == AlertStatus.OPEN:
        last.message = problem
        last.save(update_fields=["message", "updated_at"])
    elif timezone.localdate(last.status_changed_at) < timezone.localdate(now):
        _reopen(SYSTEM, last, now=now, reason=STILL_OUT, message=problem)


def _raise(indicator: Indicator, problem: str, now: datetime) -> None:
    alert = Alert.objects.create(
        indicator=indicator, message=problem, day=timezone.localdate(now),
        due_date=add_workdays(now, ALERT_WORKDAYS).date(), status_changed_at=now,
    )  # fmt: skip
    emit("reporting.alert.raised", alert_id=alert.pk)


def _recover(alert: Alert, now: datetime) -> None:
    if alert.status == AlertStatus.OPEN:
        moved = perform(AlertAccess(SYSTEM), "close", alert, now=now, reason=RECOVERED)
        moved.answer, alert = RECOVERED, moved
    alert.recovered_at = now
    alert.save(update_fields=["answer", "recovered_at", "updated_at"])


@transaction.atomic
def assign_alert(
    *, actor: Any, alert: Alert, owner: User, now: datetime, due_date: date | None = None
) -> Alert:
    """Say who sees to it, and by when (else the day stays); who is new to it is told.

    Errors: Refused (also once it is closed), `not_staff`, `past_date`.
    """
    locked = lock(alert)
    AlertAccess(actor).require("assign", locked)
    if due_date is not None and due_date < timezone.localdate(now):
        raise DomainError("past_date", "期限不能早于今天。", "due_date")
    if not owner.has_role(Role.GOVERNMENT):
        raise DomainError("not_staff", "只能指定政府工作人员。", "owner")
    is_new = locked.owner_id != owner.pk
    locked.owner, locked.due_date = owner, due_date or locked.due_date
    locked.save(update_fields=["owner", "due_date", "updated_at"])
    log_activity(
        actor=actor, action="reporting.alert.assign", target=locked, now=now,
        reason=f"{owner.name}，{locked.due_date.isoformat()} 前",
    )  # fmt: skip
    if is_new and owner != actor:
        emit("reporting.alert.assigned", alert_id=locked.pk)
    return locked


@transaction.atomic
def close_alert(
    *, actor: Any, alert: Alert, reason: str, uploads: Iterable[UploadedFile], now: datetime
) -> Alert:
    """Say what was done (`reason`) and show it (`uploads`); needed because the value is still out
    of bounds. Should it be so tomorrow, the alert opens again.

    Errors: Refused, `wrong_state`, `reason_required`, `evidence_required` at `files`, those of
    files.
    """
    moved = perform(AlertAccess(actor), "close", alert, now=now, reason=reason)
    files = list(uploads)
    if not files:
        raise DomainError("evidence_required", "数值还没有恢复，请附上处理的证明材料。", "files")
    for upload in files:
        store_file(actor=actor, upload=upload, target=moved, field="files")
    moved.answer, moved.closed_by = reason.strip()[:300], actor
    moved.save(update_fields=["answer", "closed_by", "updated_at"])
    return moved


@transaction.atomic
def reopen_alert(*, actor: Any, alert: Alert, reason: str, now: datetime) -> Alert:
    """What was done is not enough: it is due again in five working days, its owner is told.

    Errors: Refused, `wrong_state` (also once the value has recovered), `reason_required`.
    """
    return _reopen(actor, alert, now=now, reason=reason)


def _reopen(actor: Any, alert: Alert, *, now: datetime, reason: str, message: str = "") -> Alert:
    moved = perform(AlertAccess(actor), "reopen", alert, now=now, reason=reason)
    moved.message = message or moved.message
    moved.answer, moved.closed_by = "", None
    moved.due_date = add_workdays(now, ALERT_WORKDAYS).date()
    moved.save(update_fields=["message", "answer", "closed_by", "due_date", "updated_at"])
    emit("reporting.alert.reopened", alert_id=moved.pk)
    return moved


def tell(*, event_id: str, name: str, payload: dict[str, Any], now: datetime) -> int:
    """Tell whoever sees to an alert; safe to run twice. How many messages were written."""
    alert = Alert.objects.select_related("indicator", "owner").get(pk=payload["alert_id"])
    return notify(
        users=_who_sees_to(alert), kind=KIND, event_id=event_id, now=now,
        title=TITLES[name].format(indicator=alert.indicator.name), body=_body(alert),
        url=alert.get_absolute_url(),
    )  # fmt: skip


def remind_alerts(*, now: datetime) -> int:
    """Remind of open alerts that are nearly due, weekly once they are late; how many messages.

    Safe to run any number of times a day.
    """
    rows = Alert.objects.open().select_related("indicator", "owner")
    return sum(
        one.tell(
            _who_sees_to(one.row), kind=f"{KIND}_due", now=now,
            title=f"运行预警{one.word}：{one.row.indicator.name}", body=_body(one.row),
        )
        for one in near(rows, "due_date", now=now)
    )  # fmt: skip


def _who_sees_to(alert: Alert) -> Iterable[User]:
    """The owner; the staff of the portal's region while there is none."""
    return [alert.owner] if alert.owner else staff_for_region(current_jurisdiction().region)


def _body(alert: Alert) -> str:
    return f"{alert.message}请在 {alert.due_date} 前办结。"
