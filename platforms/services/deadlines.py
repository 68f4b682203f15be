"""By when each stage should be finished, and who is reminded before and after (G15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db.models import Q, QuerySet
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
from platforms.selectors.operations import UNFINISHED
from platforms.states.recognition import LIVE
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


@dataclass(frozen=True)
class Near:
    """A row whose day has nearly come or is over, and how it is told."""

    row: Any
    day: date
    is_late: bool
    key: str  # tells one reminder from the next
    word: str  # for the title

    def tell(
        self,
        users: Iterable[User],
        *,
        kind: str,
        title: str,
        body: str,
        now: datetime,
        url: str = "",
    ) -> int:
        """Remind each of the users, once for the day and once a week when it is over, with a link
        to `url`, else to the row. How many messages were written."""
        status = getattr(self.row, "status", "")
        return notify(
            users=users, kind=kind, title=title, body=body, now=now,
            event_id=uuid5(NAMESPACE_URL, f"{kind}/{self.row.pk}/{status}/{self.key}"),
            url=url or self.row.get_absolute_url(),
        )  # fmt: skip


def near(
    rows: QuerySet[Any], name: str, *, now: datetime, soon: timedelta | None = None
) -> Iterator[Near]:
    """Rows whose day, in the field `name`, comes within `soon` (two working days) or is over."""
    today, (year, week, _day) = timezone.localdate(now), now.isocalendar()
    for row in rows.order_by("pk"):
        day = getattr(row, name)
        day = timezone.localdate(day) if isinstance(day, datetime) else day
        if day < today:
            yield Near(row, day, True, f"{day}/late/{year}-{week}", "已超时")
        elif day - today <= soon if soon else workdays_between(today, day) <= SOON_WORKDAYS:
            yield Near(row, day, False, f"{day}/soon", "即将到期")


def _remind_stages(now: datetime) -> int:
    rows = Application.objects.filter(stage_due_at__isnull=False)
    rows = rows.select_related("programme__scheme", "platform")
    written = 0
    for one in near(rows, "stage_due_at", now=now):
        row, platform = one.row, one.row.platform
        is_returned = row.status == A.RETURNED
        users = operators(platform) if is_returned else staff_at(
            stage_level(row), platform.region_id
        )  # fmt: skip
        written += one.tell(
            users, kind="platforms.stage_due", now=now,
            title=f"{one.word}（{row.get_status_display()}）：{platform}",
            body=f"{row}，本环节应于 {one.day} 办结。",
        )  # fmt: skip
    return written


def _remind_experts(now: datetime) -> int:
    rows = ExpertAssignment.objects.filter(
        Q(application__status=A.EXPERTS)
        | Q(assessment__result="", assessment__recognition__status__in=LIVE),
        status__in=[AssignmentStatus.INVITED, AssignmentStatus.SCORING],
    ).select_related("reviewer", "application__programme", "application__platform",
                     "assessment__recognition__platform")  # fmt: skip
    return sum(
        one.tell(
            [one.row.reviewer], kind="platforms.score_due", now=now,
            title=f"评审{one.word}：{one.row.subject}",
            body=f"请在 {one.day} 前{one.row.get_status_display()[1:]}。",
        )
        for one in near(rows, "due_date", now=now)
    )  # fmt: skip


def _remind_opinions(now: datetime) -> int:
    """The department; once its time is over also who asked."""
    rows = OpinionRequest.objects.filter(status=RequestStatus.ASKED).select_related(
        "application__platform", "application__programme", "department", "asked_by"
    )
    written = 0
    for one in near(rows, "due_at", now=now):
        row = one.row
        people = people_of_organisation(row.department_id, [Role.DEPARTMENT])
        written += one.tell(
            [*people, row.asked_by] if one.is_late else people, kind="platforms.opinion_due",
            title=f"征求意见{one.word}：{row}", now=now,
            body=f"{row.application}，应于 {one.day} 前答复。",
        )  # fmt: skip
    return written


def _remind_assessments(now: datetime) -> int:
    rows = Assessment.objects.filter(UNFINISHED)
    rows = rows.select_related("recognition__platform", "recognition__scheme")
    written = 0
    for one in near(rows, "due_date", now=now, soon=SOON_ASSESSMENT):
        recognition = one.row.recognition
        own, region = operators(recognition.platform), recognition.platform.region_id
        staff = staff_at(LEVELS[GovernmentLevel(recognition.level)], region)
        written += one.tell(
            [*own, *staff] if one.is_late else own, kind="platforms.assessment_due", now=now,
            title=f"{one.row.get_kind_display()}{one.word}：{recognition.platform}",
            body=f"应于 {one.day} 前完成；完不成的可在期限前申请延期。",
            url=recognition.get_absolute_url(),
        )  # fmt: skip
    return written


def _remind_tickets(now: datetime) -> int:
    rows = SupportTicket.objects.filter(status=TicketStatus.HANDLING, due_at__isnull=False)
    written = 0
    for one in near(rows.select_related("platform"), "due_at", now=now):
        row = one.row
        users = (
            people_of_organisation(row.department_id, [Role.DEPARTMENT])
            if row.department_id
            else staff_for_region(row.platform.region_id)
        )
        written += one.tell(
            users, kind="platforms.ticket_due", title=f"诉求{one.word}：{row.platform}", now=now,
            body=f"{row}，应于 {one.day} 前答复。",
        )  # fmt: skip
    return written
