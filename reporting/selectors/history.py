"""A running indicator over time: the last value of each day, week or month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Trunc
from django.utils.safestring import SafeString

from reporting.models import Indicator, PortalValue
from reporting.publishing.blocks import chart
from reporting.selectors.monitoring import lines_of
from reporting.selectors.publications import block_shown

PERIODS = {"day": "按日", "week": "按周", "month": "按月"}
SHOWN = {"day": 92, "week": 53, "month": 60}


@dataclass(frozen=True)
class Point:
    """A period with its last value; `start` is its first day, `day` the value's."""

    start: date
    day: date
    value: Decimal | None
    change: Decimal | None  # since the period before
    demo: Decimal | None
    lines: list[str]


def history_of(
    rows: QuerySet[PortalValue], indicator: Indicator, *, by: str, everything: bool = False
) -> list[Point]:
    """The periods that have a value, the newest first: those a page shows, or all of them.

    Values of earlier versions of the definition count too. One query.
    """
    kept = rows.filter(indicator__code=indicator.code).annotate(start=Trunc("day", by))
    last = kept.order_by("-start", "-day").distinct("start")
    found: list[Any] = list(last if everything else last[: SHOWN[by] + 1])
    points = [
        Point(row.start, row.day, row.value, _since(row, earlier), _demo(row),
              lines_of(indicator, row))
        for row, earlier in pairwise([*found, None])
    ]  # fmt: skip
    return points if everything else points[: SHOWN[by]]


def _since(row: PortalValue, earlier: PortalValue | None) -> Decimal | None:
    if earlier is None or row.value is None or earlier.value is None:
        return None
    return row.value - earlier.value


def _demo(row: PortalValue) -> Decimal | None:
    known = row.detail.get("demo")
    return None if known is None else Decimal(known)


def drawing_of(indicator: Indicator, points: list[Point], *, by: str) -> SafeString | None:
    """The values as a line, the oldest first; None for fewer than two."""
    known = [one for one in reversed(points) if one.value is not None]
    if len(known) < 2:
        return None
    form = "%Y-%m" if by == "month" else "%m-%d"
    title = f"{indicator.name}，{PERIODS[by]}"
    drawn = chart("history", title, "line", indicator.unit,
                  [one.start.strftime(form) for one in known],
                  [(indicator.name, [one.value for one in known])])  # fmt: skip
    return block_shown(drawn).drawing
