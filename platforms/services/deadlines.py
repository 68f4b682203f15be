"""By when each stage should be finished, and who is reminded before and after (G15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from accounts.selectors import people_of_organisation, staff_for_region
from core.workdays import end_of_workdays, workdays_between
from notifications.services import notify
from platforms.access.recognition import LEVELS, stage_level
from platforms.enums import ApplicationStatus as A
from platforms.enums import AssignmentStatus, GovernmentLevel, RequestStatus, TicketStatus
from platforms.ladders import stage_workdays
from platforms.models import (
    Application,
    Assessment,
    ExpertAssignment,
    OpinionRequest,
    Platform,
    SupportTicket,
)
from taxonomy.models import RegionLevel

SOON_WORKDAYS = 2
SOON_ASSESSMENT = timedelta(days=30)
WIDTHS = {RegionLevel.COUNTRY: 0, RegionLevel.PROVINCE: 2, RegionLevel.CITY: 4}


def set_stage_due(application: Any, *, now: datetime) -> None:
    """Write by when the present stage should be finished, counted from `now` in working days.

    Runs inside the transaction that moved the application. Empty where the ladder gives no time,
    in publicity (which has its own end) and at the end of the road.
    """
    days = stage_workdays(application.programme.scheme, application.status)
    is_counted = application.status in {*application.path, A.RETURNED} - {A.PUBLICITY}
    application.stage_due_at = end_of_workdays(now, days) if days and is_counted else None
    application.save(update_fields=["stage_due_at", "updated_at"])


def operators(platform: Platform) -> Iterable[User]:
    """The people who run the platform here."""
    if platform.organisation_id is None:
        return []
    return people_of_organisation(platform.organisation_id, [Role.OPERATOR])


def staff_at(level: int, region_code: str) -> Iterable[User]:
    """Staff of `level` over the region; the next wider level where there is nobody."""
    size = WIDTHS.get(RegionLevel(level), 6)
    return staff_for_region(region_code[:size].ljust(6, "0"))


def remind_recognition(*, now: datetime) -> int:
    """Remind of stages, scores, opinions, assessments and tickets nearly due; weekly if overdue.

    Returns how many messages were written. Safe to run any number of times a day.
    """
    remind = (_remind_stages, _remind_experts, _remind_opinions, _remind_assessments,
              _remind_tickets)  # fmt: skip
    return sum(of(now) for of in remind)


def timing(due: Any, now: datetime, *, is_soon: bool) -> tuple[str, str]:
    """A key that is told once, and the word for the title; empty when nothing is to be said."""
    today = timezone.localdate(now)
    if due < today:
        year, week, _day = now.isocalendar()
        return f"{due}/late/{year}-{week}", "已超时"
    return (f"{due}/soon", "即将到期") if is_soon else ("", "")


def _remind_stages(now: datetime) -> int:
    related = ("programme__scheme", "platform")
    rows = Application.objects.filter(stage_due_at__isnull=False).select_related(*related)
    written, today = 0, timezone.localdate(now)
    for row in rows.order_by("pk"):
        due = timezone.localdate(row.stage_due_at)
        key, word = timing(due, now, is_soon=workdays_between(today, due) <= SOON_WORKDAYS)
        if not key:
            continue
        is_returned = row.status == A.RETURNED
        users = (
            operators(row.platform)
            if is_returned
            else staff_at(stage_level(row), row.platform.region_id)
        )
        written += notify(
            users=users,
            event_id=uuid5(NAMESPACE_URL, f"platforms/application/{row.pk}/{row.status}/{key}"),
            kind="platforms.stage_due",
            title=f"{word}（{row.get_status_display()}）：{row.platform}",
            body=f"{row}，本环节应于 {due} 办结。",
            url=row.get_absolute_url(),
            now=now,
        )
    return written


def _remind_experts(now: datetime) -> int:
    rows = ExpertAssignment.objects.filter(
        status__in=[AssignmentStatus.INVITED, AssignmentStatus.SCORING],
        application__status=A.EXPERTS,
    )
    related = ("reviewer", "application__programme", "application__platform")
    written, today = 0, timezone.localdate(now)
    for row in rows.select_related(*related).order_by("pk"):
        left = workdays_between(today, row.due_date)
        key, word = timing(row.due_date, now, is_soon=left <= SOON_WORKDAYS)
        if key:
            written += notify(
                users=[row.reviewer],
                event_id=uuid5(NAMESPACE_URL, f"platforms/assignment/{row.pk}/{key}"),
                kind="platforms.score_due",
                title=f"评审{word}：{row.application}",
                body=f"请在 {row.due_date} 前{row.get_status_display()[1:]}。",
                url=row.get_absolute_url(),
                now=now,
            )
    return written


def _remind_opinions(now: datetime) -> int:
    """The department; once its time is over also who asked."""
    rows = OpinionRequest.objects.filter(status=RequestStatus.ASKED)
    related = ("application__platform", "application__programme", "department", "asked_by")
    written, today = 0, timezone.localdate(now)
    for row in rows.select_related(*related).order_by("pk"):
        due = timezone.localdate(row.due_at)
        key, word = timing(due, now, is_soon=workdays_between(today, due) <= SOON_WORKDAYS)
        if not key:
            continue
        people = people_of_organisation(row.department_id, [Role.DEPARTMENT])
        written += notify(
            users=[*people, row.asked_by] if due < today else people,
            event_id=uuid5(NAMESPACE_URL, f"platforms/opinion/{row.pk}/{key}"),
            kind="platforms.opinion_due",
            title=f"征求意见{word}：{row}",
            body=f"{row.application}，应于 {due} 前答复。",
            url=row.get_absolute_url(),
            now=now,
        )
    return written


def _remind_assessments(now: datetime) -> int:
    rows = Assessment.objects.filter(
        result="", recognition__status__in=["building", "active", "warned", "rectifying"]
    )
    related = ("recognition__platform", "recognition__scheme")
    written, today = 0, timezone.localdate(now)
    for row in rows.select_related(*related).order_by("pk"):
        is_soon = row.due_date - today <= SOON_ASSESSMENT
        key, word = timing(row.due_date, now, is_soon=is_soon)
        if key:
            recognition = row.recognition
            own, region = operators(recognition.platform), recognition.platform.region_id
            staff = staff_at(LEVELS[GovernmentLevel(recognition.level)], region)
            written += notify(
                users=[*own, *staff] if row.due_date < today else own,
                event_id=uuid5(NAMESPACE_URL, f"platforms/assessment/{row.pk}/{key}"),
                kind="platforms.assessment_due",
                title=f"{row.get_kind_display()}{word}：{row.recognition.platform}",
                body=f"应于 {row.due_date} 前完成；完不成的可在期限前申请延期。",
                url=row.recognition.get_absolute_url(),
                now=now,
            )
    return written


def _remind_tickets(now: datetime) -> int:
    rows = SupportTicket.objects.filter(status=TicketStatus.HANDLING, due_at__isnull=False)
    written, today = 0, timezone.localdate(now)
    for row in rows.select_related("platform").order_by("pk"):
        due = timezone.localdate(row.due_at)
        key, word = timing(due, now, is_soon=workdays_between(today, due) <= SOON_WORKDAYS)
        if not key:
            continue
        users = (
            people_of_organisation(row.department_id, [Role.DEPARTMENT])
            if row.department_id
            else staff_for_region(row.platform.region_id)
        )
        written += notify(
            users=users,
            event_id=uuid5(NAMESPACE_URL, f"platforms/ticket/{row.pk}/{key}"),
            kind="platforms.ticket_due",
            title=f"诉求{word}：{row.platform}",
            body=f"{row}，应于 {due} 前答复。",
            url=row.get_absolute_url(),
            now=now,
        )
    return written
