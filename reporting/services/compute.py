"""Computing reports: queries over all platforms at once, formulas a report, one write a chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from reporting import formulas, queries
from reporting.enums import NullReason
from reporting.models import AnnualReport, Indicator, PlanTarget, ReportCycle, ReportValue
from reporting.queries import Answer, Scope
from reporting.values import as_json, columns_of

CHUNK = 200
REPORT = "report."
BURDEN, PLAN, RESULT = "report.burden", "report.plan", "report.plan_result"
WRITTEN = ["number", "text", "data", "null_reason", "detail", "fill", "computed_at", "updated_at"]


@dataclass(frozen=True)
class Definitions:
    """The cycle's indicators, prepared once for many reports."""

    rows: list[Indicator]
    by_code: dict[str, Indicator]
    formulas: dict[str, formulas.Formula]
    order: list[str]

    @property
    def years_back(self) -> set[int]:
        return {years for formula in self.formulas.values() for _, years in formula.past}


def definitions(rows: Iterable[Indicator]) -> Definitions:
    """Parse and order the formulas of the indicators of a cycle."""
    listed = list(rows)
    parsed = {row.code: formulas.parse(row.formula) for row in listed if row.formula}
    return Definitions(listed, {row.code: row for row in listed}, parsed, formulas.in_order(parsed))


def scope_of(cycle: ReportCycle, reports: QuerySet[Any], now: datetime) -> Scope:
    """The year, region and platforms that the reports cover."""
    return Scope(
        reports.values("platform"), cycle.first_day, cycle.last_day, cycle.region.prefix, now
    )


def compute_reports(
    *,
    cycle: ReportCycle,
    reports: Any,
    now: datetime,
    after_chunk: Callable[[int], bool] = lambda count: True,
    refresh: bool = True,
) -> int:
    """Write computed (A, C), prefilled (M) and derived (D) values of editable `reports`.

    Typed values stay as they are; a prefill is written only where nothing was typed yet. Without
    `refresh` only derived values are written, from what is stored. The queries run once for all
    platforms; writing goes by chunks of 200 reports, each its own transaction, so that progress is
    kept; `after_chunk(done)` returning False stops. Returns how many reports were written.
    """
    known = definitions(cycle.indicators.in_order())
    asked = {row.query or row.prefill for row in known.rows} - {""} if refresh else set()
    found = queries.answers(
        [name for name in asked if not name.startswith(REPORT)], scope_of(cycle, reports, now)
    )
    ids = list(reports.editable().order_by("pk").values_list("pk", flat=True))
    done = 0
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        with transaction.atomic():
            done += _write(cycle=cycle, known=known, found=found, ids=part, now=now)
        if not after_chunk(done):
            break
    return done


def _write(
    *,
    cycle: ReportCycle,
    known: Definitions,
    found: Mapping[str, Mapping[int, Answer]],
    ids: Sequence[int],
    now: datetime,
) -> int:
    reports = list(
        AnnualReport.objects.select_for_update(of=("self",)).editable().filter(pk__in=ids)
        .order_by("pk")
    )  # fmt: skip
    stored = stored_values(reports, known)
    earlier = {years: earlier_numbers(cycle, reports, years) for years in
               known.years_back | {1}}  # fmt: skip
    plans = plans_of(cycle, reports)
    changed: list[ReportValue] = []
    for report in reports:
        mine = stored.get(report.pk, {})
        if found:
            changed += _answered(report, known, found, mine, now)
        past = _past(earlier, report.platform_id)
        changed += derive(report, known, mine, past, plans.get(report.pk, ({}, {})), now)
        report.computed_at = now
        burden = mine.get("DIG-03")
        report.burden_percent = burden.number if burden else None
    ReportValue.objects.bulk_create(
        {(row.report_id, row.indicator_id): row for row in changed}.values(),
        update_conflicts=True, unique_fields=["report", "indicator"], update_fields=WRITTEN,
        batch_size=2000,
    )  # fmt: skip
    AnnualReport.objects.bulk_update(reports, ["computed_at", "burden_percent"])
    return len(reports)


def stored_values(
    reports: Sequence[AnnualReport], known: Definitions
) -> dict[int, dict[str, ReportValue]]:
    """Values of many reports: report → code → row. Rows share the indicators already read."""
    by_id = {row.pk: row for row in known.rows}
    found: dict[int, dict[str, ReportValue]] = {}
    for row in ReportValue.objects.filter(report__in=reports, indicator__in=by_id):
        row.indicator = by_id[row.indicator_id]
        found.setdefault(row.report_id, {})[row.indicator.code] = row
    return found


def earlier_numbers(
    cycle: ReportCycle, reports: Sequence[AnnualReport], years: int
) -> dict[int, dict[str, Decimal]]:
    """Numbers of the same platforms `years` before: platform → code → number in force."""
    rows = ReportValue.objects.filter(
        report__cycle__year=cycle.year - years,
        report__cycle__region=cycle.region_id,
        report__platform__in=[report.platform_id for report in reports],
    ).select_related("indicator", "report")
    found: dict[int, dict[str, Decimal]] = {}
    for row in rows:
        if row.indicator.is_number and row.effective is not None:
            found.setdefault(row.report.platform_id, {})[row.indicator.code] = row.effective
    return found


Plans = tuple[dict[str, Decimal], dict[str, Decimal]]


def plans_of(cycle: ReportCycle, reports: Sequence[AnnualReport]) -> dict[int, Plans]:
    """For each report: its own targets for next year, and those set for it a year ago."""
    own: dict[int, dict[str, Decimal]] = {}
    for row in PlanTarget.objects.filter(report__in=reports).order_by("code"):
        own.setdefault(row.report_id, {})[row.code] = row.target
    base: dict[int, dict[str, Decimal]] = {}
    earlier = PlanTarget.objects.filter(
        report__cycle__year=cycle.year - 1, report__cycle__region=cycle.region_id,
        report__platform__in=[report.platform_id for report in reports],
    ).select_related("report").order_by("code")  # fmt: skip
    for row in earlier:
        base.setdefault(row.report.platform_id, {})[row.code] = row.target
    return {r.pk: (own.get(r.pk, {}), base.get(r.platform_id, {})) for r in reports}


def _past(earlier: Mapping[int, Mapping[int, Mapping[str, Decimal]]], platform: int) -> Any:
    return lambda code, years: earlier[years].get(platform, {}).get(code)


def _answered(
    report: AnnualReport,
    known: Definitions,
    found: Mapping[str, Mapping[int, Answer]],
    mine: dict[str, ReportValue],
    now: datetime,
) -> list[ReportValue]:
    """Rows of queries whose answer is new; `mine` is brought up to date."""
    changed = []
    for indicator in known.rows:
        name = indicator.query or indicator.prefill
        if not name or name.startswith(REPORT):
            continue
        answer = found[name][report.platform_id]
        if indicator.is_manual and (indicator.code in mine or answer.value is None):
            continue
        row = _fill(report, indicator, mine, answer, now)
        if row is not None:
            changed.append(row)
    return changed


def _fill(
    report: AnnualReport,
    indicator: Indicator,
    mine: dict[str, ReportValue],
    answer: Answer,
    now: datetime,
) -> ReportValue | None:
    """The row with the answer, or None when it holds it already."""
    value = answer.value
    if indicator.is_number:
        value = formulas.rounded(value, indicator.decimals)
    values = columns_of(indicator, value) | {
        "null_reason": answer.null_reason if value is None and not indicator.is_manual else "",
        "detail": answer.detail,
        "fill": indicator.fill,
    }
    row = mine.get(indicator.code)
    if row is not None and all(getattr(row, key) == new for key, new in values.items()):
        return None
    if row is None:
        row = ReportValue(report=report, indicator=indicator)
        mine[indicator.code] = row
    for key, new in values.items():
        setattr(row, key, new)
    row.computed_at = row.updated_at = now
    return row


def numbers_of(mine: Mapping[str, ReportValue]) -> dict[str, Decimal | None]:
    """Numbers in force, by code."""
    return {code: row.effective for code, row in mine.items() if row.indicator.is_number}


def derive(
    report: AnnualReport,
    known: Definitions,
    mine: dict[str, ReportValue],
    past: formulas.Past,
    plans: Plans,
    now: datetime,
) -> list[ReportValue]:
    """Rows of formulas and of the report itself whose value is new; `mine` is kept up to date."""
    numbers = numbers_of(mine)
    changed = []
    for code in known.order:
        indicator = known.by_code[code]
        value = formulas.rounded(known.formulas[code].value(numbers, past), indicator.decimals)
        row = _fill(report, indicator, mine, _derived(value), now)
        changed += [row] if row else []
        numbers[code] = mine[code].effective
    # the meter counts what the others have written, so it comes last
    for indicator in sorted(known.rows, key=lambda row: row.query == BURDEN):
        if indicator.query.startswith(REPORT):
            answer = _of_report(indicator, known, mine, numbers, plans)
            row = _fill(report, indicator, mine, answer, now)
            changed += [row] if row else []
    return changed


def _derived(value: Any) -> Answer:
    return Answer(value, null_reason=NullReason.NOT_APPLICABLE if value in (None, []) else "")


def _of_report(
    indicator: Indicator,
    known: Definitions,
    mine: Mapping[str, ReportValue],
    numbers: Mapping[str, Decimal | None],
    plans: Plans,
) -> Answer:
    """What the report says of itself: its burden, its plan, how the last plan was met."""
    own, base = plans
    if indicator.query == BURDEN:
        return Answer(burden(asked_of(known.rows, mine)))
    if indicator.query == PLAN:
        listed = [_target(known, code, target) for code, target in own.items()]
        return _derived(listed or None)
    listed = [
        _target(known, code, target) | _result(numbers.get(code), target)
        for code, target in base.items()
    ]
    return _derived(listed or None)


def burden(asked: Iterable[tuple[str, bool]]) -> Decimal | None:
    """DIG-03: of what a report asks, how many values per hundred nobody has to type.

    `asked` is (code, by a person) of every value there is or that a person still has to give; the
    meter does not count itself, nor computed values that do not apply.
    """
    by_person = [is_typed for code, is_typed in asked if code != "DIG-03"]
    return Decimal(100 * by_person.count(False)) / len(by_person) if by_person else None


def asked_of(rows: Iterable[Indicator], mine: Mapping[str, ReportValue]) -> list[tuple[str, bool]]:
    """What the burden meter counts in a report."""
    found = []
    for indicator in rows:
        row = mine.get(indicator.code)
        if row is not None and row.effective is not None:
            found.append((indicator.code, row.typed_by_id is not None))
        elif indicator.is_manual:
            found.append((indicator.code, True))
    return found


def _target(known: Definitions, code: str, target: Decimal) -> dict[str, Any]:
    indicator = known.by_code.get(code)
    return {
        "code": code,
        "name": indicator.name if indicator else code,
        "target": as_json(target),
        "unit": indicator.unit if indicator else "",
    }


def _result(actual: Decimal | None, target: Decimal) -> dict[str, Any]:
    percent = None if actual is None or not target else formulas.rounded(actual / target * 100, 2)
    return {"actual": as_json(actual), "percent": as_json(percent)}
