"""Important changes (G12): reported when they happen, asked about when nobody did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from core.access import SYSTEM
from core.activity import register_actions
from core.errors import DomainError
from core.files import files_of, register_guard, store_file
from core.services import assign, check_record, emit, lock, log_activity
from core.states import perform
from platforms.access import ChangeAccess
from platforms.enums import ChangeStatus
from platforms.models import ChangeReport, Platform
from platforms.states import CHANGE

register_actions(
    {
        "platforms.changereport.create": "报告了重要变动",
        "platforms.changereport.detect": "发现未报告的变动",
        "platforms.changereport.edit": "补充了变动报告",
        "platforms.changereport.attach": "上传了证明材料",
        "platforms.changereport.detach": "删除了证明材料",
        **{f"platforms.changereport.{row.name}": row.label for row in CHANGE.transitions},
    }
)
register_guard(
    "platforms.changereport",
    lambda user, pk: ChangeAccess(user).visible().filter(pk=pk).exists(),
)
MAX_FILES = 20
# a report this long before or after the change in the register counts as its report
NEAR = timedelta(days=60)


@transaction.atomic
def report_change(
    *,
    actor: Any,
    platform: Platform,
    values: Mapping[str, Any],
    now: datetime,
    uploads: Iterable[UploadedFile] = (),
) -> ChangeReport:
    """Tell of a change; it waits for approval, and answers what was asked about the same thing.

    `uploads` are its evidence. Raises Refused or DomainError at a field or at `files`.
    """
    report = ChangeReport(platform=platform, reported_by=actor, **values)
    ChangeAccess(actor).require("create", report)
    _check_day(report, now)
    check_record(report)
    report.save()
    log_activity(actor=actor, action="platforms.changereport.create", target=report, now=now)
    _attach(actor, report, uploads, now)
    asked = ChangeReport.objects.filter(
        platform=platform, kind=report.kind, status=ChangeStatus.ASKED,
        is_detected=True, subject="",
        happened_date__range=(report.happened_date - NEAR, report.happened_date + NEAR),
    )  # fmt: skip
    for question in asked.order_by("pk"):
        move_change(actor=SYSTEM, report=question, name="dismiss", now=now, reason="已另行报告。")
    return move_change(actor=actor, report=report, name="submit", now=now)


def _check_day(report: ChangeReport, now: datetime) -> None:
    if report.happened_date > timezone.localdate(now):
        raise DomainError("future", "发生日期不能晚于今天。", "happened_date")


@transaction.atomic
def explain_change(
    *,
    actor: Any,
    report: ChangeReport,
    values: Mapping[str, Any],
    now: datetime,
    uploads: Iterable[UploadedFile] = (),
) -> ChangeReport:
    """Complete a report that was asked for, returned or taken back, and hand it in.

    Raises Refused or DomainError at a field or at `files`.
    """
    locked = lock(report)
    ChangeAccess(actor).require("edit", locked)
    assign(locked, values)
    locked.reported_by = actor
    _check_day(locked, now)
    check_record(locked)
    locked.save()
    log_activity(actor=actor, action="platforms.changereport.edit", target=locked, now=now)
    _attach(actor, locked, uploads, now)
    return move_change(actor=actor, report=locked, name="submit", now=now)


def _attach(
    actor: Any, report: ChangeReport, uploads: Iterable[UploadedFile], now: datetime
) -> None:
    """Keep evidence beside what is there; the history names it."""
    files = list(uploads)
    if files and files_of(report).count() + len(files) > MAX_FILES:
        raise DomainError("too_many_files", f"最多 {MAX_FILES} 份材料，请合并后上传。", "files")
    stored = [
        store_file(actor=actor, upload=upload, target=report, field="files") for upload in files
    ]
    if stored:
        log_activity(
            actor=actor, action="platforms.changereport.attach", target=report, now=now,
            reason="、".join(row.name for row in stored),
        )  # fmt: skip


@transaction.atomic
def remove_change_file(*, actor: Any, report: ChangeReport, file_id: Any, now: datetime) -> None:
    """Take evidence back while the report may be edited. Raises Refused or DomainError."""
    locked = lock(report)
    ChangeAccess(actor).require("edit", locked)
    row = files_of(locked).filter(pk=file_id).first()
    if row is None:
        raise DomainError("not_found", "没有这份材料。")
    log_activity(
        actor=actor, action="platforms.changereport.detach", target=locked, now=now,
        reason=row.name,
    )  # fmt: skip
    row.delete()


@transaction.atomic
def move_change(
    *, actor: Any, report: ChangeReport, name: str, now: datetime, reason: str = ""
) -> ChangeReport:
    """Submit, take back, accept, return … as the table says. Raises Refused or DomainError."""
    moved = perform(ChangeAccess(actor), name, report, now=now, reason=reason)
    emit(f"platforms.change.{name}", report_id=moved.pk)
    return moved
