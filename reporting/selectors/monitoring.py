"""Portal values for pages, and policy targets with the value they stand at (part C)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Max, QuerySet, Sum, When
from django.utils import timezone

from accounts.enums import Role
from accounts.models import RoleAssignment, User
from platforms.models import Capability, Recognition
from reporting.enums import AlertStatus
from reporting.models import Indicator, PortalValue, ReportValue, TargetFigure
from reporting.querysets import IndicatorQuerySet
from taxonomy.jurisdiction import Jurisdiction, Target, current_jurisdiction
from taxonomy.models import Region
from taxonomy.selectors import mapped_terms, term_named, terms

HISTORY_DAYS = 30
NO_RECORD = "名册或已归档的年度报告中还没有记录。"
TOUCHING = ("exact", "broader", "narrower")


@dataclass(frozen=True)
class Running:
    """A portal indicator with its latest value and the days before."""

    indicator: Indicator
    latest: PortalValue | None
    earlier: list[PortalValue]

    @property
    def lines(self) -> list[str]:
        return lines_of(self.indicator, self.latest) if self.latest else []


def lines_of(indicator: Indicator, value: PortalValue) -> list[str]:
    """The rows of a value in words, by the columns of the definition: 平台：已发布 189 …"""
    first, *others = indicator.columns or [{"name": "", "label": ""}]
    return [
        f"{row.get(first['name'])}：{'，'.join(_cell(column, row) for column in others)}"
        for row in value.detail.get("rows", [])
    ]


def _cell(column: dict[str, Any], row: dict[str, Any]) -> str:
    """A value behind its label, its unit behind it: 距上次更新 3 天; words stand alone."""
    value = row.get(column["name"])
    label, _, unit = column["label"].rstrip("）").partition("（")
    if value is None:
        return f"{label} 未注明"
    if isinstance(value, str):
        return value
    return f"{label} {value} {unit}".strip()


def running_indicators() -> IndicatorQuerySet:
    """The portal's own indicators as they are defined today."""
    return Indicator.objects.current().filter(part="portal").in_order()


def running(values: QuerySet[Any], indicators: Iterable[Indicator] | None = None) -> list[Running]:
    """These portal indicators (all of them when not given), each with its values of the last days,
    newest first. Two queries."""
    last = values.aggregate(day=Max("day"))["day"]
    kept: dict[int, list[PortalValue]] = {}
    if last:
        recent = values.order_by("indicator", "-day")
        for row in recent.filter(day__gte=date.fromordinal(last.toordinal() - HISTORY_DAYS)):
            kept.setdefault(row.indicator_id, []).append(row)
    found = []
    for row in running_indicators() if indicators is None else indicators:
        days = kept.get(row.pk, [])
        found.append(Running(row, days[0] if days else None, days[1:]))
    return found


@dataclass(frozen=True)
class Progress:
    """A policy target and where it stands. `value` None: not known yet, with `note`.

    `figure` is the row a person entered, where no record here tells; None for computed ones.
    """

    target: Target
    value: Decimal | None
    note: str
    figure: TargetFigure | None = None
    is_computed: bool = False

    @property
    def is_met(self) -> bool:
        return self.value is not None and self.value >= self.target.minimum

    @property
    def percent(self) -> int | None:
        """Of the minimum, at most 100."""
        if self.value is None or not self.target.minimum:
            return None
        return min(100, int(100 * self.value / self.target.minimum))


@dataclass(frozen=True)
class Place:
    """Whose targets: the jurisdiction, its region, today."""

    jurisdiction: Jurisdiction
    region: Region
    today: date


Reader = Callable[[Place], Decimal | None]


def _roster(*levels: str, field: str = "") -> Reader:
    """Platforms on the roster of schemes of these levels, in the region, today."""

    def read(place: Place) -> Decimal | None:
        known = Recognition.objects.filter(
            platform__region__code__startswith=place.region.prefix, platform__is_demo=False
        )
        if not known.exists():  # an empty roster says nothing about the world
            return None
        rows = known.on_roster(place.today).filter(scheme__level__in=levels)
        if field:
            rows = rows.filter(platform__fields=term_named("field-data", field))
        return Decimal(rows.values("platform").distinct().count())

    return read


def _reported(code: str, *, counts: bool = False) -> Reader:
    """The sum of an indicator over the accepted reports of the latest year, or how many are > 0."""

    def read(place: Place) -> Decimal | None:
        rows = ReportValue.objects.filter(
            indicator__code=code, report__status="accepted", report__platform__is_demo=False,
            report__platform__region__code__startswith=place.region.prefix,
        )  # fmt: skip
        year = rows.aggregate(year=Max("report__cycle__year"))["year"]
        if year is None:
            return None
        rows = rows.filter(report__cycle__year=year)
        if counts:
            return Decimal(rows.filter(number__gt=0).count())
        total: Decimal | None = rows.aggregate(total=Sum("number"))["total"]
        return total

    return read


def _covered(place: Place) -> Decimal | None:
    """Of the jurisdiction's fields, how many per hundred have a listed capability here."""
    fields = terms(place.jurisdiction.field_list)
    if not fields:
        return None
    shown = Capability.objects.shown().filter(
        platform__region__code__startswith=place.region.prefix, platform__is_demo=False
    )
    held = set(shown.exclude(field=None).values_list("field", flat=True).distinct())
    covered = 0
    for entry in fields:
        wanted = {row.pk for row in mapped_terms([entry], "field-data", relations=TOUCHING)}
        named = term_named("field-data", entry.name)
        wanted |= {named.pk} if named else set()
        covered += bool(wanted & held)
    return Decimal(100 * covered) / len(fields)


READERS: dict[str, Reader] = {
    "TGT-G1": _roster("province"),
    "TGT-G4": _covered,
    "TGT-Z1": _roster("province"),
    "TGT-Z2": _reported("SRV-03", counts=True),
    "TGT-D1": _roster("city"),
    "TGT-D2": _roster("province", "national"),
    "TGT-D3": _reported("TAL-06"),
    "TGT-D4": _covered,
    "TGT-C1": _roster("city"),
    "TGT-C3": _reported("TRF-04"),
    "TGT-C4": _reported("TRF-07"),
    "TGT-C5": _reported("TAL-06"),
    "TGT-L1": _roster("province"),
    "TGT-L2": _roster("city"),
    "TGT-L4": _roster("city", field="现代农业与食品"),
}


def policy_targets(*, today: date, jurisdiction: Jurisdiction | None = None) -> list[Progress]:
    """The numbers that policies promise, each with its value now. Demo data never counts."""
    runs = jurisdiction or current_jurisdiction()
    region = Region.objects.filter(pk=runs.region).first()
    if region is None:
        return [Progress(target, None, "尚未载入行政区划。") for target in runs.targets]
    place = Place(runs, region, today)
    entered = TargetFigure.objects.filter(as_of_date__lte=today).order_by("as_of_date", "pk")
    figures = {row.code: row for row in entered}  # the latest of each
    return [_progress(target, place, figures.get(target.code)) for target in runs.targets]


def _progress(target: Target, place: Place, figure: TargetFigure | None) -> Progress:
    reader = READERS.get(target.code)
    if reader is not None:
        value = reader(place)
        return Progress(target, value, "" if value is not None else NO_RECORD, is_computed=True)
    figure = _newer(figure, target, place.today)
    if figure is None:
        return Progress(target, None, "未统计：本平台没有这类记录，由主管部门登记数值和来源。")
    return Progress(target, figure.value, "", figure)


def _newer(entered: TargetFigure | None, target: Target, today: date) -> TargetFigure | None:
    """What staff entered, or what the jurisdiction's file knows from a public source if newer."""
    known = target.known
    if known is None or known.as_of > today or (entered and entered.as_of_date >= known.as_of):
        return entered
    return TargetFigure(
        code=target.code, value=Decimal(known.value), as_of_date=known.as_of, source=known.source
    )


def alert_owners() -> QuerySet[User]:
    """Government staff in office, by name."""
    held = RoleAssignment.objects.current(now=timezone.now()).filter(role=Role.GOVERNMENT)
    rows = User.objects.filter(is_active=True, pk__in=held.values("user"))
    return rows.order_by("name", "pk")


def alert_rows(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Alerts for lists: open ones first, the most urgent on top, then what was closed last."""
    closed = Case(When(status=AlertStatus.CLOSED, then="status_changed_at"))
    due = Case(When(status=AlertStatus.OPEN, then="due_date"))
    return rows.select_related("indicator", "owner", "closed_by").order_by(
        F("status").desc(), due, closed.desc(), "-pk"
    )
