"""Bringing a filled template in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core.errors import DomainError
from core.files import check_upload
from core.services import log_activity
from reporting.access import AnnualReportAccess
from reporting.documents.sheet import CellError, read_template
from reporting.models import AnnualReport
from reporting.selectors.sheets import lines_of
from reporting.services.filling import save_plan, save_values


@dataclass
class Imported:
    """What was written (codes of values, and of targets), and what could not be, by cell."""

    written: list[str] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)


@transaction.atomic
def import_template(
    *, actor: Any, report: AnnualReport, upload: UploadedFile, now: datetime
) -> Imported:
    """Write what a filled template says. Good cells are kept, bad ones named; what somebody
    changed since the template was fetched is not overwritten. Errors: Refused, those of files,
    `not_template`."""
    AnnualReportAccess(actor).require("edit", report)
    check_upload(upload, field="file")
    if not (upload.name or "").lower().endswith(".xlsx"):
        raise DomainError("file_type", "请上传 xlsx 格式的模板。", "file")
    lines = {line.indicator.code: line for line in lines_of(report)}
    filled = read_template(upload.read(), lines)
    saved = save_values(actor=actor, report=report, typed=filled.typed, now=now)
    errors = list(filled.errors)
    for code, error in saved.errors.items():
        errors.append(CellError(filled.place_of(code, error), error.message))
    for code, row in saved.conflicts.items():
        message = f"{row.indicator.name}：下载模板之后已被{row.typed_by or '他人'}修改，没有覆盖。"
        errors.append(CellError(filled.places.get(code, code), message))
    planned = save_plan(
        actor=actor, report=report, targets=filled.plan.targets, seen=filled.plan.seen, now=now
    )
    for code, error in planned.errors.items():
        errors.append(CellError(filled.plan.places[code], error.message))
    written = [*saved.written, *(f"{code} 目标" for code in planned.written)]
    log_activity(
        actor=actor, action="reporting.annualreport.import", target=report, now=now,
        data={"written": len(written), "errors": len(errors)},
    )  # fmt: skip
    return Imported(written, errors)
