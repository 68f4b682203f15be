"""The working calendar: 国庆 2026 is 1–7 October, and 10 October (a Saturday) is worked for it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.workdays import (
    add_workdays,
    end_of_workdays,
    given_day,
    is_workday,
    workdays_between,
    working_hours,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),
        (date(2033, 3, 7), True),  # no calendar is published: weekdays decide
        (date(2033, 3, 5), False),
    ],
)
def test_is_workday(day, is_worked):
    assert is_workday(day) is is_worked


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-17T10:00", 2, "2026-11-19T10:00"),
        ("2026-11-20T10:00", 2, "2026-11-24T10:00"),  # over a weekend
        ("2026-11-21T10:00", 2, "2026-11-24T10:00"),  # asked on a Saturday
        ("2026-09-30T17:00", 2, "2026-10-09T17:00"),  # over 国庆
        ("2026-11-17T10:00", 0, "2026-11-17T10:00"),
    ],
)
def test_add_workdays(start, days, end):
    assert add_workdays(at(start), days) == at(end)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-17T10:00", "2026-11-17T13:30", 3.5),
        ("2026-11-20T22:00", "2026-11-23T01:00", 3.0),  # Friday night to Monday morning
        ("2026-11-21T08:00", "2026-11-22T20:00", 0.0),  # a weekend
        ("2026-11-17T10:00", "2026-11-17T09:00", 0.0),  # the end lies before the start
    ],
)
def test_working_hours(start, end, hours):
    assert working_hours(at(start), at(end)) == hours


def test_working_hours_ignore_the_zone_of_their_input():
    start, end = at("2026-11-17T10:00"), at("2026-11-17T12:00")

    assert working_hours(start.astimezone(ZoneInfo("UTC")), end) == 2.0


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 1)),
    st.integers(min_value=1, max_value=10),
)
def test_a_promise_of_n_days_ends_on_a_working_day(start, days):
    end = add_workdays(start.replace(tzinfo=SHANGHAI), days)

    assert is_workday(end.date())
    assert end.time() == start.time()
    assert working_hours(start.replace(tzinfo=SHANGHAI), end) <= 24 * days


def test_end_of_workdays_counts_whole_days_after_the_start():
    # 国庆 2025: 1–8 October are holidays, Sunday 28 September and Saturday 11 October are worked
    assert end_of_workdays(at("2025-09-29T15:00"), 5) == at("2025-10-13T23:59:59")


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2026, 11, 17), date(2026, 11, 19), 2),
        (date(2026, 11, 20), date(2026, 11, 23), 1),  # over a weekend
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 11, 19), date(2026, 11, 17), -2),
    ],
)
def test_workdays_between(first, last, days):
    assert workdays_between(first, last) == days


def test_what_is_no_day_is_none():
    assert given_day("2026-11-22") == date(2026, 11, 22)
    assert [given_day(text) for text in ("", "2026-13-40", "明天")] == [None, None, None]
