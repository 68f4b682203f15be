"""The frozen reports a publication is made of, and facts over all their platforms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from platforms.models import Platform
from reporting import queries
from reporting.enums import EDITABLE, Includes, Period, ReportStatus
from reporting.models import AnnualReport, Indicator, ReportCycle, ReportVersion
from reporting.publishing.totals import Defined, Record, Total, totals
from reporting.selectors.frozen import latest_versions
from taxonomy.models import Region, RegionLevel

CHUNK = 200
UNKNOWN = "未注明"


@dataclass(frozen=True)
class Reported:
    """One platform with its frozen report."""

    platform: Platform
    city: str
    fields: list[str]
    record: Record


def included(cycle: ReportCycle, includes: str) -> QuerySet[Any]:
    """The reports of a cycle that a publication takes in."""
    rows = cycle.reports.all()
    if includes == Includes.SUBMITTED:
        return rows.exclude(status__in=EDITABLE)
    return rows.filter(status=ReportStatus.ACCEPTED)


def versions(cycle: ReportCycle, includes: str) -> Iterator[ReportVersion]:
    """The latest frozen version of each report taken in, by chunks."""
    rows = ReportVersion.objects.filter(report__in=included(cycle, includes))
    related = ("report__platform__region__parent", "report__platform__kind",
               "report__platform__level", "report__platform__organisation")  # fmt: skip
    latest = latest_versions(rows, "value").select_related(*related)
    return latest.iterator(chunk_size=CHUNK)  # type: ignore[no-any-return]


def record_of(version: Any) -> Record:
    values = {code: value for code, (value,) in (version.lines or {}).items()}
    return Record(version.report.platform_id, version.number, version.sha256, values)


def reported(
    cycle: ReportCycle, includes: str, tell: Callable[[int], object] = lambda n: None
) -> list[Reported]:
    """Platforms with their frozen reports, by city and name."""
    fields: dict[int, list[str]] = {}
    through: Any = Platform.fields.through  # type: ignore[attr-defined]
    pairs = through.objects.filter(platform__annual_reports__cycle=cycle).order_by("term__order")
    for platform_id, name in pairs.values_list("platform_id", "term__name"):
        fields.setdefault(platform_id, []).append(name)
    found = []
    for version in versions(cycle, includes):
        platform = version.report.platform
        found.append(
            Reported(platform, city_of(platform.region), fields.get(platform.pk, []),
                     record_of(version))
        )  # fmt: skip
        if len(found) % CHUNK == 0:
            tell(len(found))
    return sorted(found, key=lambda row: (row.platform.region_id, row.platform.pinyin_key,
                                          row.platform.pk))  # fmt: skip


def city_of(region: Region) -> str:
    """The city a place lies in, the place itself when it is one or wider."""
    if region.level == RegionLevel.COUNTY and region.parent is not None:
        return str(region.parent)
    return str(region)


def earlier_cycle(cycle: ReportCycle) -> ReportCycle | None:
    """The same region's cycle of the year before."""
    rows = ReportCycle.objects.filter(
        year=cycle.year - 1, region=cycle.region_id, is_demo=cycle.is_demo
    )
    return rows.select_related("region").first()


def facts_of(
    cycle: ReportCycle, includes: str, indicators: list[Indicator], now: datetime
) -> dict[str, Decimal | None]:
    """Numbers counted again over all platforms together; for an earlier year ask flows only."""
    reports = included(cycle, includes)
    scope = queries.Scope(
        AnnualReport.objects.filter(pk__in=reports.values("pk")).values("platform"),
        cycle.first_day, cycle.last_day, cycle.region.prefix, now,
    )  # fmt: skip
    found = queries.overall([row.query for row in indicators], scope)
    return {row.code: found[row.query].value for row in indicators}


@dataclass(frozen=True)
class Year:
    """Totals of a year and how many reports they rest on."""

    totals: dict[str, Total]
    records: list[Record]


def year_of(
    cycle: ReportCycle,
    includes: str,
    methods: dict[str, str],
    now: datetime,
    records: list[Record] | None = None,
) -> Year:
    """The declared totals of a cycle. `records` given: this year's; else an earlier cycle is
    read, of which numbers of the day (stocks) cannot be counted again."""
    is_earlier = records is None
    if records is None:
        records = [record_of(version) for version in versions(cycle, includes)]
    rows = list(cycle.indicators.filter(code__in=methods))
    asked = [
        row
        for row in rows
        if methods[row.code] == "facts" and not (is_earlier and row.period != Period.YEAR)
    ]
    facts = facts_of(cycle, includes, asked, now) if records else {}
    defined = {row.code: Defined(row.code, row.decimals, row.formula) for row in rows}
    return Year(totals(methods, defined, records, facts) if records else {}, records)
