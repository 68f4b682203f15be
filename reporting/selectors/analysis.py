"""Drill-down analysis (G21): an indicator of the accepted reports by region, field, kind, mode or
level, with last year's beside; for everybody how many platforms are listed, by the same."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, Substr

from platforms.models import Platform
from reporting import formulas
from reporting.access import AnnualReportAccess
from reporting.analysis import MANY, UNSTATED, Analysis, Figure, Group, Measure, Question
from reporting.enums import ReportStatus
from reporting.models import Indicator, ReportCycle, ReportValue
from reporting.publishing.catalogue import annual_plan
from reporting.selectors.analysis_figures import (
    ACCEPTED,
    NUMBER,
    EachText,
    Years,
    figures_of,
    list_in_force,
    of_code,
    told,
    value_in_force,
)
from reporting.selectors.modes import MODE, UNKNOWN
from taxonomy.models import Region, RegionLevel, Term
from taxonomy.selectors import term_choices

TERM_LISTS = {
    "field": "field-data", "kind": "platform-kind", "mode": "operation-mode",
    "level": "platform-level",
}  # fmt: skip
PATHS = {"field": "fields", "kind": "kind", "mode": "operation_mode", "level": "level"}
YEARS = 10


def cycles_seen(user: Any) -> QuerySet[ReportCycle]:
    """Years of which the user may see accepted reports, the newest first; for others none."""
    accepted = AnnualReportAccess(user).visible().filter(ACCEPTED)
    rows = ReportCycle.objects.filter(pk__in=accepted.values("cycle"))
    return rows.select_related("region").order_by("-year", "is_demo", "pk")


def offered(cycle: ReportCycle) -> list[Indicator]:
    """Indicators of the cycle of which it is declared how platforms are taken together."""
    methods = annual_plan().totals
    codes = [code for code, method in methods.items() if method != "choices"]
    return list(cycle.indicators.filter(code__in=codes).in_order())


def measure_of(indicator: Indicator) -> Measure:
    """The indicator, ready to be asked over several years. One query."""
    method = annual_plan().totals[indicator.code]
    codes = {indicator.code, MODE}
    if method == "formula":
        codes |= formulas.parse(indicator.formula).codes
    keys: dict[str, list[int]] = {}
    for code, key in Indicator.objects.filter(code__in=codes).values_list("code", "pk"):
        keys.setdefault(code, []).append(key)
    return Measure(indicator, method, keys)


def answer_to(question: Question, indicator: Indicator | None, *, user: Any) -> Analysis:
    """The answer, of the reports that the user may see: four queries, five where groups do not
    add up; without a year or an indicator the platforms listed today, three."""
    if question.cycle is None or indicator is None:
        return _listed(question)
    measure = measure_of(indicator)
    series, this = series_of(question.cycle), question.cycle.year
    reports = asked_reports(question, measure, user=user).filter(cycle__in=series)
    grouped = _grouped(reports, question, measure, "platform__")
    if not (adds_up := question.by not in MANY):  # older years are told of all together alone
        two = [pk for pk, year in series.items() if year >= this - 1]
        grouped = grouped.filter(cycle__in=two)
    found, whole = figures_of(grouped, measure, series, with_whole=adds_up)
    whole = whole or figures_of(reports, measure, series)[1] or Years({})
    names = _names(question, found)
    groups = [_group(code, names[code], years, this) for code, years in found.items()]
    made = Analysis(
        question, measure, [one for one in groups if one.now.reports or one.before],
        _group("", "全部", whole, this), dict(sorted(whole.figures.items())),
    )  # fmt: skip
    made.groups.sort(key=lambda one: _place(one, made.value(one.now)))
    return made


def _group(code: str, name: str, years: Years, this: int) -> Group:
    known = years.figures
    return Group(code, name, known.get(this, Figure()), known.get(this - 1), years.pair(this))


def _place(group: Group, value: Decimal | None) -> tuple[Any, ...]:
    """Greatest first, then what has no number, at the end what nobody stated."""
    return (not group.code, value is None, -(value or 0), -group.now.reports, group.name)


def series_of(cycle: ReportCycle) -> dict[int, int]:
    """The same region's cycles up to this one, key → year, ten at most."""
    rows = ReportCycle.objects.filter(
        region=cycle.region_id, is_demo=cycle.is_demo, year__lte=cycle.year
    )
    return dict(rows.order_by("-year").values_list("pk", "year")[:YEARS])


def asked_reports(question: Question, measure: Measure, *, user: Any) -> QuerySet[Any]:
    """The reports that the user may see and the question is about, of any year, whatever their
    state."""
    rows = AnnualReportAccess(user).visible().filter(_inside(question, "platform__"))
    for name, code in question.terms.items():
        if name == "mode":
            stated = ReportValue.objects.filter(
                report=OuterRef("pk"), indicator__in=measure.keys[MODE]
            ).annotate(said=list_in_force(""))
            if code == UNSTATED:
                rows = rows.exclude(Exists(stated.filter(said__isnull=False).exclude(said=[])))
            else:
                rows = rows.filter(Exists(stated.filter(said__contains=[code])))
        else:
            rows = rows.filter(platform__in=Platform.objects.filter(_of_term(name, code)))
    return rows


def _of_term(name: str, code: str) -> Q:
    """Platforms of a term, or of none of its list."""
    if code == UNSTATED:
        return Q(**{f"{PATHS[name]}__isnull": True})
    return Q(**{f"{PATHS[name]}__code": code})


def _inside(question: Question, path: str) -> Q:
    if question.region is None:
        return Q()
    if question.own:
        return Q(**{f"{path}region": question.region})
    return Q(**{f"{path}region__code__startswith": question.region.prefix})


def _grouped(rows: QuerySet[Any], question: Question, measure: Measure | None, path: str) -> Any:
    """The rows with `group`, the code of what they are counted under."""
    if question.by == "region":
        return rows.annotate(group=_part(question.region, path))
    if question.by == "mode" and measure is not None:
        return rows.annotate(stated=of_code(MODE, measure)).annotate(group=EachText(
            Coalesce(list_in_force("stated__"), Value([], JSONField()))
        ))  # fmt: skip
    return rows.annotate(group=F(f"{path}{PATHS[question.by]}__code"))


def _part(region: Region | None, path: str) -> Any:
    """The part of the region that a platform lies in: a province, a city, a county. Counties that
    belong to no city stand beside the cities."""
    code = F(f"{path}region_id")
    if region is None or region.level == RegionLevel.COUNTRY:
        return Concat(Substr(code, 1, 2), Value("0000"))
    if region.level == RegionLevel.PROVINCE:
        in_city = Q(**{f"{path}region__level": RegionLevel.COUNTY}) & ~Q(
            **{f"{path}region__parent": region.pk}
        )
        return Case(When(in_city, then=F(f"{path}region__parent_id")), default=code)
    return code


def _names(question: Question, codes: Iterable[str]) -> dict[str, str]:
    """What the groups are called. A region's own line is of those not told apart further."""
    if question.by != "region":
        slug, codes = TERM_LISTS[question.by], list(codes)
        known = {"": UNKNOWN, **dict(term_choices(slug))}
        if missing := {*codes} - known.keys():  # no longer in use, still told
            rows = Term.objects.filter(code_list=slug, code__in=missing)
            known |= dict(rows.values_list("code", "name"))
        return {code: known.get(code, code) for code in codes}
    found = {row.pk: row.name for row in Region.objects.filter(pk__in=list(codes))}
    if question.region is not None and question.region.pk in found:
        found[question.region.pk] += "（未分到下一级）"
    return {code: found.get(code, code) for code in codes}


def _listed(question: Question) -> Analysis:
    """Platforms listed today, without the demonstration's, by group."""
    rows = Platform.objects.shown().filter(_inside(question, ""), is_demo=False)
    for name, code in question.terms.items():
        rows = rows.filter(pk__in=Platform.objects.filter(_of_term(name, code)))
    counted = _grouped(rows, question, None, "").order_by().values("group")
    counts = {row["group"] or "": row["n"] for row in counted.annotate(n=Count("pk"))}
    names = _names(question, counts)
    groups = [Group(code, names[code], Figure(n)) for code, n in counts.items()]
    whole = Group("", "全部", Figure(rows.count()))
    return Analysis(question, None, sorted(groups, key=lambda one: _place(one, None)), whole)


def platform_lines(question: Question, measure: Measure, *, user: Any) -> QuerySet[Any]:
    """The reports behind a number, each with its `value` (once accepted) and `last` year's."""
    cycle: Any = question.cycle
    earlier = [pk for pk, year in series_of(cycle).items() if year == cycle.year - 1]
    code = measure.indicator.code
    past = ReportValue.objects.filter(
        report__cycle__in=earlier, report__platform=OuterRef("platform"),
        report__status=ReportStatus.ACCEPTED, indicator__in=measure.keys[code],
    )  # fmt: skip
    rows = asked_reports(question, measure, user=user).filter(cycle=cycle)
    rows = told(rows, measure, code, "told").annotate(
        value=Case(When(ACCEPTED, then=F("told")), default=None, output_field=NUMBER),
        last=Subquery(past.annotate(told=value_in_force(measure)).values("told")[:1]),
    )
    related = ("platform__region", "platform__kind", "platform__level")
    return rows.select_related(*related).order_by(
        F("value").desc(nulls_last=True), "platform__pinyin_key", "pk"
    )
