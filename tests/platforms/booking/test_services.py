"""Bookings: asked for, answered, used once, kept back; what is refused changes nothing."""

from datetime import timedelta
from decimal import Decimal
from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Organisation
from core.errors import DomainError
from core.models import ActivityLog, Event
from platforms import services
from platforms.models import Booking, Equipment, Platform, UsageLog
from platforms.services.listings import edit_listing
from tests.factories.booking import BookingFactory, SharedFactory, hour
from tests.platforms.booking.conftest import refused

HOUR = timedelta(hours=1)


@pytest.fixture
def request_(enterprise, firm, reactor, now):
    """A request that would be taken."""
    return {
        "actor": enterprise, "organisation": firm, "resource": reactor, "start_at": hour(5, 9),
        "end_at": hour(5, 12), "purpose": "树脂分散试验", "now": now,
    }  # fmt: skip


def test_asking_starts_the_clock(request_, firm, platform, now):
    booking = services.ask_booking(**request_)

    booking.refresh_from_db()
    assert (booking.status, booking.platform, booking.unit) == ("requested", platform, None)
    assert (booking.organisation, booking.hours) == (firm, 3)
    assert now < booking.reply_due_at <= booking.start_at
    assert Event.objects.get().name == "platforms.booking.asked"
    assert ActivityLog.objects.get().action == "platforms.booking.ask"


def test_the_answer_is_due_before_it_begins(request_, now):
    soon = hour(0, 0) + timedelta(hours=timezone.localtime(now).hour + 2)

    booking = services.ask_booking(**request_ | {"start_at": soon, "end_at": soon + HOUR})

    assert booking.reply_due_at == soon


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"start_at": (-1,)}, "past", "start_at"),
        ({"end_at": (5, 9)}, "order", "end_at"),
        ({"start_at": (5, 9, 30)}, "whole_hours", "start_at"),
        ({"end_at": (20,)}, "too_long", "end_at"),
        ({"start_at": (95,), "end_at": (95, 12)}, "too_far", "start_at"),
    ],
)
def test_asking_refuses_impossible_times(request_, change, code, field):
    times = {name: hour(*value) for name, value in change.items()}

    assert refused(code, services.ask_booking, **request_ | times).field == field


def test_asking_wants_a_purpose(request_):
    error = refused("invalid", services.ask_booking, **request_ | {"purpose": " "})

    assert error.field == "purpose"


def test_the_same_is_asked_once(request_):
    services.ask_booking(**request_)

    error = refused("invalid", services.ask_booking, **request_)

    assert "已经申请" in error.message


def test_asking_is_for_ones_own_approved_organisation(request_, operator, platform, staff, rival):
    refused("refused", services.ask_booking, **request_ | {"actor": staff})
    refused("refused", services.ask_booking, **request_ | {"actor": rival})
    own = {"actor": operator, "organisation": platform.organisation}
    refused("own_platform", services.ask_booking, **request_ | own)
    Organisation.objects.filter(pk=request_["organisation"].pk).update(status="pending")
    request_["organisation"].refresh_from_db()
    refused("not_approved", services.ask_booking, **request_)


@pytest.fixture
def rival(cast):
    return cast.rival


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Equipment, {"is_open": False}),
        (Equipment, {"takes_bookings": False}),
        (Equipment, {"status": "withdrawn"}),
        (Platform, {"status": "withdrawn"}),
        (Platform, {"organisation": None}),
    ],
)
def test_only_what_takes_bookings_is_booked(request_, model, change):
    model.objects.update(**change)

    refused("not_bookable", services.ask_booking, **request_)


def test_one_organisation_asks_only_so_often(request_, firm, reactor):
    for number in range(20):
        BookingFactory(
            equipment=reactor, organisation=firm, start_at=hour(6, number), asked_at=request_["now"]
        )

    refused("too_many", services.ask_booking, **request_)


def test_what_is_taken_is_not_asked_for(request_, asked, operator, now):
    services.accept_booking(actor=operator, booking=asked, now=now)

    assert refused("taken", services.ask_booking, **request_).field == "start_at"
    later = request_ | {"start_at": hour(5, 12), "end_at": hour(5, 13)}
    assert services.ask_booking(**later).status == "requested"


def test_accepting_holds_a_unit(asked, operator, now):
    booking = services.accept_booking(actor=operator, booking=asked, now=now)

    assert (booking.status, booking.unit, booking.accepted_at) == ("accepted", 1, now)
    assert Event.objects.get().name == "platforms.booking.accepted"
    refused("wrong_state", services.accept_booking, actor=operator, booking=asked, now=now)


def test_as_many_fit_as_there_are_units(platform, operator, now):
    pair = SharedFactory(platform=platform, quantity=2)
    rows = [BookingFactory(equipment=pair) for _ in range(3)]

    units = [services.accept_booking(actor=operator, booking=row, now=now).unit for row in rows[:2]]

    assert units == [1, 2]
    refused("taken", services.accept_booking, actor=operator, booking=rows[2], now=now)


def test_only_the_platform_answers_and_in_time(asked, cast, now):
    for who in ("enterprise", "staff", "stranger", "rival"):
        actor = getattr(cast, who)
        refused("refused", services.accept_booking, actor=actor, booking=asked, now=now)
    Booking.objects.update(start_at=hour(-2), end_at=hour(-2, 12))
    refused("wrong_state", services.accept_booking, actor=cast.operator, booking=asked, now=now)


@pytest.mark.parametrize("kind", ["equipment", "line"])
def test_the_database_refuses_a_unit_held_twice(reactor, line, kind):
    other = {"equipment": None, "line": line} if kind == "line" else {"equipment": reactor}
    BookingFactory(**other, status="accepted")
    BookingFactory(**other, status="accepted", start_at=hour(5, 12))
    BookingFactory(**other, status="requested")

    with pytest.raises(IntegrityError), transaction.atomic():
        BookingFactory(**other, status="blocked", start_at=hour(5, 10))


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_time_one_is_accepted(asked, reactor, operator, now):
    rows, said = [asked, BookingFactory(equipment=reactor)], []

    def accept(row):
        try:
            said.append(services.accept_booking(actor=operator, booking=row, now=now).status)
        except DomainError as error:
            said.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=accept, args=[row]) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["accepted", "taken"]


def test_declining_says_why(asked, operator, enterprise, now):
    call = {"actor": operator, "booking": asked, "now": now}
    assert refused(
        "field_required", services.decline_booking, **call, decline_reason="x"
    ).field == "decline_reason"  # fmt: skip
    assert refused(
        "reason_required", services.decline_booking, **call, decline_reason="other"
    ).field == "reason"  # fmt: skip
    refused(
        "refused", services.decline_booking, **call | {"actor": enterprise}, decline_reason="busy"
    )

    booking = services.decline_booking(**call, decline_reason="other", reason="下周再来")

    assert (booking.status, booking.decline_reason) == ("declined", "other")
    refused("wrong_state", services.decline_booking, **call, decline_reason="busy")


@pytest.mark.parametrize("status", ["requested", "accepted"])
def test_withdrawing_lets_the_time_go(asked, enterprise, operator, now, status):
    if status == "accepted":
        services.accept_booking(actor=operator, booking=asked, now=now)
    call = {"actor": enterprise, "booking": asked, "name": "withdraw", "now": now}
    refused("refused", services.move_booking, **call | {"actor": operator})

    assert services.move_booking(**call).status == "withdrawn"

    assert services.booking.free_units(asked.equipment, asked.start_at, asked.end_at) == [1]
    refused("wrong_state", services.move_booking, **call)


def begun(booking, hours=5):
    """The booking accepted, begun some hours ago."""
    start = timezone.now().replace(minute=0, second=0, microsecond=0) - hours * HOUR
    Booking.objects.filter(pk=booking.pk).update(
        status="accepted", unit=1, start_at=start, end_at=start + 3 * HOUR
    )
    booking.refresh_from_db()
    return booking


def test_after_the_start_it_is_the_platforms_to_cancel(asked, enterprise, operator, now):
    call = {"booking": begun(asked), "now": now}
    refused("wrong_state", services.move_booking, actor=enterprise, name="withdraw", **call)
    refused("reason_required", services.move_booking, actor=operator, name="cancel", **call)

    booking = services.move_booking(actor=operator, name="cancel", reason="没有来", **call)

    assert booking.status == "not_used"
    assert not UsageLog.objects.exists()
    refused("refused", services.move_booking, actor=operator, name="accept", **call)


def test_use_is_counted_once(asked, operator, firm, now):
    call = {"actor": operator, "booking": begun(asked), "now": now}
    services.confirm_use(**call, hours=Decimal("2.5"))
    first = UsageLog.objects.get()

    booking = services.confirm_use(**call, hours=Decimal(3))

    line = UsageLog.objects.get()
    assert (line.pk, line.hours, line.booking) == (first.pk, 3, booking)
    assert (line.is_external, line.client_name, line.source) == (True, firm.name, "booking")
    assert (booking.status, booking.used_hours) == ("used", 3)
    refused("refused", services.delete_usage, actor=operator, line=line, now=now)


def test_use_of_a_line_stays_with_the_booking(line, operator, now):
    booking = begun(BookingFactory(equipment=None, line=line))

    booking = services.confirm_use(actor=operator, booking=booking, hours=Decimal(2), now=now)

    assert (booking.status, booking.used_hours) == ("used", 2)
    assert not UsageLog.objects.exists()


def test_use_is_refused_before_it_began_and_beyond_the_clock(asked, operator, enterprise, now):
    call = {"actor": operator, "booking": asked, "now": now}
    refused("wrong_state", services.confirm_use, **call, hours=Decimal(1))
    begun(asked)
    for hours in (Decimal(0), Decimal(9)):
        error = refused("hours", services.confirm_use, **call, hours=hours)
        assert error.field == "hours"
    refused("refused", services.confirm_use, **call | {"actor": enterprise}, hours=Decimal(1))


def test_the_platform_keeps_time_back_and_opens_it_again(platform, operator, enterprise, now):
    three = SharedFactory(platform=platform, quantity=3)
    call = {
        "actor": operator, "resource": three, "start_at": hour(5, 8), "end_at": hour(7, 8),
        "purpose": "检修", "now": now, "units": 2,
    }  # fmt: skip
    refused("refused", services.block_time, **call | {"actor": enterprise})
    assert refused("units", services.block_time, **call | {"units": 4}).field == "units"

    made = services.block_time(**call)

    assert [(row.status, row.unit, row.organisation) for row in made] == [
        ("blocked", 1, None), ("blocked", 2, None),
    ]  # fmt: skip
    refused("taken", services.block_time, **call)
    opened = services.move_booking(actor=operator, booking=made[0], name="release", now=now)
    assert opened.status == "withdrawn"
    assert len(services.block_time(**call)) == 2


def test_an_operator_opens_bookings_on_the_edit_form(operator, platform, now):
    shut = SharedFactory(platform=platform, takes_bookings=False)

    edit_listing(actor=operator, listing=shut, values={"takes_bookings": True}, now=now)

    assert Equipment.objects.bookable().get() == shut
