"""EIA, safety assessment and inspections of a project (L10, L11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.selectors import staff_for_region
from cases.access import ProjectAccess
from cases.models import Clearance, Project, SafetyInspection
from core.errors import DomainError
from core.services import assign, check_record, lock, log_activity
from platforms.services.deadlines import near, operators


@transaction.atomic
def save_clearance(
    *, actor: Any, project: Project, kind: str, values: Mapping[str, Any], now: datetime
) -> Clearance:
    """Write what the project needs of `kind` and how far it is; one row a kind.

    Raises Refused, or DomainError `invalid` at its field (an approval without number).
    """
    locked = _lock(actor, project)
    row = Clearance.objects.filter(project=locked, kind=kind).first()
    row = row or Clearance(project=locked, kind=kind)
    assign(row, values)
    check_record(row)
    row.save()
    log_activity(
        actor=actor, action="cases.project.clearance", target=locked, now=now,
        data={"kind": kind, "stage": row.stage},
    )  # fmt: skip
    return row


@transaction.atomic
def record_inspection(
    *, actor: Any, project: Project, values: Mapping[str, Any], now: datetime
) -> SafetyInspection:
    """Write down an inspection. Raises Refused, or DomainError at a field."""
    locked = _lock(actor, project)
    row = SafetyInspection(project=locked, **values)
    check_record(row)
    if row.held_date > timezone.localdate(now):
        raise DomainError("future", "检查日期不能晚于今天。", "held_date")
    row.save()
    log_activity(
        actor=actor, action="cases.project.inspection", target=locked, now=now,
        data={"found": row.found_count},
    )  # fmt: skip
    return row


@transaction.atomic
def mend_findings(
    *, actor: Any, inspection: SafetyInspection, mended_count: int, rectification: str,
    now: datetime,
) -> SafetyInspection:  # fmt: skip
    """Say how many findings are mended by now, and how. Raises Refused or DomainError."""
    locked = _lock(actor, inspection.project)
    row = lock(inspection)
    if mended_count < row.mended_count:
        raise DomainError("fewer", f"已登记整改 {row.mended_count} 项，不能减少。", "mended_count")
    row.mended_count, row.rectification = mended_count, rectification.strip()
    check_record(row)
    row.save(update_fields=["mended_count", "rectification", "updated_at"])
    log_activity(
        actor=actor, action="cases.project.mended", target=locked, now=now,
        reason=row.rectification, data={"mended": mended_count},
    )  # fmt: skip
    return row


def _lock(actor: Any, project: Project) -> Project:
    rows = Project.objects.select_for_update(of=("self",))
    locked = rows.select_related("platform", "enterprise").get(pk=project.pk)
    ProjectAccess(actor).require("keep_ledger", locked)
    return locked


def remind_inspections(*, now: datetime) -> int:
    """Remind operators of findings nearly due, and weekly with the region's staff once overdue.

    Returns how many messages were written. Safe to run any number of times a day.
    """
    rows = SafetyInspection.objects.unmended().select_related("project__platform")
    written = 0
    for one in near(rows, "rectify_by", now=now):
        row, platform = one.row, one.row.project.platform
        own = operators(platform)
        written += one.tell(
            [*own, *staff_for_region(platform.region_id)] if one.is_late else own,
            kind="cases.inspection_due", title=f"安全检查整改{one.word}：{platform}", now=now,
            body=f"{row.project}：还有 {row.found_count - row.mended_count} 项问题，"
            f"应于 {one.day} 前整改。",
            url=reverse("cases:ledger", args=[row.project.number]),
        )  # fmt: skip
    return written
