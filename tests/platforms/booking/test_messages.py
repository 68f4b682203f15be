"""Who hears of a booking, and of one that nobody answers."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.enums import Role
from core.models import Event
from notifications.models import Notification
from platforms import services
from platforms.models import Booking
from platforms.services.booking_messages import tell_booking
from tests.factories.accounts import person

TUESDAY = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
ID = "00000000-0000-0000-0000-000000000001"


@pytest.mark.parametrize(
    ("verb", "who", "title"),
    [
        ("asked", "operator", "预约待答复：反应釜"),
        ("accepted", "enterprise", "预约已受理：反应釜"),
        ("declined", "enterprise", "预约被婉拒：反应釜"),
        ("withdrawn", "operator", "预约已撤回：反应釜"),
        ("cancelled", "enterprise", "预约已取消：反应釜"),
        ("used", "enterprise", "已登记使用：反应釜"),
    ],
)
def test_each_side_hears_of_the_other(asked, cast, now, verb, who, title):
    for _twice in range(2):
        tell_booking(
            event_id=ID, name=f"platforms.booking.{verb}", payload={"booking_id": asked.pk}, now=now
        )

    told = Notification.objects.get()
    assert (told.user, told.title, told.url) == (
        getattr(cast, who), title, asked.get_absolute_url(),
    )  # fmt: skip


def test_a_late_answer_is_reminded_of_once_a_working_day(asked, operator, staff):
    broker = person(Role.BROKER)
    Booking.objects.update(reply_due_at=TUESDAY - timedelta(days=1))

    assert services.remind_bookings(now=TUESDAY) == 1
    assert services.remind_bookings(now=TUESDAY + timedelta(hours=2)) == 0
    assert services.remind_bookings(now=TUESDAY + timedelta(days=1)) == 1
    assert services.remind_bookings(now=TUESDAY + timedelta(days=4)) == 0  # a Saturday

    events = Event.objects.order_by("created_at")
    assert [event.payload["is_first"] for event in events] == [True, False]
    for event in events:
        tell_booking(event_id=str(event.pk), name=event.name, payload=event.payload, now=TUESDAY)
    told = set(Notification.objects.values_list("user", "event_id"))
    first, second = (event.pk for event in events)
    assert told == {
        (operator.pk, first), (operator.pk, second), (staff.pk, second), (broker.pk, second),
    }  # fmt: skip


def test_what_is_answered_is_not_reminded_of(asked, operator, now):
    Booking.objects.update(reply_due_at=TUESDAY - timedelta(days=1), status="declined")

    assert services.remind_bookings(now=TUESDAY) == 0
