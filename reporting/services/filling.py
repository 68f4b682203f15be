"""What people type into a report: values, plan, corrections, evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core.errors import DomainError
from core.files import store_file
from core.services import assign, emit, lock, log_activity
from core.templatetags.portal_format import plain
from reporting import rules
from reporting.access import AnnualReportAccess
from reporting.enums import Answer, Fill, NullReason
from reporting.models import AnnualReport, Indicator, PlanTarget, ReportValue
from reporting.selectors.indicators import choices_of
from reporting.selectors.sheets import Line, lines_of
from reporting.services.compute import compute_reports
from reporting.values import as_json, clean, columns_of

NOTE_LENGTH = 500


@dataclass(frozen=True)
class Typed:
    """What somebody typed for one indicator. `version` is the one they saw, None: whatever."""

    code: str
    raw: Any = None
    null_reason: str = ""
    note: str = ""
    version: int | None = None


@dataclass
class Saved:
    """What a save did: codes written, codes that somebody else had changed, errors by code."""

    written: list[str] = field(default_factory=list)
    conflicts: dict[str, ReportValue] = field(default_factory=dict)
    errors: dict[str, DomainError] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        return not self.conflicts and not self.errors


@transaction.atomic
def save_values(
    *, actor: Any, report: AnnualReport, typed: Iterable[Typed], now: datetime
) -> Saved:
    """Write every value that is well-formed and nobody else changed since it was seen.

    The others are told and not written: nothing is overwritten, and what was typed stays with the
    caller. Derived values follow at once. Errors (raised): Refused. In the result: `invalid_value`,
    `auto_value`, `null_reason`, `unknown_indicator`, conflicts.
    """
    locked = lock(report, "cycle__region", "platform")
    AnnualReportAccess(actor).require("edit", locked)
    known = {row.code: row for row in locked.cycle.indicators.all()}
    rows = ReportValue.objects.select_for_update(of=("self",)).select_related("indicator")
    mine = {row.indicator.code: row for row in rows.filter(report=locked).order_by("pk")}
    saved = Saved()
    for entry in typed:
        try:
            _save(actor, locked, known, mine, entry, saved, now)
        except DomainError as error:
            saved.errors[entry.code] = error
    if saved.written:
        log_activity(
            actor=actor, action="reporting.annualreport.fill", target=locked, now=now,
            data={"codes": saved.written},
        )  # fmt: skip
        _follow_up(locked, now)
    return saved


def _save(
    actor: Any,
    report: AnnualReport,
    known: Mapping[str, Indicator],
    mine: dict[str, ReportValue],
    entry: Typed,
    saved: Saved,
    now: datetime,
) -> None:
    indicator = known.get(entry.code)
    if indicator is None:
        raise DomainError("unknown_indicator", f"没有指标“{entry.code}”。", entry.code)
    row = mine.get(entry.code)
    if indicator.fill != Fill.MANUAL:
        _note_only(indicator, row, entry, saved, now)
        return
    value = clean(indicator, entry.raw, dict(choices_of(indicator)))
    if entry.null_reason and entry.null_reason not in NullReason.values:
        raise DomainError("null_reason", f"{indicator.name}：没有这个空值原因。", entry.code)
    if value is not None and entry.null_reason:
        raise DomainError("null_reason", f"{indicator.name}：有数值就不选空值原因。", entry.code)
    row = row or ReportValue(report=report, indicator=indicator, fill=indicator.fill)
    new = columns_of(indicator, value)
    new |= {"null_reason": entry.null_reason, "note": _note(indicator, entry)}
    if all(getattr(row, name) == content for name, content in new.items()):
        return
    if row.pk and entry.version is not None and entry.version != row.version:
        saved.conflicts[entry.code] = row
        return
    if {k: v for k, v in new.items() if k != "note"} != {
        name: getattr(row, name) for name in ("number", "text", "data", "null_reason")
    }:
        row.typed_by, row.typed_at = actor, now
    _write(row, new, now)
    mine[entry.code] = row
    saved.written.append(entry.code)


def _note_only(
    indicator: Indicator, row: ReportValue | None, entry: Typed, saved: Saved, now: datetime
) -> None:
    """Computed values are read-only (house rule 5); a warning on one may be explained."""
    if entry.raw not in (None, "", []) or entry.null_reason:
        raise DomainError(
            "auto_value", f"{indicator.name}由系统计算，不能手填；有异议请申请更正。", entry.code
        )
    note = _note(indicator, entry)
    if row is None or row.note == note:
        return
    if entry.version is not None and entry.version != row.version:
        saved.conflicts[entry.code] = row
        return
    _write(row, {"note": note}, now)
    saved.written.append(entry.code)


def _note(indicator: Indicator, entry: Typed) -> str:
    note = entry.note.strip()
    if len(note) > NOTE_LENGTH:
        raise DomainError("note", f"{indicator.name}：说明不超过 {NOTE_LENGTH} 字。", entry.code)
    return note


def _write(row: ReportValue, new: Mapping[str, Any], now: datetime) -> None:
    assign(row, new)
    row.version += 1
    row.clean_fields(exclude=["report", "indicator"])
    row.save()


def _follow_up(report: AnnualReport, now: datetime) -> None:
    """Derived values and the count of problems, after any change."""
    compute_reports(
        cycle=report.cycle, reports=AnnualReport.objects.filter(pk=report.pk), now=now,
        refresh=False,
    )  # fmt: skip
    count_problems(report)


def count_problems(report: AnnualReport) -> list[Line]:
    """How many findings keep the report from being submitted is kept on the report for lists.

    Returns the lines that were counted.
    """
    lines = lines_of(report)
    count = sum(finding.blocks for line in lines for finding in line.findings)
    AnnualReport.objects.filter(pk=report.pk).update(problem_count=count)
    return lines


@transaction.atomic
def refresh_report(*, actor: Any, report: AnnualReport, now: datetime) -> list[Line]:
    """Compute the automatic values of one report anew; its lines after it. Errors: Refused."""
    locked = lock(report, "cycle__region", "platform")
    AnnualReportAccess(actor).require("edit", locked)
    rows = AnnualReport.objects.filter(pk=locked.pk)
    compute_reports(cycle=locked.cycle, reports=rows, now=now)
    return count_problems(locked)


@transaction.atomic
def save_plan(
    *,
    actor: Any,
    report: AnnualReport,
    targets: Mapping[str, tuple[Any, str]],
    now: datetime,
    seen: Mapping[str, str] | None = None,
) -> Saved:
    """Set next year's targets: code → (number or nothing, measures). They become next year's
    baseline (G11). `seen` is the version of each target that its writer saw ("" for none).

    What is wrong, or was changed by somebody else since, is told and not written; the rest is.
    Errors (raised): Refused. In the result: `invalid_value`, `not_plannable`, `changed`.
    """
    locked = lock(report, "cycle__region", "platform")
    AnnualReportAccess(actor).require("edit", locked)
    known = {row.code: row for row in locked.cycle.indicators.all()}
    existing = {row.code: row for row in locked.plan_targets.select_for_update()}
    saved = Saved()
    for code, (raw, note) in targets.items():
        indicator = known.get(code)
        try:
            if indicator is None or not indicator.can_be_planned:
                raise DomainError("not_plannable", f"指标“{code}”不能设目标。", code)
            target, row = clean(indicator, raw), existing.get(code)
            if _set_target(locked, row, code, target, note.strip()[:300], (seen or {}).get(code)):
                saved.written.append(code)
        except DomainError as error:
            saved.errors[code] = error
    if saved.written:
        log_activity(actor=actor, action="reporting.annualreport.plan", target=locked, now=now)
        _follow_up(locked, now)
    return saved


def _set_target(
    report: AnnualReport,
    row: PlanTarget | None,
    code: str,
    target: Decimal | None,
    note: str,
    seen: str | None,
) -> bool:
    """Whether anything was to be changed. DomainError `changed` when somebody did meanwhile."""
    if target is None:
        note = ""  # measures belong to a target
    if (row.target, row.note) == (target, note) if row else target is None:
        return False
    if seen is not None and seen != (row.version if row else ""):
        held = f"改为“{plain(row.target)}”" if row else "删除"
        raise DomainError(
            "changed", f"他人刚才已{held}，没有覆盖。仍要用您的目标，请再保存一次。", code
        )
    if target is None and row is not None:
        row.delete()
    elif target is not None:
        row = row or PlanTarget(report=report, code=code)
        row.target, row.note = target, note
        row.save()
    return True


@transaction.atomic
def request_correction(
    *, actor: Any, report: AnnualReport, code: str, raw: Any, reason: str, now: datetime
) -> ReportValue:
    """Say that a computed value is wrong. Both values are kept (house rule 5).

    Errors: Refused, `not_computed`, `invalid_value`, `reason_required`. Event
    `reporting.report.correction_requested`.
    """
    locked = lock(report, "cycle__region", "platform")
    AnnualReportAccess(actor).require("edit", locked)
    row = _value(locked, code)
    if row.indicator.is_manual:
        raise DomainError("not_computed", "填报的数值直接修改即可。", "value")
    try:
        value = clean(row.indicator, raw, dict(choices_of(row.indicator)))
    except DomainError as error:
        raise DomainError(error.code, error.message, "value") from error
    if value is None:
        raise DomainError("invalid_value", "请填写您认为正确的数值。", "value")
    if len(reason.strip()) < rules.SENTENCE:
        raise DomainError("reason_required", "请写明更正理由和依据。", "reason")
    row.correction = {"value": as_json(value)}
    row.correction_reason = reason.strip()
    row.correction_answer = Answer.PENDING
    row.version += 1
    row.full_clean(exclude=["report", "indicator"])
    row.save()
    log_activity(
        actor=actor, action="reporting.annualreport.correct", target=locked, now=now,
        reason=reason, data={"code": code},
    )  # fmt: skip
    emit("reporting.report.correction_requested", report_id=locked.pk, code=code)
    count_problems(locked)
    return row


@transaction.atomic
def answer_correction(
    *, actor: Any, report: AnnualReport, code: str, accept: bool, reason: str, now: datetime
) -> ReportValue:
    """Accept or decline a correction. An accepted one counts from then on, wherever numbers are
    derived. Errors: Refused, `no_correction`, `reason_required` (declining)."""
    locked = lock(report, "cycle__region", "platform")
    AnnualReportAccess(actor).require("answer_correction", locked)
    row = _value(locked, code)
    if row.correction_answer != Answer.PENDING:
        raise DomainError("no_correction", "没有待处理的更正申请。")
    if not accept and not reason.strip():
        raise DomainError("reason_required", "请写明不同意的理由。", "reason")
    row.correction_answer = Answer.ACCEPTED if accept else Answer.DECLINED
    row.version += 1
    row.save()
    log_activity(
        actor=actor, action="reporting.annualreport.answer_correction", target=locked, now=now,
        reason=reason, data={"code": code, "accepted": accept},
    )  # fmt: skip
    emit("reporting.report.correction_answered", report_id=locked.pk, code=code)
    _follow_up(locked, now)
    return row


def _value(report: AnnualReport, code: str) -> ReportValue:
    rows = ReportValue.objects.select_for_update(of=("self",)).select_related("indicator")
    row = rows.filter(report=report, indicator__code=code).first()
    if row is None:
        raise DomainError("unknown_indicator", f"报告中没有指标“{code}”。")
    return row


@transaction.atomic
def attach_evidence(
    *, actor: Any, report: AnnualReport, code: str, uploads: Sequence[UploadedFile], now: datetime
) -> ReportValue:
    """Files that prove a value. Errors: Refused, `file_required`, those of files."""
    locked = lock(report, "cycle__region", "platform")
    AnnualReportAccess(actor).require("edit", locked)
    if not uploads:
        raise DomainError("file_required", "请选择要上传的文件。", "files")
    indicator = locked.cycle.indicators.filter(code=code).first()
    if indicator is None:
        raise DomainError("unknown_indicator", f"报告中没有指标“{code}”。")
    row, _made = ReportValue.objects.get_or_create(
        report=locked, indicator=indicator, defaults={"fill": indicator.fill}
    )
    for upload in uploads:
        store_file(actor=actor, upload=upload, target=row, field="files")
    log_activity(
        actor=actor, action="reporting.annualreport.attach", target=locked, now=now,
        data={"code": code, "count": len(uploads)},
    )  # fmt: skip
    return row
