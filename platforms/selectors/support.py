"""Reading what platforms ask for: lists, one ticket, public figures by kind."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from core.files import file_items
from core.workdays import workdays_between
from platforms.access import TicketAccess
from platforms.enums import SupportKind, TicketStatus
from platforms.models import SupportTicket, TicketReply


def ticket_rows(user: Any) -> QuerySet[SupportTicket]:
    """Tickets the user sees: those that wait to be passed on, then by due day."""
    rank = Case(
        When(status=TicketStatus.SUBMITTED, then=Value(0)),
        When(status=TicketStatus.HANDLING, then=Value(1)),
        When(status=TicketStatus.ANSWERED, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    rows = TicketAccess(user).visible().select_related("platform__region", "department")
    return rows.order_by(rank, "due_at", "-created_at", "-pk")


@dataclass(frozen=True)
class Said:
    """A message with its files, and whether the reader wrote it."""

    reply: TicketReply
    files: list[dict[str, Any]]
    is_own: bool


def ticket_thread(ticket: SupportTicket, user: Any) -> list[Said]:
    """Messages of a ticket, the oldest first."""
    replies = list(ticket.replies.select_related("author").order_by("pk"))
    files = file_items(replies)
    return [Said(row, files[str(row.pk)], row.author_id == user.pk) for row in replies]


@dataclass(frozen=True)
class SupportFigures:
    """One kind: raised, answered, of these on time, days to the answer, judged, satisfied."""

    label: str
    raised: int
    answered: int
    on_time: int
    days: float | None
    judged: int
    satisfied: int

    @property
    def on_time_percent(self) -> int | None:
        return round(100 * self.on_time / self.answered) if self.answered else None

    @property
    def satisfied_percent(self) -> int | None:
        return round(100 * self.satisfied / self.judged) if self.judged else None


def support_figures(year: int | None = None) -> list[SupportFigures]:
    """Public figures by kind over tickets raised in `year` (None: ever), demo ones left out.

    `days` is the median of working days from raising to the first answer.
    """
    rows = SupportTicket.objects.filter(is_demo=False).exclude(status=TicketStatus.WITHDRAWN)
    if year is not None:
        rows = rows.filter(created_at__year=year)
    counts = {
        row["kind"]: row
        for row in rows.values("kind").annotate(
            raised=Count("pk"),
            answered=Count("answered_at"),
            on_time=Count("pk", filter=Q(is_on_time=True)),
            judged=Count("is_satisfied"),
            satisfied=Count("pk", filter=Q(is_satisfied=True)),
        )
    }
    days: dict[str, list[int]] = defaultdict(list)
    answered = rows.filter(answered_at__isnull=False)
    for kind, start, end in answered.values_list("kind", "created_at", "answered_at"):
        if end is not None:
            first, last = timezone.localdate(start), timezone.localdate(end)
            days[kind].append(workdays_between(first, last))
    empty = {"raised": 0, "answered": 0, "on_time": 0, "judged": 0, "satisfied": 0}
    found = []
    for kind in SupportKind:
        row = {name: counts.get(kind, empty)[name] for name in empty}
        middle = float(median(days[kind])) if days[kind] else None
        found.append(SupportFigures(label=str(kind.label), days=middle, **row))
    return found


def ticket_counts(user: Any, now: datetime) -> dict[str, int]:
    """Tickets the user sees: to pass on, in hand, overdue, answered and to be judged."""
    handling = Q(status=TicketStatus.HANDLING)
    return TicketAccess(user).visible().aggregate(
        submitted=Count("pk", filter=Q(status=TicketStatus.SUBMITTED)),
        handling=Count("pk", filter=handling),
        overdue=Count("pk", filter=handling & Q(due_at__lt=now)),
        answered=Count("pk", filter=Q(status=TicketStatus.ANSWERED)),
    )  # fmt: skip
