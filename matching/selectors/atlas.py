"""中试图谱的缺口: open demands that found nothing relevant and possible, by process kind, field and
region. Two of the three are the table, the third narrows it; every number leads to its demands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db.models import Count, Max, QuerySet
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.http import urlencode

from core.counts import kept
from demands.models import Demand
from matching.models import Match, MatchList
from matching.selectors.weights import unmet
from platforms.models import Capability
from taxonomy.models import Region, RegionLevel, Term
from taxonomy.selectors import provinces, term_choices

Counted = TypeVar("Counted")
NOTHING = "none"  # 未注明, as a choice
UNKNOWN = ""
UNKNOWN_LABEL = "未注明"
HEAT_LEVELS = 4
UNMET = unmet("match_list__")
PROCESS, FIELD, REGION = "process", "field", "region"
AXES = {PROCESS: "工艺", FIELD: "领域", REGION: "地区"}
TERM_LISTS = {PROCESS: "process-kind", FIELD: "field-data"}
COLUMNS = {PROCESS: "process_kind", FIELD: "field", REGION: "area"}
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


NONE = Tally(0, 0)
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
        links = Demand.service_types.through.objects.filter(term__code=wanted.service)
        rows = rows.filter(pk__in=links.values("demand"))
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
    its leading `digits`: provinces or cities). Two queries."""
    wanted = narrowing or Narrowing()
    counted = _tallies(wanted, tuple(AXES), digits, _codes(), is_kept=False)
    return {Place(*codes): tally for codes, tally in counted.items()}


def gap_atlas(
    view: str = "process-field", narrowing: Narrowing | None = None, *, is_kept: bool = False
) -> Atlas:
    """The table of gaps of one of the VIEWS; regions are provinces, or the cities of the region
    that narrows it. Only columns with demands are shown; what states nothing is 未注明.

    `is_kept`: counts over many rows may be up to five minutes old, as in lists.
    """
    wanted = narrowing or Narrowing()
    down, across = VIEWS[view]
    codes = _codes()
    counts = _tallies(wanted, (down, across), _digits(wanted), codes, is_kept=is_kept)
    columns = _columns(counts, _names(across, wanted.within, _digits(wanted)))
    supply = _supply(codes, COLUMNS[down], is_kept=is_kept)
    rows = _rows(counts, columns, (down, across), wanted, supply)
    total = sum(row.total for row in rows)
    waiting = Demand.objects.open().filter(match_list__isnull=True, is_demo=False)
    looked = MatchList.objects.filter(demand__isnull=False)
    return Atlas(
        rows_axis=down,
        columns_axis=across,
        columns=columns,
        rows=rows,
        unmet=sum(row.unmet for row in rows),
        total=total,
        # counting who waits reads everybody who does not
        waiting=_read(waiting, waiting.count, lambda n: n + total, is_kept=is_kept),
        as_of=_read(looked, lambda: looked.aggregate(at=Max("looked_at"))["at"],
                    lambda _at: total, is_kept=is_kept),
    )  # fmt: skip


def _read(
    rows: QuerySet[Any], count: Callable[[], Counted], size: Callable[[Counted], int], *,
    is_kept: bool,
) -> Counted:  # fmt: skip
    """What `count` makes of `rows`, perhaps as it was kept: see `core.counts`."""
    return kept(rows, count, size=size) if is_kept else count()


def _tallies(
    narrowing: Narrowing, axes: tuple[str, ...], digits: int, codes: Mapping[int, str], *,
    is_kept: bool,
) -> dict[tuple[str, ...], Tally]:  # fmt: skip
    """Looked-at demands and the unmet ones of them, by codes along `axes`. One query."""
    rows = looked_at_demands(narrowing).order_by()
    counted = (
        rows.annotate(area=Substr("region_id", 1, digits))
        .values_list(*(COLUMNS[axis] for axis in axes))
        .annotate(total=Count("pk"), unmet=Count("pk", filter=UNMET))
    )
    found = _read(counted, lambda: list(counted), lambda rows: sum(row[-2] for row in rows),
                  is_kept=is_kept)  # fmt: skip
    return {
        tuple(
            (key.ljust(6, "0") if axis == REGION else codes[key]) if key else UNKNOWN
            for axis, key in zip(axes, row, strict=False)
        ): Tally(*row[-2:])
        for row in found
    }


def _codes() -> dict[int, str]:
    """The codes of process kinds and fields by key: rows are grouped by what they store."""
    rows = Term.objects.filter(code_list_id__in=TERM_LISTS.values())
    return dict(rows.values_list("pk", "code"))


def gap_lines(
    narrowing: Narrowing | None = None, *, digits: int = PROVINCE_DIGITS
) -> list[GapLine]:
    """Every cell of the cube that has demands, the most unmet first."""
    wanted = narrowing or Narrowing()
    digits = max(digits, _digits(wanted))
    names = {axis: _names(axis, wanted.within, digits) for axis in AXES}
    supply = _supply(_codes(), COLUMNS[PROCESS], COLUMNS[FIELD])
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
    return looked_at_demands(narrowing).filter(UNMET).count()


def demands_query(place: Mapping[str, str], narrowing: Narrowing | None = None) -> str:
    """The query of the list of unmet demands for a cell: codes by axis, "" for 未注明."""
    found = {axis: code or NOTHING for axis, code in place.items()}
    return urlencode((narrowing or Narrowing()).query | found)


def _digits(narrowing: Narrowing) -> int:
    return CITY_DIGITS if narrowing.within else PROVINCE_DIGITS


def _names(axis: str, within: str, digits: int) -> dict[str, str]:
    """Names by code in the order of the list, 未注明 last."""
    if axis in TERM_LISTS:
        return dict([*term_choices(TERM_LISTS[axis]), (UNKNOWN, UNKNOWN_LABEL)])
    inside = Region.objects.filter(level__lte=RegionLevel.CITY, code__startswith=within)
    found: Iterable[Region] = inside if digits == CITY_DIGITS else provinces()
    return {region.pk: region.short_name for region in found} | {UNKNOWN: UNKNOWN_LABEL}


def _columns(
    counts: Mapping[tuple[str, ...], Tally], names: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Columns with demands, those with the most unmet ones first; 未注明 last."""
    unmet: dict[str, int] = {}
    for (_, code), tally in counts.items():
        unmet[code] = unmet.get(code, 0) + tally.unmet
    found = sorted(unmet, key=lambda code: (code == UNKNOWN, -unmet[code], code))
    return [(code, names.get(code, code)) for code in found]


def _rows(
    counts: Mapping[tuple[str, ...], Tally],
    columns: list[tuple[str, str]],
    axes: tuple[str, str],
    narrowing: Narrowing,
    supply: Mapping[tuple[str, ...], int],
) -> list[AtlasRow]:
    """One row for each kind or field with demands or capabilities, in the order of its list."""
    down, across = axes
    most = max((tally.unmet for tally in counts.values()), default=0)
    rest = {name: code for name, code in narrowing.query.items() if name not in axes}
    rows = []
    for code, label in _names(down, narrowing.within, PROVINCE_DIGITS).items():
        query = urlencode(rest | {down: code or NOTHING})
        cells = [
            Cell(tally.unmet, tally.total, _heat(tally.unmet, most),
                 f"{query}&{across}={column or NOTHING}")
            for column, _ in columns
            for tally in (counts.get((code, column), NONE),)
        ]  # fmt: skip
        total, offered = sum(cell.total for cell in cells), supply.get((code,), 0)
        if total or (code and offered):
            unmet = sum(cell.unmet for cell in cells)
            whole = demands_query({down: code}, narrowing)
            rows.append(AtlasRow(code, label, cells, unmet, total, offered, whole))
    return rows


def _heat(unmet: int, most: int) -> int:
    return -(-unmet * HEAT_LEVELS // most) if most else 0


def _supply(
    codes: Mapping[int, str], *columns: str, is_kept: bool = False
) -> dict[tuple[str, ...], int]:
    """Shown capabilities of real platforms by the codes of term columns. One query."""
    real = Capability.objects.shown().filter(platform__is_demo=False)
    counted = real.order_by().values_list(*columns).annotate(n=Count("pk"))
    found = _read(counted, lambda: list(counted), lambda rows: sum(row[-1] for row in rows),
                  is_kept=is_kept)  # fmt: skip
    return {tuple(codes[key] if key else UNKNOWN for key in keys): n for *keys, n in found}
