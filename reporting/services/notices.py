"""Messages to people about cycles and reports, and reminders by the working calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from accounts.selectors import people_of_organisation, people_of_organisations, staff_for_region
from core.access import SYSTEM
from core.errors import DomainError
from core.workdays import is_workday
from notifications.services.messages import notify
from reporting.enums import CycleStatus
from reporting.models import AnnualReport, Extension, ReportCycle
from reporting.services.review import remind_report

BEFORE = (10, 5, 1)  # working days before the deadline on which people are reminded
AFTER_EVERY = 5  # and after it, every so many working days
KIND = "reporting"


def operators_of(report: AnnualReport) -> list[User]:
    """Who runs the platform here; nobody for a platform known from public sources only."""
    return list(people_of_organisation(report.platform.organisation_id, [Role.OPERATOR]))


def reviewers_of(report: AnnualReport) -> list[User]:
    """The nearest staff responsible for the platform's region."""
    return list(staff_for_region(report.platform.region_id))


TEXTS: dict[str, tuple[Callable[[AnnualReport], list[User]], str, str]] = {
    "reporting.report.submitted": (reviewers_of, "{report}已提交，请审核", ""),
    "reporting.report.recalled": (reviewers_of, "{report}已撤回修改", "重新提交后会再通知。"),
    "reporting.report.forwarded": (reviewers_of, "{report}已通过上一级审核", "请按层级继续审核。"),
    "reporting.report.returned": (
        operators_of, "{report}被退回修改", "请查看审核意见，修改后重新提交。"
    ),
    "reporting.report.accepted": (operators_of, "{report}已归档", "可以下载带核验码的报告。"),
    "reporting.report.reopened": (operators_of, "{report}被重新打开", "请修改后重新提交。"),
    "reporting.report.reminded": (operators_of, "请尽快提交{report}", "截止日期 {due}。"),
    "reporting.report.correction_requested": (reviewers_of, "{report}有更正申请", ""),
    "reporting.report.correction_answered": (operators_of, "{report}的更正申请有了答复", ""),
    "reporting.report.extension_asked": (reviewers_of, "{report}申请延期", ""),
    "reporting.report.extension_answered": (operators_of, "{report}的延期申请有了答复", ""),
}  # fmt: skip


def tell(*, event_id: str, name: str, payload: dict[str, Any], now: datetime) -> int:
    """Write the messages of an event; safe to run twice. How many were written."""
    report = (
        AnnualReport.objects.select_related("cycle__region", "platform")
        .filter(pk=payload["report_id"])
        .first()
    )
    if report is None:
        return 0
    people, title, body = TEXTS[name]
    words = {"report": report, "due": report.due_date}
    if name == "reporting.report.extension_answered":
        extension = Extension.objects.get(pk=payload["extension_id"])
        body = f"{extension.get_answer_display()}。{extension.answer_reason}"
    return notify(
        users=people(report), kind=name, event_id=event_id, title=title.format(**words),
        body=body.format(**words), url=report.get_absolute_url(), now=now,
    )  # fmt: skip


def tell_filled(*, event_id: str, cycle_id: int, now: datetime) -> int:
    """Tell every operator of the cycle that a prefilled report waits; once each."""
    cycle = ReportCycle.objects.select_related("region").get(pk=cycle_id)
    owners = AnnualReport.objects.filter(cycle=cycle).values("platform__organisation")
    people = people_of_organisations(owners, [Role.OPERATOR])
    return notify(
        users=people, kind=KIND, event_id=event_id, title=f"{cycle}开始填报",
        body=f"系统已预填平台记录中的数值，请补充其余内容，截止日期 {cycle.due_date}。",
        url=reverse("reporting:reports"), now=now,
    )  # fmt: skip


def workdays_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative when `end` is earlier."""
    sign, first, last = (1, start, end) if end >= start else (-1, end, start)
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sign * sum(map(is_workday, days))


def is_reminder_day(today: date, due: date) -> bool:
    """10, 5 and 1 working days before the deadline, on it, and every 5 after it."""
    if not is_workday(today):
        return False
    left = workdays_between(today, due)
    if today <= due:
        return left in BEFORE or today == due
    return left % AFTER_EVERY == 0


def remind_due(*, now: datetime) -> int:
    """Remind about every unsubmitted report of an open cycle whose reminder day it is."""
    today = timezone.localdate(now)
    rows = AnnualReport.objects.editable().filter(cycle__status=CycleStatus.OPEN)
    count = 0
    for report in rows.select_related("cycle").order_by("pk"):
        if not is_reminder_day(today, report.due_date):
            continue
        try:
            remind_report(actor=SYSTEM, report=report, now=now)
        except DomainError:  # reminded by hand today, or submitted meanwhile
            continue
        count += 1
    return count
