"""Computing an evaluation: freezing what each platform is judged by, scoring, proving it later."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from core.access import SYSTEM
from core.bulk import write_rows
from core.errors import DomainError
from core.services import emit, lock, log_activity
from core.states import perform
from reporting.access import EvaluationAccess
from reporting.enums import ReportStatus, RunStatus
from reporting.models import (
    AnnualReport,
    EvaluationResult,
    EvaluationRound,
    EvaluationRun,
    ReportCycle,
    ReportValue,
    ReportVersion,
)
from reporting.scoring import Candidate, Result, Scheme, Value, evaluate, read_scheme
from reporting.selectors.frozen import latest_versions
from reporting.services.snapshots import canonical
from reporting.values import as_json

CHUNK = 200
FALSE_DATA = "false_data"
KIND, FIELD = "BAS-02", "BAS-13"
Inputs = dict[str, Any]
Tell = Callable[[int, int], bool]


class Stopped(Exception):
    """The job was cancelled; nothing is written."""


def compute_round(
    *, cycle: ReportCycle, now: datetime, tell: Tell, since: datetime, run_id: int, reason: str = ""
) -> dict[str, int]:
    """One round of a run: the job's work. Safe to run twice: a round is written whole, once a
    request (`since`). Until the publicity the accepted reports of the day are frozen; from then on
    the inputs of the last round, with the corrections made since.
    """
    run = EvaluationRun.objects.select_related("scheme", "region", "cycle").get(pk=run_id)
    done = run.rounds.filter(requested_at=since).first()
    if done is not None or not run.is_open:
        return {"evaluated": done.count if done else 0, "total": done.count if done else 0}
    scheme = read_scheme(run.scheme.definition)
    try:
        inputs = _inputs(run, scheme, tell)
    except Stopped:
        return {"evaluated": 0}
    correct(inputs, run)
    results = evaluate(scheme, (candidate_of(key, one) for key, one in inputs.items()))
    if not tell(len(inputs), len(inputs)):
        return {"evaluated": 0}
    _write(run=run, inputs=inputs, results=results, since=since, now=now, reason=reason)
    return {"evaluated": len(results), "total": len(results)}


def _inputs(run: EvaluationRun, scheme: Scheme, tell: Tell) -> dict[str, Inputs]:
    last = run.rounds.order_by("-number").first()
    if run.status == RunStatus.PUBLICITY and last is not None:
        rows = last.results.values_list("platform__slug", "inputs")
        return dict(rows.order_by("platform__slug").iterator(chunk_size=CHUNK))
    return freeze_inputs(run, scheme, tell)


def freeze_inputs(run: EvaluationRun, scheme: Scheme, tell: Tell) -> dict[str, Inputs]:
    """Platform → what it is judged by, of every report of the run. Queries: four, and one a chunk
    of 200 reports. Stopped when the job is cancelled."""
    reports = AnnualReport.objects.filter(
        cycle=run.cycle_id, platform__region__code__startswith=run.region.prefix
    )
    listed = list(
        reports.order_by("platform__slug").values_list(
            "pk", "status", "platform_id", "platform__slug", "platform__name", "platform__is_demo"
        )
    )
    accepted = [pk for pk, status, *_rest in listed if status == ReportStatus.ACCEPTED]
    past = earlier_years(run, scheme)
    frozen: dict[int, Inputs] = {}
    for start in range(0, len(accepted), CHUNK):
        frozen |= _of_versions(accepted[start : start + CHUNK], scheme)
        if not tell(start, len(listed)):
            raise Stopped
    found: dict[str, Inputs] = {}
    for pk, _status, platform_id, slug, name, is_demo in listed:
        base: Inputs = {
            "platform": {"id": platform_id, "slug": slug, "name": name, "is_demo": is_demo},
            "report": None, "values": {}, "facets": {}, "past": past.get(platform_id, {}),
            "false_data": "", "corrections": [],
        }  # fmt: skip
        found[slug] = base | frozen.get(pk, {})
    return found


def _of_versions(report_ids: Iterable[int], scheme: Scheme) -> dict[int, Inputs]:
    """The values of the last version of each report, of the indicators that count."""
    rows = ReportVersion.objects.filter(report__in=report_ids)
    wanted = scheme.codes | {KIND, FIELD}
    found: dict[int, Inputs] = {}
    for version in latest_versions(rows, "value", "null_reason", "words", codes=wanted):
        lines = version.lines or {}
        found[version.report_id] = {
            "report": {"id": version.report_id, "version": version.pk, "number": version.number,
                       "sha256": version.sha256},
            "values": {code: lines[code][:2] for code in sorted(lines)},
            "facets": {
                name: facet
                for name, code in (("kind", KIND), ("field", FIELD))
                if (facet := _facet(lines.get(code)))
            },
        }  # fmt: skip
    return found


def _facet(line: Sequence[Any] | None) -> list[str]:
    """Code and name of a choice; of several, the first: the main one of the register."""
    if line is None or not line[0]:
        return []
    value, _reason, words = line
    code = value[0] if isinstance(value, list) else value
    return [code, words.split("、")[0]]


def earlier_years(run: EvaluationRun, scheme: Scheme) -> dict[int, dict[str, list[Any]]]:
    """Earlier accepted years of what rules out for several years: platform → code → values, last
    year's first. One query."""
    if not scheme.past_codes:
        return {}
    most = max(scheme.past_codes.values())
    rows = ReportValue.objects.filter(
        report__cycle__region=run.cycle.region_id, report__status=ReportStatus.ACCEPTED,
        report__cycle__is_demo=run.cycle.is_demo,
        report__cycle__year__range=(run.cycle.year - most, run.cycle.year - 1),
        indicator__code__in=scheme.past_codes,
    ).select_related("indicator", "report__cycle")  # fmt: skip
    found: dict[int, dict[str, list[Any]]] = {}
    for row in rows.order_by("-report__cycle__year", "pk"):
        years = found.setdefault(row.report.platform_id, {}).setdefault(row.indicator.code, [])
        while len(years) < run.cycle.year - row.report.cycle.year - 1:
            years.append([None, "na"])  # a year without a report
        years.append([as_json(row.effective), row.null_reason])
    return found


def correct(inputs: dict[str, Inputs], run: EvaluationRun) -> None:
    """Apply the run's corrections, in their order, and note them; those noted are applied once."""
    rows = run.corrections.select_related("platform").order_by("made_at", "pk")
    for row in rows:
        one = inputs.get(row.platform.slug)
        if one is None or any(note["id"] == row.pk for note in one["corrections"]):
            continue
        if row.code == FALSE_DATA:
            before, one["false_data"] = one["false_data"], row.reason if row.value else ""
        else:
            before = one["values"].get(row.code)
            one["values"][row.code] = [row.value, row.null_reason]
        one["corrections"].append(
            {"id": row.pk, "code": row.code, "before": before,
             "after": [row.value, row.null_reason]}
        )  # fmt: skip


def candidate_of(key: str, inputs: Mapping[str, Any]) -> Candidate:
    """What the arithmetic looks at."""
    return Candidate(
        key=key,
        values={code: Value(*pair) for code, pair in inputs["values"].items()},
        facets={name: (pair[0], pair[1]) for name, pair in inputs["facets"].items()},
        past={code: tuple(Value(*pair) for pair in rows) for code, rows in inputs["past"].items()},
        has_report=inputs["report"] is not None,
        false_data=inputs["false_data"],
    )


def digest(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """SHA-256 over the rows, in the order of their keys."""
    found = hashlib.sha256()
    for key, content in sorted(rows, key=lambda row: row[0]):
        found.update(key.encode())
        found.update(canonical(content))
    return found.hexdigest()


@transaction.atomic
def _write(
    *,
    run: EvaluationRun,
    inputs: Mapping[str, Inputs],
    results: list[Result],
    since: datetime,
    now: datetime,
    reason: str,
) -> EvaluationRound:
    locked = lock(run)
    if not locked.is_open or locked.status != run.status:
        raise DomainError("wrong_state", "计算期间评价状态有变化，请重新计算。")
    details = {result.key: result.as_json() for result in results}
    made = EvaluationRound.objects.create(
        run=run, number=run.rounds.count() + 1, reason=reason[:300], requested_at=since,
        computed_at=now, count=len(results), input_digest=digest(inputs.items()),
        result_digest=digest(details.items()),
    )  # fmt: skip
    rows = _rows(inputs, results, details, run.scheme.grade_names)
    write_rows(EvaluationResult, rows, same={"round_id": made.pk}, batch=CHUNK)
    if locked.status == RunStatus.DRAFT:
        perform(EvaluationAccess(SYSTEM), "finish", locked, now=now)
    log_activity(
        actor=SYSTEM, action="reporting.evaluationrun.compute", target=run, now=now, reason=reason,
        data={"round": made.number, "digest": made.result_digest},
    )  # fmt: skip
    emit("reporting.evaluation.computed", run_id=run.pk)
    return made


def _rows(
    inputs: Mapping[str, Inputs],
    results: Iterable[Result],
    details: Mapping[str, dict[str, Any]],
    names: Mapping[str, str],
) -> Iterator[dict[str, Any]]:
    for result in results:
        one = inputs[result.key]
        report = one["report"] or {"id": None, "version": None}
        yield {
            "platform_id": one["platform"]["id"], "report_id": report["id"],
            "version_id": report["version"], "inputs": one, "detail": details[result.key],
            "score": result.score, "rank": result.rank,
            "group": result.group.label if result.score is not None else "",
            "group_rank": result.group_rank, "grade": result.grade,
            "grade_name": names[result.grade], "is_vetoed": bool(result.vetoes),
        }  # fmt: skip


@dataclass(frozen=True)
class Proof:
    """What recomputing from the frozen inputs gave: the platforms whose result differs."""

    digest: str
    is_same_input: bool
    differences: tuple[str, ...]

    @property
    def is_identical(self) -> bool:
        return self.is_same_input and not self.differences


def verify_round(*, actor: Any, round_: EvaluationRound) -> Proof:
    """Compute a round again from what it froze, and compare every digit. Errors: Refused."""
    run = round_.run
    EvaluationAccess(actor).require("verify", run)
    rows = list(round_.results.values_list("platform__slug", "inputs", "detail"))
    scheme = read_scheme(run.scheme.definition)
    again = {
        result.key: result.as_json()
        for result in evaluate(scheme, (candidate_of(slug, one) for slug, one, _d in rows))
    }
    found = digest(again.items())
    wrong = tuple(
        slug for slug, _one, detail in rows if canonical(detail) != canonical(again[slug])
    )
    is_same = digest((slug, one) for slug, one, _d in rows) == round_.input_digest
    return Proof(found, is_same and found == round_.result_digest, wrong)
