"""中试图谱的缺口: open demands that found nothing relevant and possible, by process kind, field and
region. Two of the three are the table, the third narrows it; every number leads to its demands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Max, QuerySet
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.http import urlencode

from demands.models import Demand
from matching.models import Match, MatchList
from matching.selectors.weights import unmet
from platforms.models import Capability
from taxonomy.models import Region, RegionLevel
from taxonomy.selectors import provinces, term_choices

NOTHING = "none"  # 未注明, as a choice
UNKNOWN = ""
UNKNOWN_LABEL = "未注明"
HEAT_LEVELS = 4
UNMET = unmet("match_list__")
PROCESS, FIELD, REGION = "process", "field", "region"
AXES = {PROCESS: "工艺", FIELD: "领域", REGION: "地区"}
TERM_LISTS = {PROCESS: "process-kind", FIELD: "field-data"}
# what stands down the table and what across it
VIEWS = {
    "process-field": (PROCESS, FIELD),
    "process-region": (PROCESS, REGION),
    "field-region": (FIELD, REGION),
}
PROVINCE_DIGITS, CITY_DIGITS = 2, 4
CLOSEST, CANDIDATES = 5, 6  # ranks of a list that count as close; platforms that are named


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which demands count: codes of a service type, process kind and field (`none`: 未注明), and
    the leading digits of the region they lie in. What is empty does not narrow."""

    service: str = ""
    process: str = ""
    field: str = ""
    within: str = ""

    @property
    def query(self) -> dict[str, str]:
        """As the query of the list of demands takes it."""
        region = self.within.ljust(6, "0") if self.within else ""
        wanted = {"service": self.service, PROCESS: self.process, FIELD: self.field}
        return {name: value for name, value in (wanted | {REGION: region}).items() if value}


class Place(NamedTuple):
    """A cell of the cube; an empty code is 未注明."""

    process: str
    field: str
    region: str


class Tally(NamedTuple):
    total: int
    unmet: int


Cube = dict[Place, Tally]


@dataclass(frozen=True, slots=True)
class Cell:
    """Open demands of one row and column, how many of them are unmet, and where they are listed."""

    unmet: int
    total: int
    heat: int  # 0 none … 4 the most of the table
    query: str


@dataclass(frozen=True, slots=True)
class AtlasRow:
    code: str
    label: str
    cells: list[Cell]
    unmet: int
    total: int
    supply: int  # shown capabilities of the row
    query: str


@dataclass(frozen=True, slots=True)
class Atlas:
    rows_axis: str
    columns_axis: str
    columns: list[tuple[str, str]]  # code ("" unknown), name
    rows: list[AtlasRow]
    unmet: int
    total: int
    waiting: int  # open demands that no run has looked at yet
    as_of: datetime | None

    @property
    def rows_label(self) -> str:
        return AXES[self.rows_axis]

    @property
    def columns_label(self) -> str:
        return AXES[self.columns_axis]

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


@dataclass(frozen=True, slots=True)
class GapLine:
    """One cell of the cube in words, as exports and machines get it."""

    place: Place
    process: str
    field: str
    region: str
    unmet: int
    total: int
    supply: int  # shown capabilities of this process kind and field


def looked_at_demands(narrowing: Narrowing | None = None) -> QuerySet[Demand]:
    """Open demands that a run has looked at, narrowed.

    Demo demands are no gap of the world, so they are left out.
    """
    wanted = narrowing or Narrowing()
    rows = Demand.objects.open().filter(match_list__isnull=False, is_demo=False)
    if wanted.service:
        rows = rows.filter(service_types__code=wanted.service)
    for path, code in (("process_kind", wanted.process), ("field", wanted.field)):
        if code == NOTHING:
            rows = rows.filter(**{f"{path}__isnull": True})
        elif code:
            rows = rows.filter(**{f"{path}__code": code})
    return rows.filter(region__code__startswith=wanted.within) if wanted.within else rows


def unmet_demands() -> QuerySet[Demand]:
    """Open demands without any relevant capability that no constraint rules out, or that probably
    nobody can meet, newest first."""
    rows = (
        looked_at_demands()
        .filter(UNMET)
        .select_related("field", "process_kind", "region", "organisation", "match_list")
    )
    return rows.order_by("-published_at", "-pk")


@dataclass(frozen=True)
class Candidate:
    """A platform that comes closest to unmet demands: what could be built up or extended (G35)."""

    name: str
    url: str
    demands: int


def gap_candidates(demands: QuerySet[Demand]) -> list[Candidate]:
    """The real platforms that stand among the best of the lists of most of these demands.

    One query. Give only demands whose lists the reader may see.
    """
    rows = Match.objects.live().filter(
        match_list__demand__in=demands.order_by().values("pk"),
        rank__lte=CLOSEST,
        capability__platform__is_demo=False,
    )
    platform = "capability__platform"
    found = rows.values_list(f"{platform}__name", f"{platform}__slug").annotate(
        demands=Count("demand", distinct=True)
    )
    best = found.order_by("-demands", f"{platform}__pinyin_key", f"{platform}__pk")[:CANDIDATES]
    return [
        Candidate(name, reverse("platforms:platform", args=[slug]), count)
        for name, slug, count in best
    ]


def gap_cube(narrowing: Narrowing | None = None, *, digits: int = PROVINCE_DIGITS) -> Cube:
    """How many demands, and how many of them unmet, by process kind, field and region (as wide as
    its leading `digits`: provinces or cities). One query."""
    rows = looked_at_demands(narrowing).order_by()
    area = Substr("region_id", 1, digits)
    counted = rows.values_list("process_kind__code", "field__code", area).annotate(
        total=Count("pk", distinct=True), unmet=Count("pk", filter=UNMET, distinct=True)
    )
    return {
        Place(process or UNKNOWN, field or UNKNOWN, prefix.ljust(6, "0") if prefix else UNKNOWN): (
            Tally(total, unmet)
        )
        for process, field, prefix, total, unmet in counted
    }


def gap_atlas(view: str = "process-field", narrowing: Narrowing | None = None) -> Atlas:
    """The table of gaps of one of the VIEWS; regions are provinces, or the cities of the region
    that narrows it. Only columns with demands are shown; what states nothing is 未注明."""
    wanted = narrowing or Narrowing()
    down, across = VIEWS[view]
    counts = _projected(gap_cube(wanted, digits=_digits(wanted)), down, across)
    columns = _columns(counts, _names(across, wanted.within, _digits(wanted)))
    rows = _rows(counts, columns, down, across, wanted)
    waiting = Demand.objects.open().filter(match_list__isnull=True, is_demo=False).count()
    as_of = MatchList.objects.filter(demand__isnull=False).aggregate(at=Max("looked_at"))["at"]
    return Atlas(
        rows_axis=down,
        columns_axis=across,
        columns=columns,
        rows=rows,
        unmet=sum(row.unmet for row in rows),
        total=sum(row.total for row in rows),
        waiting=waiting,
        as_of=as_of,
    )


def gap_lines(
    narrowing: Narrowing | None = None, *, digits: int = PROVINCE_DIGITS
) -> list[GapLine]:
    """Every cell of the cube that has demands, the most unmet first."""
    wanted = narrowing or Narrowing()
    digits = max(digits, _digits(wanted))
    names = {axis: _names(axis, wanted.within, digits) for axis in AXES}
    supply = _supply("process_kind__code", "field__code")
    lines = [
        GapLine(
            place=place,
            process=names[PROCESS].get(place.process, place.process),
            field=names[FIELD].get(place.field, place.field),
            region=names[REGION].get(place.region, place.region),
            unmet=tally.unmet,
            total=tally.total,
            supply=supply.get((place.process, place.field), 0),
        )
        for place, tally in gap_cube(wanted, digits=digits).items()
    ]
    return sorted(lines, key=lambda line: (-line.unmet, -line.total, line.place))


def unmet_count(*, process: str = "", field: str = "", region: str = "") -> int:
    """How many open demands of a process kind, field and region code (empty: any) are unmet."""
    found = Region.objects.filter(pk=region).first() if region else None
    narrowing = Narrowing(process=process, field=field, within=found.prefix if found else "")
    return looked_at_demands(narrowing).filter(UNMET).distinct().count()


def demands_query(place: Mapping[str, str], narrowing: Narrowing | None = None) -> str:
    """The query of the list of unmet demands for a cell: codes by axis, "" for 未注明."""
    found = {axis: code or NOTHING for axis, code in place.items()}
    return urlencode((narrowing or Narrowing()).query | found)


def _digits(narrowing: Narrowing) -> int:
    return CITY_DIGITS if narrowing.within else PROVINCE_DIGITS


def _projected(cube: Cube, down: str, across: str) -> dict[tuple[str, str], Tally]:
    counts: dict[tuple[str, str], Tally] = {}
    for place, tally in cube.items():
        key = getattr(place, down), getattr(place, across)
        known = counts.get(key, Tally(0, 0))
        counts[key] = Tally(known.total + tally.total, known.unmet + tally.unmet)
    return counts


def _names(axis: str, within: str, digits: int) -> dict[str, str]:
    """Names by code in the order of the list, 未注明 last."""
    if axis in TERM_LISTS:
        return dict([*term_choices(TERM_LISTS[axis]), (UNKNOWN, UNKNOWN_LABEL)])
    inside = Region.objects.filter(level__lte=RegionLevel.CITY, code__startswith=within)
    found: Iterable[Region] = inside if digits == CITY_DIGITS else provinces()
    return {region.pk: region.short_name for region in found} | {UNKNOWN: UNKNOWN_LABEL}


def _columns(
    counts: Mapping[tuple[str, str], Tally], names: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Columns with demands, those with the most unmet ones first; 未注明 last."""
    unmet: dict[str, int] = {}
    for (_, code), tally in counts.items():
        unmet[code] = unmet.get(code, 0) + tally.unmet
    found = sorted(unmet, key=lambda code: (code == UNKNOWN, -unmet[code], code))
    return [(code, names.get(code, code)) for code in found]


def _rows(
    counts: Mapping[tuple[str, str], Tally],
    columns: list[tuple[str, str]],
    down: str,
    across: str,
    narrowing: Narrowing,
) -> list[AtlasRow]:
    """One row for each kind or field with demands or capabilities, in the order of its list."""
    most = max((tally.unmet for tally in counts.values()), default=0)
    supply = _supply("process_kind__code" if down == PROCESS else "field__code")
    rows = []
    for code, label in _names(down, narrowing.within, PROVINCE_DIGITS).items():
        tallies = [counts.get((code, column), Tally(0, 0)) for column, _ in columns]
        places = [{down: code, across: column} for column, _ in columns]
        cells = [
            Cell(tally.unmet, tally.total, _heat(tally.unmet, most), demands_query(at, narrowing))
            for tally, at in zip(tallies, places, strict=True)
        ]
        total, offered = sum(cell.total for cell in cells), supply.get((code,), 0)
        if total or (code and offered):
            unmet = sum(cell.unmet for cell in cells)
            query = demands_query({down: code}, narrowing)
            rows.append(AtlasRow(code, label, cells, unmet, total, offered, query))
    return rows


def _heat(unmet: int, most: int) -> int:
    return -(-unmet * HEAT_LEVELS // most) if most else 0


def _supply(*paths: str) -> dict[tuple[str, ...], int]:
    """Shown capabilities of real platforms by the codes of `paths`. One query."""
    real = Capability.objects.shown().filter(platform__is_demo=False)
    counted = real.order_by().values_list(*paths).annotate(n=Count("pk"))
    return {tuple(code or UNKNOWN for code in codes): n for *codes, n in counted}
