"""Reading what departments are asked: lists, an application's answers side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When

from accounts.models import Organisation
from accounts.selectors import departments
from core.files import file_items
from platforms.access import OpinionRequestAccess
from platforms.enums import RequestStatus
from platforms.models import Application, OpinionRequest

RELATED = (
    "department", "application__platform__region__parent", "application__programme__scheme",
    "asked_by", "answered_by",
)  # fmt: skip


def opinion_request_rows(user: Any) -> QuerySet[OpinionRequest]:
    """What the user's department was asked, or staff of the region asked: open ones first."""
    rank = Case(
        When(status=RequestStatus.ASKED, then=Value(0)),
        When(status=RequestStatus.ANSWERED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = OpinionRequestAccess(user).visible().select_related(*RELATED)
    return rows.order_by(rank, "due_at", "-pk")


@dataclass(frozen=True)
class Answer:
    """What one department was asked and says, with its files."""

    request: OpinionRequest
    files: list[dict[str, Any]]
    may_withdraw: bool


def answers_of(application: Application, user: Any) -> list[Answer]:
    """All that departments were asked about an application, the newest stage last."""
    access = OpinionRequestAccess(user)
    rows = access.visible().filter(application=application).select_related(*RELATED)
    found = list(rows.order_by("pk"))
    files = file_items(found)
    for row in found:  # the same object: its platform is not read again
        row.application = application
    return [Answer(row, files[str(row.pk)], bool(access.can("withdraw", row))) for row in found]


def merge_draft(application: Application, answers: list[Answer]) -> str:
    """The answers of the present stage in words, to be edited; empty while any is missing."""
    now = [one.request for one in answers if one.request.stage == application.status]
    waiting = [row for row in now if row.status == RequestStatus.ANSWERED]
    if not waiting or any(row.status == RequestStatus.ASKED for row in now):
        return ""
    lines = [
        f"{place}. {row.department}：{row.get_stance_display()}。{row.body}".strip()
        for place, row in enumerate(waiting, 1)
    ]
    return "\n".join(lines)


def departments_to_ask(application: Application) -> QuerySet[Organisation]:
    """Departments that are not being asked already, by name."""
    asked = application.opinion_requests.filter(status=RequestStatus.ASKED)
    return departments().exclude(pk__in=asked.values("department"))
