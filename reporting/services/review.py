"""From submitting to the archive: versions, steps, comments, extensions, reminders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from core.access import SYSTEM
from core.errors import DomainError, Refused
from core.files import store_file
from core.services import check_record, emit, lock, log_activity
from core.states import perform
from platforms.services import raise_from_report
from reporting.access import AnnualReportAccess, next_step
from reporting.enums import Answer
from reporting.models import AnnualReport, Extension, Indicator, ReviewComment
from reporting.rules import blocking
from reporting.services.filling import refresh_report
from reporting.services.snapshots import freeze

EVENTS = {
    "forward_city": "reporting.report.forwarded",
    "forward_province": "reporting.report.forwarded",
    "accept": "reporting.report.accepted",
    "return": "reporting.report.returned",
    "reopen": "reporting.report.reopened",
}
LONGEST_EXTENSION_DAYS = 92
SCANS = (".pdf", ".jpg", ".jpeg", ".png")


@transaction.atomic
def submit_report(*, actor: Any, report: AnnualReport, now: datetime) -> AnnualReport:
    """Freeze the report and send it to the first reviewer of its chain.

    Automatic values are computed a last time. Errors: Refused, `wrong_state`, `not_ready` (a rule
    does not hold, or a warning is not explained). Event `reporting.report.submitted`.
    """
    access = AnnualReportAccess(actor)
    access.require_now("submit", report)
    lines = refresh_report(actor=actor, report=report, now=now)
    left = blocking(found for line in lines for found in line.findings)
    if left:
        first = left[0]
        raise DomainError(
            "not_ready", f"还有 {len(left)} 处需要处理，如 {first.code}：{first.message}"
        )
    moved = perform(access, "submit", report, now=now)
    version = freeze(report=_whole(moved), actor=actor, now=now, lines=lines)
    moved = perform(AnnualReportAccess(SYSTEM), f"to_{moved.chain[0]}", moved, now=now)
    moved.submitted_at = now
    moved.save(update_fields=["submitted_at", "updated_at"])
    _ask_departments(actor, moved, now)
    emit("reporting.report.submitted", report_id=moved.pk, version_id=version.pk)
    return moved


@transaction.atomic
def recall_report(*, actor: Any, report: AnnualReport, now: datetime) -> AnnualReport:
    """The platform takes a submitted report back before anybody reviews it; versions stay.

    Errors: Refused (`in_review`, `closed`), `wrong_state`. Event `reporting.report.recalled`.
    """
    moved = perform(AnnualReportAccess(actor), "recall", report, now=now)
    emit("reporting.report.recalled", report_id=moved.pk)
    return moved


def _ask_departments(actor: Any, report: AnnualReport, now: datetime) -> None:
    """What the platform asks for in 存在问题与诉求 (PLN-06) goes to the departments, once (G48)."""
    found = report.values_set.filter(indicator__code="PLN-06").select_related("indicator").first()
    if found is not None and isinstance(found.value, list):
        raise_from_report(
            actor=actor, platform=report.platform, lines=found.value, report=str(report.pk),
            now=now,
        )  # fmt: skip


def _whole(report: AnnualReport) -> AnnualReport:
    rows = AnnualReport.objects.select_related("cycle__region", "platform__organisation")
    return rows.get(pk=report.pk)


@transaction.atomic
def review_report(
    *, actor: Any, report: AnnualReport, name: str, now: datetime, reason: str = ""
) -> AnnualReport:
    """forward_city, forward_province, accept, return, reopen.

    Errors: Refused (not your level, not in the chain), `wrong_state`, `reason_required`.
    """
    if name not in EVENTS:
        raise Refused("没有这个操作。")
    moved = perform(AnnualReportAccess(actor), name, report, now=now, reason=reason)
    emit(EVENTS[name], report_id=moved.pk)
    return moved


@dataclass
class BulkResult:
    """What a bulk action did, and to which reports it could not be done, and why."""

    done: list[AnnualReport] = field(default_factory=list)
    refused: list[tuple[AnnualReport, str]] = field(default_factory=list)


def pass_reports(*, actor: Any, reports: Iterable[AnnualReport], now: datetime) -> BulkResult:
    """Pass each report to its next step, or into the archive. Each is its own transaction."""
    result = BulkResult()
    for report in reports:
        try:
            if not report.is_in_review:
                raise DomainError("wrong_state", f"当前状态为“{report.get_status_display()}”。")
            following = next_step(report)
            name = f"forward_{following}" if following else "accept"
            result.done.append(review_report(actor=actor, report=report, name=name, now=now))
        except DomainError as error:
            result.refused.append((report, error.message))
    return result


def remind_reports(*, actor: Any, reports: Iterable[AnnualReport], now: datetime) -> BulkResult:
    """Remind the operators of reports that are not submitted, once a day each."""
    result = BulkResult()
    for report in reports:
        try:
            remind_report(actor=actor, report=report, now=now)
            result.done.append(report)
        except DomainError as error:
            result.refused.append((report, error.message))
    return result


@transaction.atomic
def remind_report(*, actor: Any, report: AnnualReport, now: datetime) -> None:
    """Errors: Refused, `wrong_state`, `reminded_today`. Event `reporting.report.reminded`."""
    locked = lock(report)
    AnnualReportAccess(actor).require("remind", locked)
    if not locked.is_editable:
        raise DomainError("wrong_state", "报告已提交，不需要催报。")
    today = timezone.localdate(now)
    if locked.reminded_at and timezone.localdate(locked.reminded_at) == today:
        raise DomainError("reminded_today", "今天已经催报过。")
    locked.reminded_at = now
    locked.save(update_fields=["reminded_at", "updated_at"])
    log_activity(actor=actor, action="reporting.annualreport.remind", target=locked, now=now)
    emit("reporting.report.reminded", report_id=locked.pk)


@transaction.atomic
def add_comment(
    *, actor: Any, report: AnnualReport, body: str, now: datetime, code: str = ""
) -> ReviewComment:
    """A reviewer's word on the report or on one indicator. Errors: Refused, `body_required`."""
    AnnualReportAccess(actor).require("comment", report)
    if not body.strip():
        raise DomainError("body_required", "请写明意见。", "body")
    indicator: Indicator | None = None
    if code:
        indicator = report.cycle.indicators.filter(code=code).first()
        if indicator is None:
            raise DomainError("unknown_indicator", f"报告中没有指标“{code}”。")
    comment = ReviewComment(
        report=report, version=report.versions.order_by("-number").first(), indicator=indicator,
        step=report.status, author=actor, body=body.strip(),
    )  # fmt: skip
    check_record(comment)
    comment.save()
    log_activity(
        actor=actor, action="reporting.annualreport.comment", target=report, now=now,
        data={"code": code},
    )  # fmt: skip
    return comment


@transaction.atomic
def resolve_comment(*, actor: Any, comment: ReviewComment, now: datetime) -> ReviewComment:
    """Say that a comment is dealt with. Errors: Refused, `wrong_state`."""
    locked = lock(comment)
    AnnualReportAccess(actor).require("resolve_comment", locked.report)
    if locked.resolved_at is not None:
        raise DomainError("wrong_state", "这条意见已经解决。")
    locked.resolved_at, locked.resolved_by = now, actor
    locked.save(update_fields=["resolved_at", "resolved_by", "updated_at"])
    log_activity(
        actor=actor, action="reporting.annualreport.resolve_comment", target=locked.report, now=now
    )
    return locked


@transaction.atomic
def ask_extension(
    *, actor: Any, report: AnnualReport, until_date: date, reason: str, now: datetime
) -> Extension:
    """Ask for more time. Errors: Refused, `until_date`, `reason_required`, `extension_pending`."""
    AnnualReportAccess(actor).require("ask_extension", report)
    if not reason.strip():
        raise DomainError("reason_required", "请写明延期理由。", "reason")
    days = (until_date - report.due_date).days
    if until_date < timezone.localdate(now) or not 0 < days <= LONGEST_EXTENSION_DAYS:
        raise DomainError("until_date", "请选截止日期之后三个月以内的日期。", "until_date")
    if report.extensions.filter(answer=Answer.PENDING).exists():
        raise DomainError("extension_pending", "已有延期申请在等待处理。")
    extension = Extension.objects.create(
        report=report, requested_by=actor, reason=reason.strip(), until_date=until_date
    )
    log_activity(
        actor=actor, action="reporting.annualreport.ask_extension", target=report, now=now,
        reason=reason,
    )  # fmt: skip
    emit("reporting.report.extension_asked", report_id=report.pk, extension_id=extension.pk)
    return extension


@transaction.atomic
def answer_extension(
    *, actor: Any, extension: Extension, accept: bool, now: datetime, reason: str = ""
) -> Extension:
    """Grant or decline more time. Errors: Refused, `wrong_state`, `reason_required` (declining)."""
    locked = lock(extension)
    report = AnnualReport.objects.select_for_update(of=("self",)).get(pk=locked.report_id)
    AnnualReportAccess(actor).require("answer_extension", report)
    if locked.answer != Answer.PENDING:
        raise DomainError("wrong_state", "这份申请已经处理。")
    if not accept and not reason.strip():
        raise DomainError("reason_required", "请写明不同意的理由。", "reason")
    locked.answer = Answer.ACCEPTED if accept else Answer.DECLINED
    locked.answer_reason = reason.strip()
    locked.answered_by, locked.answered_at = actor, now
    locked.save()
    if accept:
        report.extended_date = locked.until_date
        report.save(update_fields=["extended_date", "updated_at"])
    log_activity(
        actor=actor, action="reporting.annualreport.answer_extension", target=report, now=now,
        reason=reason, data={"accepted": accept},
    )  # fmt: skip
    emit("reporting.report.extension_answered", report_id=report.pk, extension_id=locked.pk)
    return locked


@transaction.atomic
def attach_scan(
    *, actor: Any, report: AnnualReport, upload: UploadedFile | None, now: datetime
) -> None:
    """Keep the stamped and scanned report. Errors: Refused, `wrong_state`, `file_required`,
    `file_type` (neither PDF nor picture), those of files."""
    AnnualReportAccess(actor).require("sign", report)
    if upload is None:
        raise DomainError("file_required", "请选择盖章扫描件。", "scan")
    if not (upload.name or "").lower().endswith(SCANS):
        raise DomainError("file_type", "盖章扫描件须是 PDF、JPG 或 PNG。", "scan")
    store_file(actor=actor, upload=upload, target=report, field="scan")
    log_activity(actor=actor, action="reporting.annualreport.sign", target=report, now=now)
