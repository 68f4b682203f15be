"""The calendar that everybody sees, the way to a booking, and the lists of both sides."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from platforms.access import BookingAccess
from platforms.models import Booking, UsageLog
from platforms.selectors.booking import booking_replies, calendar_of
from platforms.states import BOOKING
from tests.factories.booking import BookingFactory, SharedFactory, hour
from tests.factories.platforms import EquipmentFactory

LIST = reverse("platforms:bookings")


def book_url(resource):
    return reverse("platforms:book", args=["equipment", resource.slug])


@pytest.mark.parametrize(
    ("who", "sees"),
    [("operator", True), ("enterprise", True), ("staff", True), ("other_staff", False),
     ("stranger", False), ("rival", False)],
)  # fmt: skip
def test_visibility(asked, cast, who, sees):
    assert BookingAccess(getattr(cast, who)).visible().exists() is sees


@pytest.mark.parametrize("row", BOOKING.transitions, ids=lambda row: row.name)
def test_buttons_are_for_their_side(asked, cast, row):
    asked.status = next(iter(row.sources - {"used"}))
    if row.name == "use":
        asked.start_at = hour(-1)

    may = {who for who in vars(cast) if BookingAccess(getattr(cast, who)).can(row.name, asked)}

    assert may == ({"enterprise"} if row.name == "withdraw" else {"operator"})


def test_answers_to_bookings_stand_by_themselves_on_the_platforms_page(client, reactor, firm, now):
    asked = now - timedelta(days=9)
    promised = asked + timedelta(days=2)
    early, late = asked + timedelta(hours=5), asked + timedelta(days=3)
    for place, values in enumerate((
        {"status": "used", "accepted_at": early, "unit": 1},
        {"status": "declined", "status_changed_at": early, "decline_reason": "busy"},
        {"status": "declined", "status_changed_at": late, "decline_reason": "busy"},
        {},  # nobody answered
        {"status": "withdrawn"},  # before an answer
        {"reply_due_at": now + timedelta(days=1)},  # not due yet
    )):  # fmt: skip
        facts = {"start_at": hour(5 + place), "asked_at": asked, "reply_due_at": promised}
        BookingFactory(equipment=reactor, organisation=firm, **(facts | values))

    found = booking_replies(reactor.platform, now)
    page = client.get(reactor.platform.get_absolute_url()).content.decode()

    assert (found.count, found.accepted, found.on_time, found.on_time_percent) == (4, 1, 2, 50)
    assert "另有设备预约申请 4 次，按时答复 50%，受理 1 次" in page
    assert "近一年还没有到期的咨询" in page


def test_the_calendar_says_when_never_who(client, reactor, firm, now):
    BookingFactory(equipment=reactor, organisation=firm, status="accepted")
    BookingFactory(equipment=reactor, organisation=firm, start_at=hour(6))

    rows = calendar_of(reactor, now)
    page = client.get(reactor.get_absolute_url()).content.decode()

    days = [((row.last - row.first).days + 1, row.hours, row.is_full) for row in rows]
    assert days == [(5, [], False), (1, ["09:00–12:00"], False), (85, [], False)]
    assert "09:00–12:00" in page
    assert "申请预约" in page
    assert firm.name not in page
    assert "树脂分散试验" not in page


def test_the_calendar_counts_units_and_whole_days(platform, now):
    pair = SharedFactory(platform=platform, quantity=2)
    days = {"start_at": hour(2, 0), "end_at": hour(4, 0), "status": "blocked"}
    BookingFactory(equipment=pair, **days)
    BookingFactory(equipment=pair, unit=2, **days | {"start_at": hour(3, 0)})

    rows = calendar_of(pair, now)[1:3]

    assert [(row.hours, row.is_full) for row in rows] == [
        (["00:00–24:00（2 台中 1 台）"], False), (["00:00–24:00（2 台中 2 台）"], True),
    ]  # fmt: skip


def test_what_takes_no_bookings_has_no_calendar(client, platform):
    shut = EquipmentFactory(platform=platform, is_open=True)

    page = client.get(shut.get_absolute_url())

    assert page.context["calendar"] is None
    assert "申请预约" not in page.content.decode()
    found = client.get("/resources/", {"bookable": "on"})
    assert found.context["total"] == 0


def test_an_enterprise_books_and_the_operator_answers(sign_in, enterprise, operator, reactor):
    client = sign_in(enterprise)
    form = {"start_at": f"{hour(5):%Y-%m-%dT%H:%M}", "end_at": f"{hour(5, 12):%Y-%m-%dT%H:%M}",
            "purpose": "试验", "organisation": enterprise.organisations[0].pk}  # fmt: skip
    wrong = client.post(book_url(reactor), form | {"end_at": form["start_at"]})
    assert "结束时间须晚于开始时间" in wrong.content.decode()
    made = client.post(book_url(reactor), form)
    booking = Booking.objects.get()
    assert made.url == booking.get_absolute_url()
    assert "等待平台答复" in client.get(made.url).content.decode()

    client = sign_in(operator)
    act = lambda name: reverse(f"platforms:booking_{name}", args=[booking.pk])  # noqa: E731 -- three addresses alike
    assert act("accept") in client.get(LIST).content.decode()
    refused = client.post(act("decline"), {"decline_reason": "other"})
    assert "请写明原因" in refused.content.decode()
    client.post(act("accept"))
    booking.refresh_from_db()
    assert booking.status == "accepted"
    Booking.objects.update(start_at=hour(-2), end_at=hour(-2, 12))
    assert "登记实际使用" in client.get(booking.get_absolute_url()).content.decode()
    client.post(act("use"), {"hours": "2.5"})
    assert UsageLog.objects.get().hours == 2.5


def test_an_operator_keeps_time_back(sign_in, operator, reactor):
    client = sign_in(operator)
    assert "停用时段" in client.get(reactor.get_absolute_url()).content.decode()
    form = {"start_at": f"{hour(5):%Y-%m-%dT%H:%M}", "end_at": f"{hour(6):%Y-%m-%dT%H:%M}",
            "purpose": "检修", "units": "1"}  # fmt: skip
    assert client.post(book_url(reactor), form).url == book_url(reactor)
    (block,) = client.get(book_url(reactor)).context["blocks"]

    client.post(reverse("platforms:booking_move", args=[block.pk, "release"]))

    assert not client.get(book_url(reactor)).context["blocks"]


def test_a_decline_a_withdrawal_and_what_is_foreign(sign_in, asked, cast):
    url = reverse("platforms:booking_move", args=[asked.pk, "withdraw"])
    assert sign_in(cast.rival).post(url).status_code == 404
    assert sign_in(cast.staff).post(url).status_code == 403
    assert sign_in(cast.enterprise).post(url).url == asked.get_absolute_url()
    other = BookingFactory(equipment=asked.equipment, start_at=hour(8))
    decline = reverse("platforms:booking_decline", args=[other.pk])
    sign_in(cast.operator).post(decline, {"decline_reason": "busy"})
    other.refresh_from_db()
    assert other.status == "declined"


def test_lists_have_filters_and_empty_words(sign_in, asked, cast):
    client = sign_in(cast.operator)
    BookingFactory(equipment=asked.equipment, status="accepted", start_at=hour(-3))
    Booking.objects.filter(pk=asked.pk).update(reply_due_at=timezone.now() - timedelta(hours=1))

    def total(**query):
        return client.get(LIST, query).context["total"]

    found = (total(), total(timing="overdue"), total(timing="unsettled"), total(q="反应"))
    assert found == (2, 1, 1, 2)
    assert "反应釜" in client.get(LIST, {"export": "csv"}).content.decode()
    assert "看可预约的设备" in sign_in(cast.rival).get(LIST).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same(sign_in, operator, reactor, rows, django_assert_num_queries):
    for number in range(rows):
        BookingFactory(equipment=reactor, start_at=hour(5, 8 + number))
    client = sign_in(operator)
    client.get(LIST)

    with django_assert_num_queries(7):
        client.get(LIST)
