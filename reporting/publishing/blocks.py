"""Tables and charts of the development report, as plain JSON that every format prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone

from cases.models import Case, Outcome
from core.templatetags.portal_format import plain
from matching.selectors.atlas import Narrowing, gap_atlas
from platforms.models import FundingRecord
from platforms.selectors.roster import roster_rows
from reporting.models import PortalValue
from reporting.publishing.figures import Moment, cases_of
from reporting.publishing.reports import UNKNOWN, Reported
from reporting.selectors.evaluations import published_grades
from reporting.selectors.modes import MODE, NUMBERS, named_modes, sums_by_mode
from reporting.selectors.monitoring import policy_targets
from reporting.values import as_json
from taxonomy.models import RegionLevel

Block = dict[str, Any]
MOST_BARS = 24
MOST_ROWS = 500
POINTS = 3
WAN = Decimal(10_000)
EFFECTS = ("SRV-02", "TRF-02", "TRF-04")  # what supported platforms did in the year


@dataclass(frozen=True)
class Material:
    """What blocks are made of."""

    moment: Moment
    rows: Sequence[Reported]
    numbers: dict[str, dict[str, Any]]
    definitions: dict[str, dict[str, Any]]


def chart(
    name: str, title: str, kind: str, unit: str, labels: Iterable[str],
    series: Iterable[tuple[str, Iterable[Any]]], codes: Iterable[str] = (),
) -> Block:  # fmt: skip
    """A chart: `bars` (side by side), `stacked` or `line`; values are exact text or None."""
    return {
        "type": "chart", "id": name, "title": title, "kind": kind, "unit": unit,
        "labels": list(labels), "codes": list(codes),
        "series": [{"name": label, "values": [as_json(_exact(v)) for v in values]}
                   for label, values in series],
    }  # fmt: skip


def _exact(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int) else value


def table(
    name: str, title: str, head: Sequence[str], rows: Iterable[Sequence[Any]],
    *, numeric: Sequence[int] = (), note: str = "",
) -> Block:  # fmt: skip
    """A table of texts; `numeric` are the columns that stand to the right."""
    listed = [["" if cell is None else str(cell) for cell in row] for row in rows]
    return {
        "type": "table", "id": name, "title": title, "head": list(head),
        "rows": listed[:MOST_ROWS], "numeric": list(numeric), "note": note,
        "left_out": max(0, len(listed) - MOST_ROWS),
    }  # fmt: skip


def declared_chart(place: int, spec: dict[str, Any], material: Material) -> Block | None:
    """A chart of the plan; None when there is nothing to show."""
    name = f"chart-{place}"
    if spec["kind"] == "choices":
        known = material.definitions.get(spec["code"])
        counts = material.numbers.get(spec["code"], {}).get("counts") or []
        if not known or not counts:
            return None
        return chart(name, spec["title"], "bars", "家", [c[0] for c in counts],
                     [("平台数", [c[1] for c in counts])], [spec["code"]])  # fmt: skip
    if spec["kind"] == "cities":
        return _by_city(name, spec, material)
    codes = [code for code in spec["codes"] if material.numbers.get(code, {}).get("value")]
    if not codes:
        return None
    year = material.moment.cycle.year
    labels = [material.definitions[code]["name"].removeprefix("其中：") for code in codes]
    series = [(f"{year} 年", [material.numbers[code]["value"] for code in codes])]
    last = [material.numbers[code]["last"] for code in codes]
    if any(value is not None for value in last):
        series.insert(0, (f"{year - 1} 年", last))
    unit = material.definitions[codes[0]]["unit"]
    return chart(name, spec["title"], "bars", unit, labels, series, codes)


def _by_city(name: str, spec: dict[str, Any], material: Material) -> Block | None:
    sums: dict[str, Decimal] = {}
    for row in material.rows:
        number = row.record.number(spec["code"])
        if number is not None:
            sums[row.city] = sums.get(row.city, Decimal(0)) + number
    if len(sums) < 2:
        return None
    most = sorted(sums.items(), key=lambda pair: -pair[1])[:MOST_BARS]
    unit = material.definitions[spec["code"]]["unit"]
    return chart(name, spec["title"], "bars", unit, [city for city, _ in most],
                 [(material.definitions[spec["code"]]["name"], [n for _, n in most])],
                 [spec["code"]])  # fmt: skip


def _layout(material: Material) -> list[Block]:
    """Platforms that reported, by city × level, kind and field."""
    rows = material.rows
    levels = [str(row.platform.level) if row.platform.level else UNKNOWN for row in rows]
    cities = Counter(row.city for row in rows).most_common(MOST_BARS)
    by_place = Counter(zip((row.city for row in rows), levels, strict=True))
    shown = list(dict.fromkeys(level for level, _ in Counter(levels).most_common()))
    kinds = Counter(str(row.platform.kind) if row.platform.kind else UNKNOWN for row in rows)
    fields = Counter(name for row in rows for name in row.fields or [UNKNOWN])
    return [
        chart("layout-cities", "各市平台（按层级）", "stacked", "家", [c for c, _ in cities],
              [(level, [by_place[city, level] for city, _ in cities]) for level in shown]),
        chart("layout-kinds", "平台类别", "bars", "家", *_pairs(kinds)),
        chart("layout-fields", "服务领域（一个平台可有几个领域）", "bars", "家", *_pairs(fields)),
    ]  # fmt: skip


def _pairs(counts: Counter[str]) -> tuple[list[str], list[tuple[str, list[int]]]]:
    most = counts.most_common(MOST_BARS)
    return [name for name, _ in most], [("平台数", [n for _, n in most])]


def _roster(material: Material) -> list[Block]:
    """Who stood on the roster at the end of the year, by scheme and status."""
    cycle = material.moment.cycle
    rows = roster_rows(cycle.last_day).filter(
        platform__region__code__startswith=material.moment.prefix
    )
    counts = Counter((str(row.scheme), row.status_on_day_label) for row in rows)
    if not counts:
        return []
    listed = [(scheme, status, n) for (scheme, status), n in sorted(counts.items())]
    return [table("roster", f"名册（{cycle.last_day}）", ["认定办法", "当日状态", "平台（家）"],
                  listed, numeric=[2])]  # fmt: skip


def _gaps(material: Material) -> list[Block]:
    """Open demands without a fitting capability, by field."""
    region = material.moment.cycle.region
    within = region.prefix if region.level == RegionLevel.PROVINCE else ""
    atlas = gap_atlas("field-region", Narrowing(within=within))
    rows = [row for row in atlas.rows if row.total]
    if not rows:
        return []
    drawn = chart("gaps", "公开需求与缺口（封存时）", "stacked", "条", [row.label for row in rows],
                  [("已有合适能力", [row.total - row.unmet for row in rows]),
                   ("未满足", [row.unmet for row in rows])])  # fmt: skip
    return [drawn]


def _monitoring(material: Material) -> list[Block]:
    """Running indicators at the end of the year, else on the latest day there is."""
    last_day = material.moment.cycle.last_day
    kept = PortalValue.objects.filter(indicator__is_current=True)
    day = (
        kept.filter(day__lte=last_day).aggregate(day=Max("day"))["day"]
        or kept.aggregate(day=Max("day"))["day"]
    )
    if day is None:
        return []
    rows = kept.filter(day=day, value__isnull=False).select_related("indicator")
    listed = [
        (row.indicator.code, row.indicator.name, plain(row.value), row.indicator.unit)
        for row in rows.order_by("indicator__order")
    ]
    blocks = [table("monitoring", f"运行监测（{day}）", ["代码", "指标", "数值", "单位"], listed,
                    numeric=[2])]  # fmt: skip
    return [*blocks, *_over_time(material)]


def _over_time(material: Material) -> list[Block]:
    """How many demands were unmet, at the end of each month of the year."""
    year = material.moment.cycle.year
    rows = PortalValue.objects.filter(indicator__code="PRT-10", day__year=year, value__isnull=False)
    months = {row.day.month: row.value for row in rows.order_by("day")}
    if len(months) < POINTS:
        return []
    labels = [f"{month} 月" for month in months]
    return [chart("unmet", "未满足需求数（月末）", "line", "项", labels,
                  [("未满足需求数", list(months.values()))], ["PRT-10"])]  # fmt: skip


def _targets(material: Material) -> list[Block]:
    """The numbers that policies promise, with where they stand when the report is frozen."""
    found = policy_targets(today=timezone.localdate(material.moment.now))
    rows = []
    for one in found:
        promised = f"{one.target.minimum}" + (
            f"–{one.target.maximum}" if one.target.maximum else ""
        )
        stands = plain(one.value) if one.value is not None else one.note
        met = "" if one.value is None else ("已达到" if one.is_met else "未达到")
        rows.append((one.target.name, f"{promised} {one.target.unit}", f"{one.target.year} 年底",
                     stands, met, one.target.measure, one.target.source))  # fmt: skip
    head = ["目标", "承诺", "期限", "完成值", "是否达到", "口径", "出处"]
    note = "完成值为封存时的值，演示数据不计入。"
    return [table("targets", "政策目标", head, rows, numeric=[3], note=note)] if rows else []


def _cases(material: Material) -> list[Block]:
    """Cases of the year with how well their results are proven."""
    rows = Case.objects.filter(cases_of(material.moment))
    rows = rows.select_related("platform", "field", "project")
    listed = list(rows.distinct().order_by("published_at", "pk"))
    confirmed = Outcome.objects.confirmed().filter(project__cases__in=listed)
    proven = dict(confirmed.values_list("project__cases").annotate(n=Count("pk")))
    lines = [
        (case.title, case.shown_platform or UNKNOWN, case.field or UNKNOWN,
         f"企业确认成果 {proven[case.pk]} 项" if case.pk in proven else "公开来源",
         "演示数据" if case.is_demo else "")
        for case in listed
    ]  # fmt: skip
    head = ["案例", "平台", "领域", "依据", "备注"]
    return [table("cases", "典型案例", head, lines)] if lines else []


def _grades(material: Material) -> list[Block]:
    """How many platforms got which grade, and who got the best one; published runs only."""
    grades = published_grades(material.moment.cycle)
    if not grades:
        return []
    counts = Counter((one.scheme, one.name) for one in grades.values())
    names = {row.platform.pk: row.platform.name for row in material.rows}
    best = sorted(
        (names[pk], one.scheme, one.name) for pk, one in grades.items()
        if one.is_best and pk in names
    )  # fmt: skip
    listed = [(scheme, name, n) for (scheme, name), n in counts.most_common()]
    blocks = [table("grades", "评价等次", ["评价办法", "等次", "平台（家）"], listed, numeric=[2])]
    if best:
        blocks.append(table("best", "最高等次的平台", ["平台", "评价办法", "等次"], best))
    return blocks


def _funding(material: Material) -> list[Block]:
    """From policy to effect (C19): each fund of the year, whom it reached, what they did.

    A platform with several funds stands in each of their lines, so lines do not add up.
    """
    cycle = material.moment.cycle
    by_platform = {row.platform.pk: row.record for row in material.rows}
    held: dict[tuple[str, str], dict[int, Decimal]] = {}
    rows = FundingRecord.objects.filter(year=cycle.year, platform__in=by_platform)
    for row in rows.order_by("level", "fund", "pk"):
        reached = held.setdefault((str(row.get_level_display()), row.fund), {})
        reached[row.platform_id] = reached.get(row.platform_id, Decimal(0)) + row.amount_yuan
    lines = [
        (level, fund, len(reached), plain(sum(reached.values(), Decimal(0)) / WAN),
         *(plain(sum((by_platform[pk].number(code) or Decimal(0) for pk in reached), Decimal(0)))
           for code in EFFECTS))
        for (level, fund), reached in held.items()
    ]  # fmt: skip
    head = [
        "级别",
        "资金",
        "平台（家）",
        "金额（万元）",
        "完成项目（项）",
        "产业化成果（项）",
        "上市产品（个）",
    ]
    note = "受支持平台当年的全部业绩，不等于资金带来的增量；一个平台得到几项资金的，各行都计入。"
    drawn = table("funding", "财政资金与受支持平台的业绩", head, lines, numeric=[2, 3, 4, 5, 6],
                  note=note)  # fmt: skip
    return [drawn] if lines else []


def _modes(material: Material) -> list[Block]:
    """Platforms that reported by mode of operation (L08), and what they did in the year.

    A platform of several modes stands in each of their lines, so lines do not add up.
    """
    sums = sums_by_mode(
        (row.record.values.get(MODE) or [], row.record.number) for row in material.rows
    )
    known = [(name, sums[code]) for code, name in named_modes() if code in sums]
    if not set(sums) - {""}:
        return []
    labels = [name for name, _ in known]
    codes = [code for code in NUMBERS if code in material.definitions]
    names = [(material.definitions[code]["name"], material.definitions[code]["unit"])
             for code in codes]  # fmt: skip
    listed = [
        (name, one.reports, *(plain(one.sums.get(code)) for code in codes)) for name, one in known
    ]
    head = ["运营模式", "平台（家）", *(f"{name}（{unit}）" for name, unit in names)]
    drawn = chart("modes", "运营模式（一个平台可有几种）", "bars", "家", labels,
                  [("平台数", [one.reports for _, one in known])], [MODE])  # fmt: skip
    note = "一个平台有几种模式的，各行都计入，各行不可相加。"
    return [drawn, table("mode-results", "各运营模式的业绩", head, listed,
                         numeric=list(range(1, len(head))), note=note)]  # fmt: skip


BLOCKS: dict[str, Callable[[Material], list[Block]]] = {
    "layout": _layout, "modes": _modes, "roster": _roster, "gaps": _gaps, "monitoring": _monitoring,
    "targets": _targets, "grades": _grades, "cases": _cases, "funding": _funding,
}  # fmt: skip
