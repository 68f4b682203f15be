"""Changes in the register that nobody reported (G12), found in the row history and asked about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import F, Q, Window
from django.db.models.functions import Lag
from django.utils import timezone

from accounts.models import Organisation
from core.access import SYSTEM
from core.services import emit, log_activity
from core.templatetags.portal_format import yuan
from platforms.enums import ChangeKind, ChangeStatus, ListingStatus
from platforms.models import Capability, ChangeReport, Platform, Recognition
from platforms.services.changes import NEAR
from taxonomy.models import Region, Term

# 国发〔2014〕70号: large research instruments are those of 500 000 yuan and more apiece
KEY_EQUIPMENT_YUAN = Decimal(500_000)
# field of the platform → what kind of change it is, and how a stored value reads
WATCHED: dict[str, tuple[ChangeKind, Any]] = {
    "name": (ChangeKind.NAME, None),
    "organisation_id": (ChangeKind.HOST, Organisation),
    "leader_name": (ChangeKind.LEADER, None),
    "address": (ChangeKind.ADDRESS, None),
    "region_id": (ChangeKind.ADDRESS, Region),
    "run_status_id": (ChangeKind.SUSPENSION, Term),
}


@dataclass(frozen=True)
class Found:
    """One change that the row history shows; `history_id` is the version after it."""

    platform_id: int
    kind: ChangeKind
    day: date
    before: str
    after: str
    history_id: int
    subject: str = ""


@transaction.atomic
def detect_changes(*, now: datetime, days: int = 30) -> int:
    """Ask about changes of recognised platforms in the register that nobody reported.

    Reads the row history of the last `days` of platforms, their operators, equipment, certificates;
    each version is asked about once, and not at all where a report of that kind lies near it.
    Returns how many questions were made. Safe to run twice.
    """
    held = Recognition.objects.exclude(status__in=["removed", "expired"]).values("platform")
    since, count = now - timedelta(days=days), 0
    for find in (_of_platforms, _of_organisations, _of_equipment, _of_certificates):
        for found in find(held, since):
            if _is_told(found):
                continue
            report = ChangeReport.objects.create(
                platform_id=found.platform_id, kind=found.kind, happened_date=found.day,
                before=found.before[:500], after=found.after[:500], subject=found.subject,
                is_detected=True, history_id=found.history_id, status=ChangeStatus.ASKED,
                status_changed_at=now,
            )  # fmt: skip
            log_activity(
                actor=SYSTEM, action="platforms.changereport.detect", target=report, now=now
            )
            emit("platforms.change.asked", report_id=report.pk)
            count += 1
    return count


def _is_told(found: Found) -> bool:
    """Whether this version was asked about, or a live report near the day covers it."""
    same = Q(is_detected=True, history_id=found.history_id)
    near = Q(happened_date__range=(found.day - NEAR, found.day + NEAR))
    live = ~Q(status__in=[ChangeStatus.DISMISSED, ChangeStatus.WITHDRAWN])
    covers = near & live & Q(subject__in=["", found.subject])
    rows = ChangeReport.objects.filter(platform=found.platform_id, kind=found.kind)
    return rows.filter(same | covers).exists()


def _of_platforms(held: Any, since: datetime) -> Iterator[Found]:
    for name, (kind, model) in WATCHED.items():
        for row in _versions("platforms.PlatformEvent", [name], since, pgh_obj_id__in=held):
            earlier, value = row[f"earlier_{name}"], row[name]
            if earlier not in (None, "", value):  # told for the first time is no change
                yield Found(
                    row["pgh_obj_id"], kind, timezone.localdate(row["pgh_created_at"]),
                    _in_words(model, earlier), _in_words(model, value), row["pgh_id"],
                )  # fmt: skip


def _of_organisations(held: Any, since: datetime) -> Iterator[Found]:
    """Who runs the platforms: a new name or legal representative concerns each of them."""
    run = Platform.objects.filter(pk__in=held, organisation__isnull=False).order_by("pk")
    platforms: dict[int, list[int]] = {}
    for pk, organisation in run.values_list("pk", "organisation"):
        platforms.setdefault(organisation, []).append(pk)
    watched = (("name", ChangeKind.OTHER, "运营单位名称"),
               ("legal_person", ChangeKind.LEGAL_PERSON, ""))  # fmt: skip
    for name, kind, subject in watched:
        for row in _versions(
            "accounts.OrganisationEvent", [name], since, pgh_obj_id__in=list(platforms)
        ):
            earlier, value = row[f"earlier_{name}"], row[name]
            if earlier not in (None, "", value):
                for platform in platforms[row["pgh_obj_id"]]:
                    yield Found(
                        platform, kind, timezone.localdate(row["pgh_created_at"]), earlier, value,
                        row["pgh_id"], subject,
                    )  # fmt: skip


def _of_equipment(held: Any, since: datetime) -> Iterator[Found]:
    """Key equipment that came, went or changed in number after it was published."""
    names = ["status", "quantity", "value_yuan"]
    rows = _versions("platforms.EquipmentEvent", names, since, more=("platform_id", "name"),
                     platform__in=held, value_yuan__gte=KEY_EQUIPMENT_YUAN)  # fmt: skip
    for row in rows:
        if row["earlier_status"] is None:
            continue
        before = _stock(row["earlier_status"], row["earlier_quantity"], row["earlier_value_yuan"])
        after = _stock(row["status"], row["quantity"], row["value_yuan"])
        if before != after:
            yield Found(
                row["platform_id"], ChangeKind.EQUIPMENT,
                timezone.localdate(row["pgh_created_at"]), before, after, row["pgh_id"],
                row["name"],
            )  # fmt: skip


def _stock(status: str, quantity: int, value: Decimal | None) -> str:
    """What the register shows of a piece of equipment: 2 台（套），原值 80万元; 无 while hidden."""
    if status != ListingStatus.PUBLISHED:
        return "无"
    return f"{quantity} 台（套），原值 {yuan(value) if value is not None else '未注明'}"


def _of_certificates(held: Any, since: datetime) -> Iterator[Found]:
    """Certificates taken from a published capability that no other one of the platform has."""
    history: Any = apps.get_model("platforms", "CapabilityCertificateEvent")
    rows = history.objects.filter(pgh_created_at__gte=since).order_by("pgh_id")
    published = Capability.objects.published().filter(platform__in=held)
    platforms = dict(published.values_list("pk", "platform"))
    for row in rows.filter(capability__in=published.values("pk")):
        platform = platforms[row.capability_id]
        has_it = published.filter(platform=platform, certificates=row.term_id)
        if not has_it.exists():
            yield Found(
                platform, ChangeKind.QUALIFICATION, timezone.localdate(row.pgh_created_at), "有",
                "无", row.pgh_id, _in_words(Term, row.term_id),
            )  # fmt: skip


def _versions(
    model: str, names: list[str], since: datetime, *, more: tuple[str, ...] = (), **rows: Any
) -> Iterator[dict[str, Any]]:
    """Versions of a row since `since`, each with `earlier_<name>` of the version before it."""
    history: Any = apps.get_model(model)
    lag = {
        f"earlier_{name}": Window(
            Lag(name), partition_by=F("pgh_obj_id"), order_by=F("pgh_id").asc()
        )
        for name in names
    }
    found = history.objects.filter(**rows).annotate(**lag).order_by("pgh_id")
    columns = ("pgh_id", "pgh_obj_id", "pgh_created_at", *more, *names, *lag)
    # the day is looked at here: in the query it would cut off the version before the first
    for row in found.values(*columns):
        if row["pgh_created_at"] >= since:
            yield row


def _in_words(model: Any, value: Any) -> str:
    if value in (None, ""):
        return ""
    if model is None:
        return str(value)
    return str(model._default_manager.filter(pk=value).first() or "")
