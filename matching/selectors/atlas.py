"""中试图谱的缺口: open demands that found nothing relevant and possible, by field and region."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Substr

from demands.models import Demand
from matching.models import MatchList
from platforms.models import Capability
from taxonomy.models import Region, RegionLevel
from taxonomy.selectors import provinces, regions_under, term_choices

UNKNOWN = ""
UNKNOWN_LABEL = "未注明"
HEAT_LEVELS = 4
Counts = dict[tuple[str, str], tuple[int, int]]
UNMET = Q(match_list__relevant_count=0)


@dataclass(frozen=True, slots=True)
class Cell:
    """Open demands of one field in one region, and how many of them are unmet."""

    region: str
    unmet: int
    total: int
    heat: int  # 0 none … 4 the most of the table


@dataclass(frozen=True, slots=True)
class AtlasRow:
    field: str
    label: str
    cells: list[Cell]
    unmet: int
    total: int
    supply: int  # shown capabilities of the field


@dataclass(frozen=True, slots=True)
class Atlas:
    columns: list[tuple[str, str]]  # region code ("" unknown), name
    rows: list[AtlasRow]
    unmet: int
    total: int
    waiting: int  # open demands that no run has looked at yet
    as_of: datetime | None

    @property
    def chart(self) -> dict[str, object]:
        """The rows with demands as a stacked bar chart."""
        asked = [row for row in self.rows if row.total]
        return {
            "kind": "bar",
            "unit": "条",
            "horizontal": True,
            "stacked": True,
            "labels": [row.label for row in asked],
            "series": [
                {"name": "已有合适能力", "values": [row.total - row.unmet for row in asked]},
                {"name": "未满足", "values": [row.unmet for row in asked]},
            ],
        }


def looked_at_demands(*, service: str = "", within: str = "") -> QuerySet[Demand]:
    """Open demands that a run has looked at, of a service type, inside a region (a prefix).

    Demo demands are no gap of the world, so they are left out.
    """
    rows = Demand.objects.open().filter(match_list__isnull=False, is_demo=False)
    if service:
        rows = rows.filter(service_types__code=service)
    return rows.filter(region__code__startswith=within) if within else rows


def unmet_demands() -> QuerySet[Demand]:
    """Open demands without any relevant capability that no constraint rules out, newest first."""
    rows = (
        looked_at_demands()
        .filter(UNMET)
        .select_related("field", "region", "organisation", "match_list")
    )
    return rows.order_by("-published_at", "-pk")


def gap_atlas(*, service: str = "", province: Region | None = None) -> Atlas:
    """The table of gaps: fields down, provinces (or the cities of one province) across.

    Only columns with demands are shown; what states no region or field stands under 未注明.
    """
    counts = _counts(service, province)
    waiting = Demand.objects.open().filter(match_list__isnull=True, is_demo=False).count()
    as_of = MatchList.objects.filter(demand__isnull=False).aggregate(at=Max("looked_at"))["at"]
    columns = _columns(counts, province)
    table = _rows(counts, columns)
    return Atlas(
        columns=columns,
        rows=table,
        unmet=sum(row.unmet for row in table),
        total=sum(row.total for row in table),
        waiting=waiting,
        as_of=as_of,
    )


def _counts(service: str, province: Region | None) -> Counts:
    """(total, unmet) by field code and region code; an empty code is 未注明."""
    rows = looked_at_demands(service=service, within=province.prefix if province else "")
    area = Substr("region_id", 1, 4 if province else 2)
    counted = rows.order_by().values_list("field__code", area)
    return {
        (field or UNKNOWN, (prefix or UNKNOWN) and prefix.ljust(6, "0")): (total, unmet)
        for field, prefix, total, unmet in counted.annotate(
            total=Count("pk", distinct=True), unmet=Count("pk", filter=UNMET, distinct=True)
        )
    }


def _columns(counts: Counts, province: Region | None) -> list[tuple[str, str]]:
    """Regions with demands, those with the most unmet ones first; 未注明 last."""
    unmet: dict[str, int] = {}
    for (_, region), (_, missing) in counts.items():
        unmet[region] = unmet.get(region, 0) + missing
    known = (
        [province, *regions_under(province.pk, level=RegionLevel.CITY)] if province else provinces()
    )
    names = {region.pk: region.short_name for region in known} | {UNKNOWN: UNKNOWN_LABEL}
    found = sorted(unmet, key=lambda code: (code == UNKNOWN, -unmet[code], code))
    return [(code, names.get(code, code)) for code in found]


def _rows(counts: Counts, columns: list[tuple[str, str]]) -> list[AtlasRow]:
    """One row for each field that has demands or capabilities, in the order of the code list."""
    most = max((unmet for _, unmet in counts.values()), default=0)
    real = Capability.objects.shown().filter(platform__is_demo=False)
    offered = real.order_by().values_list("field__code")
    supply = {code or UNKNOWN: n for code, n in offered.annotate(n=Count("pk"))}
    labels = [*term_choices("field-data"), (UNKNOWN, UNKNOWN_LABEL)]
    rows = []
    for code, label in labels:
        cells = [_cell(region, counts.get((code, region), (0, 0)), most) for region, _ in columns]
        total = sum(cell.total for cell in cells)
        if total or (code and supply.get(code)):
            unmet = sum(cell.unmet for cell in cells)
            rows.append(AtlasRow(code, label, cells, unmet, total, supply.get(code, 0)))
    return rows


def _cell(region: str, counted: tuple[int, int], most: int) -> Cell:
    total, unmet = counted
    return Cell(region, unmet, total, -(-unmet * HEAT_LEVELS // most) if most else 0)
