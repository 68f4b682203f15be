"""Drill-down analysis (G21): an indicator of the accepted reports by region, field, kind, mode or
level, with last year's beside; for everybody how many platforms are listed, by the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    FilteredRelation,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, Concat, Substr

from core.expressions import Median
from platforms.models import Platform
from reporting import formulas
from reporting.access import AnnualReportAccess
from reporting.analysis import Analysis, Figure, Group, Measure, Pair, Question
from reporting.enums import Answer, ReportStatus
from reporting.models import Indicator, ReportCycle, ReportValue
from reporting.publishing.catalogue import annual_plan
from taxonomy.models import Region, RegionLevel
from taxonomy.selectors import term_choices

TERM_LISTS = {
    "field": "field-data", "kind": "platform-kind", "mode": "operation-mode",
    "level": "platform-level",
}  # fmt: skip
PATHS = {"field": "fields", "kind": "kind", "mode": "operation_mode", "level": "level"}
MODE = "BAS-05"
UNKNOWN = "未注明"
YEARS = 10
ACCEPTED = Q(status=ReportStatus.ACCEPTED)
NUMBER: Any = DecimalField(max_digits=24, decimal_places=4)


class EachText(Func):
    """One row for each text of a JSON list, "" for an empty one."""

    template = """JSONB_ARRAY_ELEMENTS_TEXT(COALESCE(NULLIF(%(expressions)s, '[]'), '[""]'))"""
    output_field = TextField()
    set_returning = True


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
    """The answer, of the reports that the user may see: seven queries, five of a first year;
    without a year or an indicator the platforms listed today, three."""
    if question.cycle is None or indicator is None:
        return _listed(question)
    measure = measure_of(indicator)
    series = series_of(question.cycle)
    this, all_years = question.cycle.year, asked_reports(question, measure, user=user)
    reports = all_years.filter(cycle__in=series)
    two = {pk: year for pk, year in series.items() if year >= this - 1}
    grouped = _grouped(reports.filter(cycle__in=two), question, measure, "platform__")
    found = _by_year(grouped, measure, series)
    years = _by_year(reports, measure, series).get("", {})
    pairs, pair = {}, None
    if len(two) > 1:
        same = Q(cycle__in=two, platform__in=_with_number(measure, two, this))
        same &= Q(platform__in=_with_number(measure, two, this - 1))
        pairs = _by_year(grouped.filter(same), measure, series)
        pair = _pair(_by_year(reports.filter(same), measure, series).get("", {}), this)
    names = _names(question, found)
    groups = [
        Group(code, names[code], known.get(this, Figure()), known.get(this - 1),
              _pair(pairs.get(code, {}), this))
        for code, known in found.items()
    ]  # fmt: skip
    whole = Group("", "全部", years.get(this, Figure()), years.get(this - 1), pair)
    made = Analysis(question, measure, groups, whole, dict(sorted(years.items())))
    made.groups.sort(key=lambda one: _place(one, made.value(one.now)))
    return made


def _by_year(
    rows: QuerySet[Any], measure: Measure, series: Mapping[int, int]
) -> dict[str, dict[int, Figure]]:
    """Code of the group → year → figure; "" of rows that are not grouped."""
    names = ["group"] if "group" in rows.query.annotations else []
    found: dict[str, dict[int, Figure]] = {}
    for row in _figures(rows, measure, "cycle_id", *names):
        years = found.setdefault(row.get("group") or "", {})
        years[series[row["cycle_id"]]] = _figure(row, measure)
    return found


def _with_number(measure: Measure, series: Mapping[int, int], year: int) -> QuerySet[Any]:
    """Platforms whose accepted report of the year has the number."""
    rows = ReportValue.objects.filter(
        report__cycle__in=[pk for pk, known in series.items() if known == year],
        report__status=ReportStatus.ACCEPTED, indicator__in=measure.keys[measure.indicator.code],
    )  # fmt: skip
    return rows.alias(told=told(measure, "")).exclude(told=None).values("report__platform")


def _pair(years: Mapping[int, Figure], this: int) -> Pair | None:
    """Both years of the same platforms; None where a group does not hold the same in both."""
    now, before = years.get(this), years.get(this - 1)
    return Pair(now, before) if now and before and now.n == before.n else None


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
            modes = ReportValue.objects.filter(
                report=OuterRef("pk"), indicator__in=measure.keys[MODE]
            )
            stated = modes.annotate(said=_said("")).filter(said__contains=[code])
            rows = rows.filter(Exists(stated))
        elif name == "field":
            rows = rows.filter(platform__in=Platform.objects.filter(fields__code=code))
        else:
            rows = rows.filter(**{f"platform__{PATHS[name]}__code": code})
    return rows


def _inside(question: Question, path: str) -> Q:
    if question.region is None:
        return Q()
    if question.own:
        return Q(**{f"{path}region": question.region})
    return Q(**{f"{path}region__code__startswith": question.region.prefix})


def _agreed(path: str) -> Q:
    """A correction was accepted."""
    return Q(**{f"{path}correction_answer": Answer.ACCEPTED, f"{path}correction__isnull": False})


def _said(path: str) -> Any:
    """A list in force."""
    corrected = KeyTransform("value", f"{path}correction")
    return Case(When(_agreed(path), then=corrected), default=F(f"{path}data"),
                output_field=JSONField())  # fmt: skip


def number_in_force(path: str) -> Any:
    """A number in force, in SQL: as `ReportValue.effective`."""
    corrected = Cast(KeyTextTransform("value", f"{path}correction"), NUMBER)
    return Case(When(_agreed(path), then=corrected), default=F(f"{path}number"))


def told(measure: Measure, path: str) -> Any:
    """A report's value of the measure, in SQL: a number; of a yes-or-no one 1 or 0."""
    if measure.method != "yes":
        return number_in_force(path)
    return Case(When(_agreed(path), then=_one_or_zero(f"{path}correction__value")),
                default=_one_or_zero(f"{path}data"))  # fmt: skip


def _one_or_zero(path: str) -> Any:
    yes, no = When(**{path: True}, then=Value(1)), When(**{path: False}, then=Value(0))
    return Case(yes, no, default=None, output_field=NUMBER)


def _of(code: str, measure: Measure) -> FilteredRelation:
    """A report's value of a code, whichever version of the definition it was given under."""
    return FilteredRelation("values_set", condition=Q(values_set__indicator__in=measure.keys[code]))


def _figures(rows: QuerySet[Any], measure: Measure, *names: str) -> Iterable[dict[str, Any]]:
    """The figures of the reports by `names`, in one statement: s0, s1 … are the sums that the
    total is made of, all over the reports that have every one of them."""
    operands = sorted(measure.formula.codes) if measure.formula else [measure.indicator.code]
    joined = {f"v{n}": _of(code, measure) for n, code in enumerate(operands)}
    values: dict[str, Any] = {f"n{n}": told(measure, f"v{n}__") for n in range(len(operands))}
    if measure.formula:
        joined["own"], values["own_n"] = (
            _of(measure.indicator.code, measure),
            told(measure, "own__"),
        )
    known = ACCEPTED & Q(**{f"n{n}__isnull": False for n in range(len(operands))})
    sums = {f"s{n}": Sum(f"n{n}", filter=known) for n in range(len(operands))}
    return (
        rows.annotate(**joined).annotate(**values).order_by().values(*names).annotate(
            reports=Count("pk"), accepted=Count("pk", filter=ACCEPTED),
            n=Count("pk", filter=known), **sums,
            middle=Median("own_n" if measure.formula else "n0", filter=ACCEPTED),
        )
    )  # fmt: skip


def _figure(row: Mapping[str, Any], measure: Measure) -> Figure:
    total = row["s0"]
    if measure.formula:
        operands = sorted(measure.formula.codes)
        total = measure.formula.value({code: row[f"s{n}"] for n, code in enumerate(operands)})
    return Figure(
        row["reports"], row["accepted"], row["n"],
        measure.rounded(total) if measure.has_total else None,
        None if measure.method == "yes" else measure.rounded(row["middle"], middle=True),
    )  # fmt: skip


def _grouped(rows: QuerySet[Any], question: Question, measure: Measure | None, path: str) -> Any:
    """The rows with `group`, the code of what they are counted under."""
    if question.by == "region":
        return rows.annotate(group=_part(question.region, path))
    if question.by == "mode" and measure is not None:
        return rows.annotate(stated=_of(MODE, measure)).annotate(group=EachText(
            Coalesce(_said("stated__"), Value([], JSONField()))
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
        known = dict(term_choices(TERM_LISTS[question.by]))
        return {code: known.get(code, code) or UNKNOWN for code in codes}
    found = {row.pk: row.name for row in Region.objects.filter(pk__in=list(codes))}
    if question.region is not None and question.region.pk in found:
        found[question.region.pk] += "（未分到下一级）"
    return {code: found.get(code, code) for code in codes}


def _listed(question: Question) -> Analysis:
    """Platforms listed today, without the demonstration's, by group."""
    rows = Platform.objects.shown().filter(_inside(question, ""), is_demo=False)
    for name, code in question.terms.items():
        rows = rows.filter(pk__in=Platform.objects.filter(**{f"{PATHS[name]}__code": code}))
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
    past = ReportValue.objects.filter(
        report__cycle__in=earlier, report__platform=OuterRef("platform"),
        report__status=ReportStatus.ACCEPTED, indicator__in=measure.keys[measure.indicator.code],
    )  # fmt: skip
    rows = asked_reports(question, measure, user=user).filter(cycle=cycle)
    rows = rows.annotate(v0=_of(measure.indicator.code, measure)).annotate(
        value=Case(When(ACCEPTED, then=told(measure, "v0__")), default=None, output_field=NUMBER),
        last=Subquery(past.annotate(told=told(measure, "")).values("told")[:1]),
    )
    related = ("platform__region", "platform__kind", "platform__level")
    return rows.select_related(*related).order_by(
        F("value").desc(nulls_last=True), "platform__pinyin_key", "pk"
    )
