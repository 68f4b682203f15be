"""Working hours and medians in SQL. The calendar is that of `core.workdays`, as two arrays."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Aggregate, DurationField, FloatField, Func

from core.workdays import is_workday

DAYS_BEFORE, DAYS_AFTER = 370, 800


class Median(Aggregate):
    """percentile_cont(0.5): the middle value, between two middle ones when there are two."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field: Any = FloatField()


class MedianDuration(Median):
    output_field: Any = DurationField()


@lru_cache(maxsize=16)
def calendar(first: date, days: int = DAYS_AFTER) -> tuple[date, list[float], list[float]]:
    """First day covered, working hours before each day, and 1 for a working day, from a year
    before `first` on. A working day counts 24 hours, as in `core.workdays.working_hours`."""
    start = first - timedelta(days=DAYS_BEFORE)
    works = [float(is_workday(start + timedelta(days=n))) for n in range(DAYS_BEFORE + days)]
    before, hours = [], 0.0
    for work in works:
        before.append(hours)
        hours += 24 * work
    return start, before, works


class WorkingHours(Func):
    """Hours between two time columns that fall on working days.

    Set-based: no loop over days, one array look-up an end. `first` is the first day that counts;
    the calendar reaches from a year before it to `days` (two years and more) after it.
    """

    arity = 2
    output_field = FloatField()

    def __init__(self, start: Any, end: Any, *, first: date, days: int = DAYS_AFTER) -> None:
        super().__init__(start, end)
        self.first, self.days = first, days

    def as_sql(  # type: ignore[override]  # nothing of the base's template is used
        self, compiler: Any, connection: Any, **extra: Any
    ) -> tuple[str, list[Any]]:
        parts = [self._hours(compiler, expression) for expression in self.source_expressions]
        (end_sql, end_params), (start_sql, start_params) = parts[1], parts[0]
        return f"({end_sql} - {start_sql})", [*end_params, *start_params]

    def _hours(self, compiler: Any, expression: Any) -> tuple[str, list[Any]]:
        sql, params = compiler.compile(expression)
        start, before, works = calendar(self.first, self.days)
        local = f"({sql} AT TIME ZONE %s)"
        slot = f"({local}::date - %s::date + 1)"
        seconds = f"EXTRACT(EPOCH FROM {local}::time)::float8"
        text = f"((%s::float8[])[{slot}] + (%s::float8[])[{slot}] * {seconds} / 3600)"
        zone = settings.TIME_ZONE
        at = [*params, zone]
        return text, [before, *at, start, works, *at, start, *at]
