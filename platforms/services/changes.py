"""Important changes (G12): reported when they happen, asked about when nobody did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import F, Q, Window
from django.db.models.functions import Lag
from django.utils import timezone

from accounts.models import Organisation
from core.access import SYSTEM
from core.activity import register_actions
from core.errors import DomainError
from core.services import emit, log_activity
from core.states import perform
from platforms.access import ChangeAccess
from platforms.enums import ChangeKind, ChangeStatus
from platforms.models import ChangeReport, Platform, Recognition
from platforms.services.listings import clean
from platforms.states import CHANGE
from taxonomy.models import Region, Term

register_actions(
    {
        "platforms.changereport.create": "报告了重要变动",
        "platforms.changereport.detect": "发现未报告的变动",
        "platforms.changereport.edit": "补充了变动报告",
        **{f"platforms.changereport.{row.name}": row.label for row in CHANGE.transitions},
    }
)
# field of the platform → what kind of change it is, and how a stored value reads
WATCHED: dict[str, tuple[ChangeKind, Any]] = {
    "name": (ChangeKind.NAME, None),
    "organisation_id": (ChangeKind.HOST, Organisation),
    "address": (ChangeKind.ADDRESS, None),
    "region_id": (ChangeKind.ADDRESS, Region),
    "run_status_id": (ChangeKind.SUSPENSION, Term),
}
# a report this long before or after the change in the register counts as its report
NEAR = timedelta(days=60)


@transaction.atomic
def report_change(
    *, actor: Any, platform: Platform, values: Mapping[str, Any], now: datetime
) -> ChangeReport:
    """Tell of a change; it waits for approval. Raises Refused or DomainError at a field."""
    report = ChangeReport(platform=platform, reported_by=actor, **values)
    ChangeAccess(actor).require("create", report)
    _check_day(report, now)
    clean(report)
    report.save()
    log_activity(actor=actor, action="platforms.changereport.create", target=report, now=now)
    return move_change(actor=actor, report=report, name="submit", now=now)


def _check_day(report: ChangeReport, now: datetime) -> None:
    if report.happened_date > timezone.localdate(now):
        raise DomainError("future", "发生日期不能晚于今天。", "happened_date")


@transaction.atomic
def explain_change(
    *, actor: Any, report: ChangeReport, values: Mapping[str, Any], now: datetime
) -> ChangeReport:
    """Complete a report that was asked for or returned, and hand it in."""
    locked = ChangeReport.objects.select_for_update().get(pk=report.pk)
    ChangeAccess(actor).require("edit", locked)
    for name, value in values.items():
        setattr(locked, name, value)
    locked.reported_by = actor
    _check_day(locked, now)
    clean(locked)
    locked.save()
    log_activity(actor=actor, action="platforms.changereport.edit", target=locked, now=now)
    return move_change(actor=actor, report=locked, name="submit", now=now)


@transaction.atomic
def move_change(
    *, actor: Any, report: ChangeReport, name: str, now: datetime, reason: str = ""
) -> ChangeReport:
    """Submit, accept, return or dismiss. Raises Refused or DomainError."""
    moved, _row = perform(ChangeAccess(actor), name, report, now=now, reason=reason)
    emit(f"platforms.change.{name}", report_id=moved.pk)
    return moved  # type: ignore[return-value]


@transaction.atomic
def detect_changes(*, now: datetime, days: int = 30) -> int:
    """Ask about changes of recognised platforms in the register that nobody reported.

    Reads the row history of the last `days`; each version is asked about once. Returns how many
    questions were made. Safe to run twice.
    """
    count = 0
    held = Recognition.objects.exclude(status__in=["removed", "expired"])
    for name, (kind, model) in WATCHED.items():
        for row in _versions(name, held.values("platform"), since=now - timedelta(days=days)):
            at, platform_id = row["pgh_created_at"], row["pgh_obj_id"]
            day = timezone.localdate(at)
            near = ChangeReport.objects.filter(
                Q(happened_date__range=(day - NEAR, day + NEAR)) | Q(history_id=row["pgh_id"]),
                platform=platform_id,
                kind=kind,
            )
            if near.exists():
                continue
            before, after = (_in_words(model, row[key]) for key in ("earlier", name))
            report = ChangeReport.objects.create(
                platform_id=platform_id, kind=kind, happened_date=day, before=before[:500],
                after=after[:500], is_detected=True, history_id=row["pgh_id"],
                status=ChangeStatus.ASKED, status_changed_at=now,
            )  # fmt: skip
            log_activity(
                actor=SYSTEM, action="platforms.changereport.detect", target=report, now=now
            )
            emit("platforms.change.asked", report_id=report.pk)
            count += 1
    return count


def _versions(name: str, platforms: Any, *, since: datetime) -> Iterator[dict[str, Any]]:
    """Versions in which the field `name` is another than in the version before."""
    history: Any = apps.get_model("platforms", "PlatformEvent")
    earlier = Window(Lag(name), partition_by=F("pgh_obj_id"), order_by=F("pgh_id").asc())
    rows = history.objects.filter(pgh_obj_id__in=platforms).annotate(earlier=earlier)
    rows = rows.filter(~Q(earlier=F(name)), earlier__isnull=False).order_by("pgh_id")
    # the day is looked at here: in the query it would cut off the version before the first
    for row in rows.values("pgh_id", "pgh_obj_id", "pgh_created_at", "earlier", name):
        if (
            row["earlier"] != "" and row["pgh_created_at"] >= since
        ):  # "" was told for the first time
            yield row


def _in_words(model: Any, value: Any) -> str:
    if value in (None, ""):
        return ""
    if model is None:
        return str(value)
    return str(model._default_manager.filter(pk=value).first() or "")
