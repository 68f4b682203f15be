"""Bookings of equipment and lines: asked for, answered, used, kept back (G09, Z02)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import Organisation
from core.activity import register_actions
from core.errors import DomainError, Refused
from core.reminders import reply_due, take_overdue
from core.services import check_record, emit, lock, log_activity
from core.states import perform
from platforms.access import BookingAccess
from platforms.access.booking import ASKING_ROLES
from platforms.enums import BookingRefusal, BookingStatus
from platforms.models import Booking, Equipment, Line
from platforms.models.booking import HORIZON
from platforms.services.usage import log_booked_use
from platforms.states import BOOKING

register_actions(
    {
        "platforms.booking.ask": "申请了预约",
        "platforms.booking.block": "停用了时段",
        **{f"platforms.booking.{row.name}": row.label for row in BOOKING.transitions},
    }
)
RELATED = ("platform", "equipment", "line", "organisation")
LONGEST = timedelta(days=14)
MAX_A_DAY = 20  # requests of one organisation: platforms are asked, not bombarded
TAKEN = "这段时间已被占用，请看日历换一个时间。"
EVENTS = {
    "withdraw": "platforms.booking.withdrawn",
    "cancel": "platforms.booking.cancelled",
    "release": "platforms.booking.released",
}


@transaction.atomic
def ask_booking(
    *,
    actor: Any,
    resource: Equipment | Line,
    organisation: Organisation,
    start_at: datetime,
    end_at: datetime,
    purpose: str,
    now: datetime,
) -> Booking:
    """Ask for one unit of `resource` in the name of `organisation`; the reply clock starts.

    Full hours, at most 14 days long, to begin within 90 days. Event `platforms.booking.asked`.
    Errors: Refused, `not_approved`, `not_bookable`, `own_platform`, `too_many`, `taken`, at
    `start_at`, `end_at` or `purpose`; the same request again is `invalid`.
    """
    access = BookingAccess(actor)
    access.require("ask")
    if organisation.pk not in actor.organisation_ids(*ASKING_ROLES):
        raise Refused("只能以本单位的名义申请预约。")
    if not organisation.is_approved:
        raise DomainError("not_approved", "单位审核通过后才能申请预约。")
    locked: Any = lock(resource)
    if not locked.is_bookable:
        raise DomainError("not_bookable", "这里不接受在线预约，可以向平台发起咨询。")
    if locked.platform.organisation_id == organisation.pk:
        raise DomainError("own_platform", "这是本单位的平台，自用时间请用“停用时段”登记。")
    _check_times(start_at, end_at, now)
    if end_at - start_at > LONGEST:
        raise DomainError("too_long", f"一次最长预约 {LONGEST.days} 天。", "end_at")
    day_ago = now - timedelta(days=1)
    recent = Booking.objects.filter(organisation=organisation, asked_at__gt=day_ago)
    if recent.count() >= MAX_A_DAY:
        raise DomainError("too_many", f"一天最多申请 {MAX_A_DAY} 次预约。")
    if not free_units(locked, start_at, end_at):
        raise DomainError("taken", TAKEN, "start_at")
    booking = _new(actor, locked, start_at, end_at, purpose, now)
    booking.organisation = organisation
    booking.reply_due_at = min(reply_due(now), start_at)
    booking.is_demo = organisation.is_demo or locked.platform.is_demo
    check_record(booking)
    booking.save()
    log_activity(actor=actor, action="platforms.booking.ask", target=booking, now=now)
    emit("platforms.booking.asked", booking_id=booking.pk)
    return booking


def free_units(resource: Equipment | Line, start: datetime, end: datetime) -> list[int]:
    """The units of a resource (1, 2 …) that are free for the whole time."""
    taken = set(resource.bookings.taking(start, end).values_list("unit", flat=True))
    return [unit for unit in range(1, resource.units + 1) if unit not in taken]


def _check_times(start_at: datetime, end_at: datetime, now: datetime) -> None:
    for name, moment in (("start_at", start_at), ("end_at", end_at)):
        if moment.minute or moment.second or moment.microsecond:
            raise DomainError("whole_hours", "请选择整点。", name)
    if start_at <= now:
        raise DomainError("past", "开始时间须晚于现在。", "start_at")
    if end_at <= start_at:
        raise DomainError("order", "结束时间须晚于开始时间。", "end_at")
    if start_at > now + HORIZON:
        raise DomainError("too_far", f"最远预约 {HORIZON.days} 天以内。", "start_at")


def _new(
    actor: Any, resource: Any, start_at: datetime, end_at: datetime, purpose: str, now: datetime
) -> Booking:
    """An unsaved row about the resource."""
    name = "equipment" if isinstance(resource, Equipment) else "line"
    return Booking(
        platform=resource.platform, asked_by=actor, start_at=start_at, end_at=end_at,
        purpose=purpose.strip(), asked_at=now, status_changed_at=now, **{name: resource},
    )  # fmt: skip


@transaction.atomic
def block_time(
    *,
    actor: Any,
    resource: Equipment | Line,
    start_at: datetime,
    end_at: datetime,
    purpose: str,
    now: datetime,
    units: int = 1,
) -> list[Booking]:
    """The platform keeps `units` of a resource back (maintenance, own work); the public calendar
    shows them as taken. Errors: Refused, `taken`, at `start_at`, `end_at`, `purpose`, `units`."""
    locked: Any = lock(resource)
    BookingAccess(actor).require("block", Booking(platform=locked.platform))
    _check_times(start_at, end_at, now)
    if end_at - start_at > HORIZON:
        raise DomainError("too_long", f"一次最长停用 {HORIZON.days} 天。", "end_at")
    if not 1 <= units <= locked.units:
        raise DomainError("units", f"请填 1–{locked.units}。", "units")
    free = free_units(locked, start_at, end_at)
    if len(free) < units:
        raise DomainError("taken", "这段时间已有受理的预约，请换时间，或先取消预约。", "start_at")
    made = []
    for unit in free[:units]:
        row = _new(actor, locked, start_at, end_at, purpose, now)
        row.unit, row.status, row.is_demo = unit, BookingStatus.BLOCKED, locked.platform.is_demo
        check_record(row)
        row.save()
        log_activity(actor=actor, action="platforms.booking.block", target=row, now=now)
        made.append(row)
    return made


@transaction.atomic
def accept_booking(*, actor: Any, booking: Booking, now: datetime) -> Booking:
    """Say yes: the first unit that is free for the whole time is held.

    Whoever decides about the same resource waits; the database refuses a unit held twice. Event
    `platforms.booking.accepted`. Errors: Refused, `wrong_state`, `taken`.
    """
    locked, access = lock(booking, *RELATED), BookingAccess(actor)
    if access.can("accept", locked):  # else perform says why not
        free = free_units(lock(locked.resource), locked.start_at, locked.end_at)
        if not free:
            raise DomainError("taken", "这段时间已被占用，请婉拒并请对方换时间。")
        locked.unit, locked.accepted_at = free[0], now
        locked.save(update_fields=["unit", "accepted_at", "updated_at"])
    return _moved(actor, "accept", locked, now, "platforms.booking.accepted")


@transaction.atomic
def decline_booking(
    *, actor: Any, booking: Booking, decline_reason: str, now: datetime, reason: str = ""
) -> Booking:
    """Say no, for one of the known reasons; any other reason is written down. Event
    `platforms.booking.declined`. Errors: Refused, `wrong_state`, at `decline_reason`, `reason`."""
    locked, access = lock(booking, *RELATED), BookingAccess(actor)
    if access.can("decline", locked):
        if decline_reason not in BookingRefusal.values:
            raise DomainError("field_required", "请选择婉拒原因。", "decline_reason")
        if decline_reason == BookingRefusal.OTHER and not reason.strip():
            raise DomainError("reason_required", "请写明原因。", "reason")
        locked.decline_reason = decline_reason
        locked.save(update_fields=["decline_reason", "updated_at"])
    return _moved(actor, "decline", locked, now, "platforms.booking.declined", reason)


@transaction.atomic
def confirm_use(*, actor: Any, booking: Booking, hours: Decimal, now: datetime) -> Booking:
    """The hours that were really used; of equipment they enter the usage log, for others.

    Said again it corrects the same line: a booking is counted once. Event `platforms.booking.used`.
    Errors: Refused, `wrong_state`, at `hours`.
    """
    locked, access = lock(booking, *RELATED), BookingAccess(actor)
    if access.can("use", locked):
        passed = Decimal((now - locked.start_at).total_seconds()) / 3600
        if not 0 < hours <= passed:
            raise DomainError("hours", "实际机时须大于 0，且不超过开始至今的时间。", "hours")
        locked.used_hours = hours
        check_record(locked)
        locked.save(update_fields=["used_hours", "updated_at"])
        if locked.equipment is not None:
            log_booked_use(actor=actor, booking=locked, now=now)
    return _moved(actor, "use", locked, now, "platforms.booking.used")


@transaction.atomic
def move_booking(
    *, actor: Any, booking: Booking, name: str, now: datetime, reason: str = ""
) -> Booking:
    """What needs no more than a reason: withdraw (the asker), cancel, release (the platform).

    Errors: Refused, `wrong_state`, `reason_required`.
    """
    if name not in EVENTS:
        raise Refused("没有这个操作。")
    return _moved(actor, name, lock(booking, *RELATED), now, EVENTS[name], reason)


def _moved(
    actor: Any, name: str, booking: Booking, now: datetime, event: str, reason: str = ""
) -> Booking:
    moved = perform(BookingAccess(actor), name, booking, now=now, reason=reason)
    emit(event, booking_id=moved.pk)
    return moved


@transaction.atomic
def remind_bookings(*, now: datetime) -> int:
    """Remind of each booking past its promised answer as of enquiries; returns how many."""
    overdue = take_overdue(Booking.objects.unanswered(), now=now)
    for booking, is_first in overdue:
        emit("platforms.booking.overdue", booking_id=booking.pk, is_first=is_first)
    return len(overdue)
