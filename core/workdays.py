"""Days: those that were typed, and the working calendar of China (holidays and 调休)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta

import chinese_calendar
from django.utils import timezone
from django.utils.dateparse import parse_date


def given_day(text: str) -> date | None:
    """The day that was typed; None for none, and for what is no day."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def given_moment(text: str) -> datetime | None:
    """The moment that a page was made from; None for none, and for what is no moment."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def months_later(day: date, months: int) -> date:
    """The same day of the month, `months` later; its last day where the month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def a_year_before(day: date) -> date:
    """The same day of the year before."""
    return months_later(day, -12)


def is_workday(day: date) -> bool:
    """Whether offices work that day; plain weekdays where no calendar is published yet."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def add_workdays(start: datetime, days: int) -> datetime:
    """The same time of day, `days` working days later (local calendar)."""
    moment = timezone.localtime(start)
    while days > 0:
        moment += timedelta(days=1)
        if is_workday(moment.date()):
            days -= 1
    return moment


def end_of_workdays(start: datetime, days: int) -> datetime:
    """The end of the last of `days` whole working days after the day of `start`."""
    last = timezone.localtime(add_workdays(start, days))
    return last.replace(hour=23, minute=59, second=59, microsecond=0)


def workdays_between(first: date, last: date) -> int:
    """Working days after `first` up to and with `last`; negative when `last` is earlier."""
    if last < first:
        return -workdays_between(last, first)
    days = range(1, (last - first).days + 1)
    return sum(is_workday(first + timedelta(days=number)) for number in days)


def working_hours(start: datetime, end: datetime) -> float:
    """Hours between two times that fall on working days; whole days count 24."""
    moment, stop = timezone.localtime(start), timezone.localtime(end)
    total = timedelta()
    while moment < stop:
        midnight = (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        until = min(midnight, stop)
        if is_workday(moment.date()):
            total += until - moment
        moment = until
    return total.total_seconds() / 3600
