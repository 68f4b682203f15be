"""Evaluations for pages: runs, rankings, spreads, the way to one score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from accounts.enums import Role
from core.files import file_items
from reporting.enums import DisputeStatus
from reporting.models import (
    AnnualReport,
    EvaluationDispute,
    EvaluationResult,
    EvaluationRun,
    Indicator,
)
from reporting.querysets import ResultQuerySet
from reporting.scoring import read_scheme
from reporting.selectors.indicators import choices_of
from reporting.values import in_words
from taxonomy.jurisdiction import current_jurisdiction, jurisdiction_of

ANONYMOUS = 3
RELATED = ("scheme", "cycle__region", "region")
NULL_WORDS = {"na": "不适用", "uncounted": "未统计", "secret": "涉密", "": "报告中没有"}


def listed_runs(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Runs as lists show them, the latest year first."""
    rows = rows.select_related(*RELATED).annotate(
        open_disputes=Count("disputes", filter=Q(disputes__status=DisputeStatus.OPEN)),
    )
    return rows.order_by("-cycle__year", "-pk")


def listed_results(rows: ResultQuerySet, run: EvaluationRun) -> QuerySet[Any]:
    """Results of a run, best first; those ruled out last."""
    rows = rows.light().filter(round__run=run)
    related = ("platform__region", "round__run")
    return rows.select_related(*related).order_by("is_vetoed", "rank", "platform__pinyin_key", "pk")


@dataclass(frozen=True)
class Spread:
    """How the scores of a group lie."""

    group: str
    count: int
    low: Decimal | None
    middle: Decimal | None
    average: Decimal | None
    high: Decimal | None


@dataclass(frozen=True)
class Overview:
    """A run at a glance: how many of each grade, how the scores lie. No names."""

    total: int
    vetoed: int
    grades: list[tuple[str, int]]
    spreads: list[Spread]
    bands: list[tuple[str, int]]

    @property
    def chart(self) -> dict[str, Any]:
        return {
            "kind": "bar", "unit": "家", "labels": [label for label, _n in self.bands],
            "series": [{"name": "平台数", "values": [n for _label, n in self.bands]}],
        }  # fmt: skip

    @property
    def spread_table(self) -> dict[str, Any]:
        """The spreads as `table_rows` prints them."""
        return {
            "head": ["同类组", "家数", "最低", "中位", "平均", "最高"], "numeric": range(1, 6),
            "rows": [
                (row.group, row.count, *map(_score, (row.low, row.middle, row.average, row.high)))
                for row in self.spreads
            ],
        }  # fmt: skip


def overview(run: EvaluationRun, *, sees_all: bool) -> Overview:
    """Over all results of the last round, whoever looks; how the scores of a group of fewer than
    three lie only for those who see every score anyway. One query."""
    rows = EvaluationResult.objects.in_force().filter(round__run=run)
    listed = list(rows.values_list("group", "score", "grade", "is_vetoed"))
    counts = Counter(row[2] for row in listed)
    bands: Counter[int] = Counter()
    groups: dict[str, list[Decimal]] = {}
    for group, score, _grade, _vetoed in listed:
        if score is not None:
            groups.setdefault(group, []).append(score)
            bands[min(int(score) // 10, 9)] += 1
    return Overview(
        total=len(listed),
        vetoed=sum(row[3] for row in listed),
        grades=[(name, counts[slug]) for slug, name in run.scheme.grade_names.items()],
        spreads=[_spread(name, values, sees_all) for name, values in sorted(groups.items())],
        bands=[(f"{10 * ten}—{10 * ten + 10}", bands[ten]) for ten in range(10)],
    )  # fmt: skip


def _score(value: Decimal | None) -> str:
    """A score, to two decimals wherever scores stand in a column."""
    return "" if value is None else f"{value:.2f}"


def _spread(name: str, values: list[Decimal], sees_all: bool) -> Spread:
    if len(values) < ANONYMOUS and not sees_all:
        return Spread(name, len(values), None, None, None, None)
    average = sum(values, Decimal(0)) / len(values)
    shown = (min(values), median(values), average, max(values))
    return Spread(name, len(values), *(round(Decimal(value), 2) for value in shown))


def own_results(rows: ResultQuerySet, run: EvaluationRun, user: Any) -> list[EvaluationResult]:
    """The user's own platforms in a run, as far as `rows` show them."""
    own = user.organisation_ids(Role.OPERATOR) if user.is_authenticated else ()
    if not own:
        return []
    mine = rows.light().filter(round__run=run, platform__organisation__in=own)
    related = ("platform", "round__run")
    return list(mine.select_related(*related).order_by("platform__pinyin_key", "pk"))


@dataclass(frozen=True)
class Input:
    """One frozen input of an item: what the report said, and whether it was corrected."""

    code: str
    name: str
    words: str
    is_corrected: bool


@dataclass(frozen=True)
class Step:
    """One indicator of a result: from its inputs to its points."""

    item: dict[str, Any]
    inputs: list[Input]


@dataclass(frozen=True)
class Part:
    """One heading of a result."""

    heading: dict[str, Any]
    steps: list[Step]


def steps_of(result: EvaluationResult) -> list[Part]:
    """The way from the report's values to the score. Two queries."""
    known = indicators_of(result.round.run)
    values = result.inputs["values"]
    corrected = {note["code"] for note in result.inputs["corrections"]}

    def shown(code: str) -> Input:
        data, reason = values.get(code, [None, "na"])
        indicator = known.get(code)
        name = indicator.name if indicator else code
        words = _words(indicator, data) if data is not None else NULL_WORDS[reason]
        return Input(code, name, words, code in corrected)

    return [
        Part(heading, [Step(item, [shown(c) for c in item["codes"]]) for item in heading["items"]])
        for heading in result.detail["headings"]
    ]


def _words(indicator: Indicator | None, data: Any) -> str:
    if indicator is None:
        return str(data)
    value = Decimal(data) if indicator.is_number else data
    return f"{in_words(indicator, value, dict(choices_of(indicator)))}{indicator.unit}"


def indicators_of(run: EvaluationRun) -> dict[str, Indicator]:
    """The indicator versions that the run's year asked for, by code. One query."""
    return {row.code: row for row in run.cycle.indicators.in_order()}


def contestable(run: EvaluationRun, result: EvaluationResult) -> list[tuple[str, str]]:
    """(code, name) of what the scheme reads of a result's inputs."""
    known, read = indicators_of(run), read_scheme(run.scheme.definition).codes
    return [(code, f"{known[code].name}（{code}）") for code in result.inputs["values"]
            if code in known and code in read]  # fmt: skip


def disputes_of(rows: QuerySet[Any], run: EvaluationRun) -> list[EvaluationDispute]:
    """Open ones first, with their files. Two queries, however many."""
    related = ("platform", "made_by", "correction")
    listed = list(rows.filter(run=run).select_related(*related).order_by("-created_at", "pk"))
    files = file_items(listed)
    for dispute in listed:
        dispute.files = files[str(dispute.pk)]
    return sorted(listed, key=lambda row: row.status != DisputeStatus.OPEN)


def earlier_results(result: EvaluationResult) -> list[EvaluationResult]:
    """The same platform in earlier rounds of the run, latest first: what was kept."""
    rows = EvaluationResult.objects.light().filter(
        round__run=result.round.run_id, platform=result.platform_id
    )
    rows = rows.exclude(pk=result.pk).select_related("round")
    return list(rows.order_by("-round__number"))


def report_seen(rows: QuerySet[Any], result: EvaluationResult) -> AnnualReport | None:
    """The report behind a result, if it is among those that the user may see."""
    return rows.filter(pk=result.report_id).first() if result.report_id else None


def scheme_slugs_for(user: Any) -> list[str]:
    """The schemes in use where the user works, and those of this deployment."""
    regions = {row.region_id for row in user.assignments if row.region_id}
    files = [jurisdiction_of(region) for region in sorted(regions)] + [current_jurisdiction()]
    return list(dict.fromkeys(slug for one in files for slug in one.evaluations))


def recommended(*, runs: int, grades: Iterable[str] = ("excellent",)) -> QuerySet[Any]:
    """Platforms that had the best grade in each of the last `runs` published years (L16).

    Demo years say nothing of real ones: while real runs are published only they count. Four
    queries.
    """
    published = EvaluationRun.objects.published().grading()
    published = published.filter(is_demo=not published.filter(is_demo=False).exists())
    years = sorted(
        published.values_list("cycle__year", flat=True).distinct().order_by("cycle__year")
    )[-runs:]
    if len(years) < runs:
        return EvaluationResult.objects.none()
    rows = EvaluationResult.objects.in_force().filter(
        round__run__in=published, round__run__cycle__year__in=years, grade__in=list(grades)
    )
    often = rows.values("platform").annotate(
        years=Count("round__run__cycle__year", distinct=True), last=Max("pk")
    )
    last = [row["last"] for row in often if row["years"] == runs]
    found = EvaluationResult.objects.light().filter(pk__in=last)
    related = ("platform__region", "platform__organisation", "round__run__cycle")
    return found.select_related(*related).order_by("-score", "platform__slug", "pk")


def choice_words(definition: dict[str, Any]) -> dict[str, list[tuple[str, Any]]]:
    """Of items that take points by choice: formula → (name of the choice, points)."""
    items = [item for heading in definition["headings"] for item in heading["items"]]
    chosen = {item["formula"]: item["points"] for item in items if "points" in item}
    rows = Indicator.objects.current().filter(code__in=chosen)
    names = {row.code: dict(choices_of(row)) for row in rows}
    return {
        code: [(names.get(code, {}).get(slug, slug), n) for slug, n in points.items()]
        for code, points in chosen.items()
    }
