"""Who is shown: shares of the places in demands' lists by size class, region and newness.

Measured on every run, so that staff see whether small, remote or new platforms get their turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, CharField, Count, F, QuerySet, Value, When
from django.db.models.functions import Substr
from django.utils import timezone

from accounts.enums import SizeClass
from core.models import JobStatus
from matching.enums import RunKind
from matching.models import Match, MatchRun
from platforms.models import Capability
from taxonomy.models import Region

PLACES = 10  # the first page of a list
NEW_FOR = timedelta(days=90)
UNKNOWN = "未注明"
GROUPS = {"size_class": "企业规模", "region": "平台所在省份", "newness": "入网时间"}
TREND_RUNS = 12
CHARTED = 6


def exposure(run: MatchRun) -> dict[str, Any]:
    """Shares of the first ten places this run gave, beside the shares among all capabilities.

    `{"places": n, "size_class": {label: [shown, offered]}, "region": …, "newness": …}`; shares
    are fractions of 1, a platform without the fact counts as 未注明.
    """
    places = Match.objects.filter(match_list__run=run, is_possible=True, rank__lte=PLACES)
    places = places.for_demands()
    count = places.count()
    if not count:
        return {"places": 0}
    offered = Capability.objects.shown()
    result: dict[str, Any] = {"places": count}
    for name in ("size_class", "region", "newness"):
        shown = _shares(_grouped(places, "capability__", name))
        among = _shares(_grouped(offered, "", name))
        labels = _labels(name)
        result[name] = {
            labels.get(key, key) or UNKNOWN: [shown.get(key, 0.0), among.get(key, 0.0)]
            for key in sorted({*shown, *among}, key=lambda key: (-shown.get(key, 0.0), key))
        }
    return result


def _grouped(rows: QuerySet[Any], path: str, name: str) -> dict[str, int]:
    if name == "size_class":
        key: Any = F(f"{path}platform__organisation__size_class")
    elif name == "region":
        key = Substr(f"{path}platform__region_id", 1, 2)
    else:
        recent = {f"{path}platform__created_at__gte": timezone.now() - NEW_FOR}
        key = Case(When(**recent, then=Value("new")), default=Value("known"))
    counted = rows.order_by().annotate(group=Case(default=key, output_field=CharField()))
    return {group or "": n for group, n in counted.values_list("group").annotate(n=Count("pk"))}


def _shares(counts: dict[str, int]) -> dict[str, float]:
    whole = sum(counts.values())
    return {key: round(count / whole, 4) for key, count in counts.items()} if whole else {}


def _labels(name: str) -> dict[str, str]:
    if name == "size_class":
        return {value: str(label) for value, label in SizeClass.choices}
    if name == "newness":
        return {"new": "近 90 天入网", "known": "更早入网"}
    rows = Region.objects.filter(pk__endswith="0000").values_list("pk", "short_name")
    return {code[:2]: label for code, label in rows}


@dataclass(frozen=True, slots=True)
class TrendLine:
    """One group over the runs of a trend; percents, None where a run did not know the group."""

    label: str
    shown: list[float | None]
    offered: float | None  # in the newest run

    @property
    def latest(self) -> float | None:
        return self.shown[-1]

    @property
    def ratio(self) -> float | None:
        """1: shown as often as offered in the newest run."""
        if self.latest is None or not self.offered:
            return None
        return round(self.latest / self.offered, 2)


@dataclass(frozen=True, slots=True)
class Trend:
    """Exposure over the last full runs, oldest first."""

    by: str
    label: str
    runs: list[MatchRun]
    lines: list[TrendLine]

    @property
    def chart(self) -> dict[str, object]:
        """The groups shown most: lines over the runs, or bars while there is one run."""
        lines = self.lines[:CHARTED]
        if len(self.runs) == 1:
            shown = [line.latest for line in lines]
            offered = [line.offered for line in lines]
            series = [("展示", shown), ("供给", offered)]
            labels = [line.label for line in lines]
        else:
            series = [(line.label, line.shown) for line in lines]
            ends = [run.finished_at for run in self.runs if run.finished_at]
            labels = [f"{timezone.localtime(end):%m-%d %H:%M}" for end in ends]
        return {
            "kind": "bar" if len(self.runs) == 1 else "line",
            "unit": "%",
            "labels": labels,
            "series": [{"name": name, "values": values} for name, values in series],
        }


def exposure_trend(by: str) -> Trend:
    """Shares of the first ten places by size class, region or newness, over the last full runs
    that measured them."""
    by = by if by in GROUPS else next(iter(GROUPS))
    rows = MatchRun.objects.filter(kind=RunKind.FULL, status=JobStatus.DONE)
    rows = rows.filter(result__exposure__places__gt=0).newest_first()[:TREND_RUNS]
    runs = [run for run in reversed(rows) if by in run.result["exposure"]]
    found = [run.result["exposure"][by] for run in runs]
    names = sorted({name for shares in found for name in shares})
    lines = [
        TrendLine(
            name,
            [_percent(shares.get(name), 0) for shares in found],
            _percent(found[-1].get(name), 1),
        )
        for name in names
    ]
    lines.sort(key=lambda line: (-(line.latest or 0), line.label))
    return Trend(by, GROUPS[by], runs, lines)


def _percent(pair: list[float] | None, at: int) -> float | None:
    return round(100 * pair[at], 2) if pair else None
