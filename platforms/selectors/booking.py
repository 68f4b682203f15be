"""Reading bookings: lists, and the public calendar of what is free and taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Min, Q, QuerySet, Value, When
from django.utils import timezone

from platforms.access import BookingAccess
from platforms.enums import BookingStatus
from platforms.models import Booking, Equipment, Line, Platform
from platforms.models.booking import HORIZON

RELATED = ("platform__region", "equipment", "line", "organisation", "asked_by")


def booking_rows(user: Any) -> QuerySet[Booking]:
    """What the user's organisations asked for or are asked, those that wait first, then the
    newest; blocked times are on the calendar."""
    rank = Case(
        When(status=BookingStatus.REQUESTED, then=Value(0)),
        When(status=BookingStatus.ACCEPTED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = BookingAccess(user).visible().filter(organisation__isnull=False)
    return rows.select_related(*RELATED).order_by(rank, "-start_at", "-pk")


def blocks_ahead(resource: Equipment | Line, now: datetime) -> QuerySet[Booking]:
    """Times that the platform keeps back, from now on, the next first."""
    rows = resource.bookings.filter(status=BookingStatus.BLOCKED, end_at__gt=now)
    return rows.select_related("platform").order_by("start_at", "unit", "pk")


@dataclass(frozen=True)
class Span:
    """A part of a day, `taken` of the units being held."""

    start: datetime
    end: datetime
    taken: int
    units: int

    @property
    def is_full(self) -> bool:
        return self.taken >= self.units

    def __str__(self) -> str:
        until = "24:00" if self.end.time() == time.min else f"{self.end:%H:%M}"
        some = "" if self.units == 1 else f"（{self.units} 台中 {self.taken} 台）"
        return f"{self.start:%H:%M}–{until}{some}"


@dataclass(frozen=True)
class CalendarRow:
    """Days in a row that look alike: all free, or taken at the same hours."""

    first: date
    last: date
    spans: tuple[Span, ...]

    @property
    def is_full(self) -> bool:
        """No unit is free at any hour."""
        hours = sum((span.end - span.start for span in self.spans if span.is_full), timedelta())
        return hours >= timedelta(days=1)

    @property
    def hours(self) -> list[str]:
        return [str(span) for span in self.spans]


def calendar_of(resource: Equipment | Line, now: datetime) -> list[CalendarRow]:
    """As far ahead as a resource may be booked, day by day, days that look alike in one row.

    Says when units are held, never by whom or what for. One query.
    """
    today = timezone.localdate(now)
    zone = timezone.get_current_timezone()
    days = [today + timedelta(days=number) for number in range(HORIZON.days + 1)]
    start, end = (
        datetime.combine(day, time.min, zone) for day in (today, days[-1] + timedelta(days=1))
    )
    held = list(resource.bookings.taking(start, end).values_list("start_at", "end_at"))
    rows: list[CalendarRow] = []
    for day in days:
        row = CalendarRow(day, day, tuple(_spans(day, held, resource.units)))
        if rows and rows[-1].hours == row.hours:
            rows[-1] = replace(rows[-1], last=day)
        else:
            rows.append(row)
    return rows


def _spans(day: date, held: list[tuple[datetime, datetime]], units: int) -> Iterator[Span]:
    """The hours of a day at which units are held, those with as many together."""
    zone = timezone.get_current_timezone()
    first = datetime.combine(day, time.min, zone)
    last = first + timedelta(days=1)
    inside = [
        (max(timezone.localtime(start), first), min(timezone.localtime(end), last))
        for start, end in held
        if start < last and end > first
    ]
    open_span: Span | None = None
    for start, end in pairwise(sorted({moment for pair in inside for moment in pair})):
        taken = sum(begin <= start and until >= end for begin, until in inside)
        if open_span and open_span.end == start and open_span.taken == taken:
            open_span = replace(open_span, end=end)
            continue
        if open_span and open_span.taken:
            yield open_span
        open_span = Span(start, end, taken, units)
    if open_span and open_span.taken:
        yield open_span


def booking_counts(user: Any, now: datetime) -> dict[str, Any]:
    """Of the user's platforms: requests to answer (`waiting`, how many `late`, the first `due`),
    and `unsettled`: accepted ones that are over, of which nobody said what was used. One query."""
    waiting = Q(status=BookingStatus.REQUESTED)
    return Booking.objects.filter(BookingAccess(user).own()).aggregate(
        waiting=Count("pk", filter=waiting),
        late=Count("pk", filter=waiting & Q(reply_due_at__lt=now)),
        due=Min("reply_due_at", filter=waiting),
        unsettled=Count("pk", filter=Q(status=BookingStatus.ACCEPTED, end_at__lte=now)),
    )


@dataclass(frozen=True)
class BookingReplies:
    """How a platform answers bookings: those of the last 365 days answered or due."""

    count: int
    accepted: int
    on_time: int

    @property
    def on_time_percent(self) -> int:
        return round(100 * self.on_time / self.count) if self.count else 0


def booking_replies(platform: Platform, now: datetime) -> BookingReplies:
    """Beside SRV-17 and SRV-18, which count enquiries alone; what was withdrawn before an answer
    does not count. Demonstrations count only for demo platforms. One query."""
    rows = platform.bookings.filter(
        organisation__isnull=False, asked_at__gte=now - timedelta(days=365)
    )
    rows = rows if platform.is_demo else rows.filter(is_demo=False)
    accepted, declined = Q(accepted_at__isnull=False), Q(status=BookingStatus.DECLINED)
    late = Q(status=BookingStatus.REQUESTED, reply_due_at__lt=now)
    on_time = Q(accepted_at__lte=F("reply_due_at"))
    on_time |= declined & Q(status_changed_at__lte=F("reply_due_at"))
    found = rows.filter(accepted | declined | late).aggregate(
        count=Count("pk"),
        accepted=Count("pk", filter=accepted),
        on_time=Count("pk", filter=on_time),
    )
    return BookingReplies(**found)


def asked_bookings(user: Any, now: datetime) -> QuerySet[Booking]:
    """What the user's organisations wait for, or have ahead of them."""
    coming = Q(status=BookingStatus.ACCEPTED, end_at__gt=now)
    waits = Q(status=BookingStatus.REQUESTED)
    return Booking.objects.filter(BookingAccess(user).asked()).filter(waits | coming)
