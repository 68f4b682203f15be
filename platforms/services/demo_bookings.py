"""Invented bookings of demo platforms: those of reported years, and what waits today."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, User
from core.reminders import reply_due
from platforms.enums import BookingRefusal, BookingStatus, UsageSource
from platforms.models import Booking, Equipment, Line, Platform, UsageLog

Client = tuple[Organisation, User]
A_DAY = timedelta(days=1)
A_YEAR = (5, 9)  # of the smallest platform
B = BookingStatus
ENDED = {B.USED: 72, B.DECLINED: 12, B.NOT_USED: 9, B.WITHDRAWN: 7}  # in percent
# place among what the first platform shares, client, days from today, hours, asked days ago
TODAY = (
    (1, 0, 5, 8, 0, B.REQUESTED), (0, 1, 8, 4, 9, B.REQUESTED), (0, 0, 3, 3, 2, B.ACCEPTED),
    (0, 2, 3, 8, 4, B.ACCEPTED), (0, 0, -2, 6, 7, B.ACCEPTED), (2, 3, 12, 72, 1, B.ACCEPTED),
)  # fmt: skip


@transaction.atomic
def attach_demo_bookings(
    *,
    platforms: Mapping[Platform, int],
    clients: Sequence[Client],
    operator: User,
    years: Sequence[int],
    now: datetime,
) -> int:
    """Bookings of what `platforms` (with their size, 1–3) share: of `years` and of this year all
    answered, used ones with their line in the usage log; of the first, run by `operator`, also
    those that wait today and a kept-back time. Returns how many.

    Marked `is_demo`, drawn from the platform's slug alone, no events. Not to be called twice.
    """
    rows: list[Booking] = []
    for number, (platform, size) in enumerate(platforms.items()):
        shared = _shared(platform)
        if not shared:
            continue
        chance = random.Random(f"bookings-{platform.slug}")  # noqa: S311 -- data, not secrets
        for year in (*years, years[-1] + 1):
            rows += _of_year(shared, clients, year, chance.randint(*A_YEAR) * size, chance, now)
        if number == 0:
            rows += _of_today(shared, clients, now)
            rows.append(_kept_back(shared[1], operator, now))
    Booking.objects.bulk_create(rows)
    used = (row for row in rows if row.status == B.USED and row.equipment)
    UsageLog.objects.bulk_create(_logged(row) for row in used)
    return len(rows)


def _shared(platform: Platform) -> list[Equipment | Line]:
    """Equipment first, then lines."""
    rows: list[Any] = []
    for found in (platform.equipment, platform.lines):
        rows += found.bookable().select_related("platform").order_by("pk")
    return rows


def _of_year(
    shared: Sequence[Equipment | Line],
    clients: Sequence[Client],
    year: int,
    count: int,
    chance: random.Random,
    now: datetime,
) -> list[Booking]:
    """On different days, so that none overlaps another; only what is well past."""
    rows = []
    for day in sorted(chance.sample(range(10, 360), count)):
        start = timezone.make_aware(datetime.combine(date(year, 1, 1), time(9))) + day * A_DAY
        drawn = chance.choice(shared), chance.choice(clients), chance.choice((3, 4, 8))
        status = chance.choices(list(ENDED), list(ENDED.values()))[0]
        if start < now - 10 * A_DAY:
            rows.append(_row(*drawn, start, start - 6 * A_DAY, status))
    return rows


def _of_today(
    shared: Sequence[Equipment | Line], clients: Sequence[Client], now: datetime
) -> list[Booking]:
    today = timezone.localtime(now).replace(hour=9, minute=0, second=0, microsecond=0)
    return [
        _row(shared[place], clients[client], hours, today + days * A_DAY,
             now - ago * A_DAY - timedelta(hours=1), status, unit=1 + (client == 2))
        for place, client, days, hours, ago, status in TODAY
    ]  # fmt: skip


def _row(
    resource: Equipment | Line,
    client: Client,
    hours: int,
    start: datetime,
    asked_at: datetime,
    status: BookingStatus,
    unit: int = 1,
) -> Booking:
    organisation, person = client
    is_accepted = status in {B.ACCEPTED, B.USED, B.NOT_USED}
    name = "equipment" if isinstance(resource, Equipment) else "line"
    answered = asked_at + A_DAY
    return Booking(
        platform=resource.platform, organisation=organisation, asked_by=person, start_at=start,
        end_at=start + timedelta(hours=hours), purpose="演示预约：小批量试验", asked_at=asked_at,
        reply_due_at=min(reply_due(asked_at), start), status=status, is_demo=True,
        accepted_at=answered if is_accepted else None, unit=unit if is_accepted else None,
        decline_reason=BookingRefusal.BUSY if status == B.DECLINED else "",
        used_hours=hours if status == B.USED else None,
        status_changed_at=asked_at if status == B.REQUESTED else answered, **{name: resource},
    )  # fmt: skip


def _kept_back(resource: Equipment | Line, operator: User, now: datetime) -> Booking:
    """Two days of maintenance."""
    start = timezone.localtime(now).replace(hour=8, minute=0, second=0, microsecond=0) + 9 * A_DAY
    row = _row(resource, (None, operator), 48, start, now, B.ACCEPTED)  # type: ignore[arg-type]
    row.status, row.accepted_at, row.reply_due_at = B.BLOCKED, None, None
    row.purpose = "演示：年度检修"
    return row


def _logged(booking: Booking) -> UsageLog:
    return UsageLog(
        equipment=booking.equipment, start_at=booking.start_at, is_external=True,
        hours=booking.used_hours or booking.hours, client_name=str(booking.organisation),
        purpose=booking.purpose, source=UsageSource.BOOKING, booking=booking, is_demo=True,
    )  # fmt: skip
