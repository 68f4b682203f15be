"""Computing reports: queries over all platforms at once, formulas a report, one write a chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from reporting import formulas, queries
from reporting.enums import NullReason
from reporting.models import AnnualReport, Indicator, ReportCycle
from reporting.queries import Answer, Scope
from reporting.services.cells import (
    Cell,
    Cells,
    Earlier,
    Plans,
    cells_of,
    earlier_numbers,
    plans_of,
    write_cells,
)
from reporting.values import as_json, columns_of

CHUNK = 200
REPORT = "report."
BURDEN, PLAN, RESULT = "report.burden", "report.plan", "report.plan_result"


@dataclass(frozen=True)
class Definitions:
    """The cycle's indicators, prepared once for many reports."""

    rows: list[Indicator]
    by_code: dict[str, Indicator]
    formulas: dict[str, formulas.Formula]
    order: list[str]

    @property
    def past(self) -> set[tuple[str, int]]:
        """What formulas look back to: (code, years before)."""
        return {pair for formula in self.formulas.values() for pair in formula.past}


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
    stored = cells_of(reports, known.rows)
    earlier = earlier_numbers(cycle, [report.platform_id for report in reports], known.past)
    plans = plans_of(cycle, reports)
    changed: list[tuple[int, Indicator, Cell]] = []
    for report in reports:
        mine = stored.get(report.pk, {})
        codes = _answered(report.platform_id, known, found, mine) if found else set()
        past = partial(_past, earlier.get(report.platform_id, {}))
        codes |= _derive(known, mine, past, plans[report.pk])
        changed += [(report.pk, known.by_code[code], mine[code]) for code in sorted(codes)]
        report.computed_at = now
        burden = mine.get("DIG-03")
        report.burden_percent = burden.number if burden else None
    write_cells(changed, now=now)
    AnnualReport.objects.bulk_update(reports, ["computed_at", "burden_percent"])
    return len(reports)


def _past(mine: Earlier, code: str, years: int) -> Decimal | None:
    return mine.get((code, years))


def _answered(
    platform: int,
    known: Definitions,
    found: Mapping[str, Mapping[int, Answer]],
    mine: Cells,
) -> set[str]:
    """Codes of queries whose answer is new; `mine` is brought up to date."""
    changed = set()
    for indicator in known.rows:
        name = indicator.query or indicator.prefill
        if not name or name.startswith(REPORT):
            continue
        answer = found[name][platform]
        if indicator.is_manual and (indicator.code in mine or answer.value is None):
            continue
        if _fill(indicator, mine, answer):
            changed.add(indicator.code)
    return changed


def _fill(indicator: Indicator, mine: Cells, answer: Answer) -> bool:
    """Put the answer into its cell; False when it holds it already."""
    value = answer.value
    if indicator.is_number:
        value = formulas.rounded(value, indicator.decimals)
    new = Cell(
        indicator.kind, **columns_of(indicator, value), detail=answer.detail, fill=indicator.fill,
        null_reason=answer.null_reason if value is None and not indicator.is_manual else "",
    )  # fmt: skip
    old = mine.get(indicator.code)
    if old is not None:
        if old.computed == new.computed:
            return False
        new.is_typed = old.is_typed
        new.correction, new.correction_answer = old.correction, old.correction_answer
    mine[indicator.code] = new
    return True


def _derive(known: Definitions, mine: Cells, past: formulas.Past, plans: Plans) -> set[str]:
    """Codes of formulas and of the report itself whose value is new; `mine` is kept up to date."""
    numbers = {code: cell.effective for code, cell in mine.items() if cell.is_number}
    changed = set()
    for code in known.order:
        indicator = known.by_code[code]
        value = formulas.rounded(known.formulas[code].value(numbers, past), indicator.decimals)
        if _fill(indicator, mine, _derived(value)):
            changed.add(code)
        numbers[code] = mine[code].effective
    # the meter counts what the others have written, so it comes last
    for indicator in sorted(known.rows, key=lambda row: row.query == BURDEN):
        if indicator.query.startswith(REPORT):
            answer = _of_report(indicator, known, mine, numbers, plans)
            if _fill(indicator, mine, answer):
                changed.add(indicator.code)
    return changed


def _derived(value: Any) -> Answer:
    return Answer(value, null_reason=NullReason.NOT_APPLICABLE if value in (None, []) else "")


def _of_report(
    indicator: Indicator,
    known: Definitions,
    mine: Cells,
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


def asked_of(rows: Iterable[Indicator], mine: Cells) -> list[tuple[str, bool]]:
    """What the burden meter counts in a report."""
    found = []
    for indicator in rows:
        cell = mine.get(indicator.code)
        if cell is not None and cell.effective is not None:
            found.append((indicator.code, cell.is_typed))
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
