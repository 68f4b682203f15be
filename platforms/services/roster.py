"""The roster: entering it, warnings, rectification, leaving it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from core.access import SYSTEM
from core.activity import register_actions
from core.errors import DomainError
from core.services import assign, check_record, emit, lock, log_activity
from core.states import perform
from core.workdays import months_later
from platforms.access import RecognitionAccess
from platforms.enums import AssessmentKind, CheckResult, RecognitionStatus
from platforms.ladders import has_stage, needs_building, stage_months
from platforms.models import (
    Application,
    Assessment,
    Platform,
    Recognition,
    RosterChange,
    Scheme,
)
from platforms.states import RECOGNITION

CODE_CHARACTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
register_actions(
    {
        "platforms.recognition.create": "记入了认定",
        "platforms.recognition.record": "登记了已有认定",
        "platforms.recognition.correct": "更正了登记的认定",
        **{f"platforms.recognition.{row.name}": row.label for row in RECOGNITION.transitions},
    }
)
LEAVES = {"remove", "resign", "expire"}


def enter_roster(*, application: Application, now: datetime) -> Recognition:
    """The certificate of a recognised application; on the roster at once unless to be built.

    Runs inside the decision's transaction, which has checked the rights. DomainError `invalid`
    when the platform already holds the status.
    """
    scheme, today = application.programme.scheme, timezone.localdate(now)
    is_built = not needs_building(scheme, application.build_type)
    recognition = Recognition(
        platform=application.platform, scheme=scheme, application=application,
        build_type=application.build_type, batch=application.programme.title,
        decided_date=today, started_date=today if is_built else None,
        valid_until=_valid_until(scheme, today) if is_built else None,
        status=RecognitionStatus.ACTIVE if is_built else RecognitionStatus.BUILDING,
        is_demo=application.programme.is_demo or application.platform.is_demo,
    )  # fmt: skip
    _write_new(
        recognition, now=now, reason=f"{application.programme.title}，申报通过。",
        document_number=application.decision_number,
    )  # fmt: skip
    log_activity(actor=SYSTEM, action="platforms.recognition.create", target=recognition, now=now)
    for kind in (AssessmentKind.MIDTERM, AssessmentKind.ACCEPTANCE):
        if due_date := _due(application, kind, today):
            plan(recognition, kind, due_date)
    emit("platforms.recognition.created", recognition_id=recognition.pk)
    return recognition


def _due(application: Application, stage: str, today: date) -> date | None:
    """By when an assessment of the ladder is due; a bid is accepted by the day it was won for."""
    scheme, build_type = application.programme.scheme, application.build_type
    item = application.challenge_item
    if stage == AssessmentKind.ACCEPTANCE and item and has_stage(scheme, build_type, stage):
        return item.finish_by_date
    months = stage_months(scheme, build_type, stage)
    return months_later(today, months) if months else None


@transaction.atomic
def record_recognition(
    *,
    actor: Any,
    platform: Platform,
    scheme: Scheme,
    started_date: date,
    document_number: str,
    now: datetime,
    batch: str = "",
    certificate_number: str = "",
    build_type: str = "",
) -> Recognition:
    """Enter a status won before this portal ran, as the document that grants it says.

    Raises Refused, or DomainError at `document_number`, `started_date` or another field.
    """
    if not document_number.strip():
        raise DomainError("no_document", "请写明认定文件的文号或名称。", "document_number")
    if started_date > timezone.localdate(now):
        raise DomainError("future", "入册日期不能晚于今天。", "started_date")
    recognition = Recognition(
        platform=platform, scheme=scheme, batch=batch, build_type=build_type,
        certificate_number=certificate_number, decided_date=started_date,
        started_date=started_date, valid_until=_valid_until(scheme, started_date),
        status=RecognitionStatus.ACTIVE, is_demo=platform.is_demo,
    )  # fmt: skip
    RecognitionAccess(actor).require("record", recognition)
    reason = f"登记已有认定（{batch}）。" if batch else "登记已有认定。"
    _write_new(recognition, now=now, reason=reason, document_number=document_number.strip())
    log_activity(
        actor=actor, action="platforms.recognition.record", target=recognition, now=now,
        reason=document_number,
    )  # fmt: skip
    emit("platforms.recognition.created", recognition_id=recognition.pk)
    return recognition


@transaction.atomic
def correct_recognition(
    *,
    actor: Any,
    recognition: Recognition,
    values: Mapping[str, Any],
    document_number: str,
    reason: str,
    now: datetime,
) -> Recognition:
    """Mend what was entered wrongly of a status won before this portal ran (G14).

    `values`: `started_date`, `batch`, `build_type`, `certificate_number`; its first line of history
    is mended too. Raises Refused, DomainError `granted` (decided here), at `reason`,
    `document_number`, `started_date` or another field.
    """
    locked = lock_recognition(recognition)
    RecognitionAccess(actor).require("record", locked)
    if locked.application_id is not None:
        raise DomainError("granted", "在本平台办理的认定以决定为准，登记内容不能更改。")
    first, *later = locked.changes.select_for_update().order_by("pk")[:2]
    for name, text in (("reason", reason), ("document_number", document_number)):
        if not text.strip():
            raise DomainError("field_required", "请填写这一项。", name)
    day = values["started_date"]
    if day > timezone.localdate(now) or any(day > row.day for row in later):
        raise DomainError("started_late", "入册日期不能晚于今天和后来的变动。", "started_date")
    before = {name: str(getattr(locked, name)) for name in values}
    assign(locked, values)
    locked.decided_date, locked.valid_until = day, _valid_until(locked.scheme, day)
    check_record(locked)
    locked.save()
    first.day, first.document_number = day, document_number.strip()
    first.save(update_fields=["day", "document_number", "updated_at"])
    log_activity(
        actor=actor, action="platforms.recognition.correct", target=locked, now=now,
        reason=reason, data={"before": before},
    )  # fmt: skip
    emit("platforms.recognition.corrected", recognition_id=locked.pk)
    return locked


def _valid_until(scheme: Scheme, start: date) -> date | None:
    if scheme.valid_years is None:
        return None
    return months_later(start, 12 * scheme.valid_years) - timedelta(days=1)


def _write_new(
    recognition: Recognition, *, now: datetime, reason: str, document_number: str
) -> None:
    scheme = recognition.scheme
    lock(scheme)  # one number after another
    if not recognition.certificate_number:
        year = recognition.decided_date.year
        start = f"{scheme.certificate_prefix}〔{year}〕"
        recognition.certificate_number = f"{start}{_last_serial(start) + 1:03d}"
    recognition.verification_code = get_random_string(12, CODE_CHARACTERS)
    recognition.status_changed_at = now
    check_record(recognition)
    recognition.save()
    day = recognition.started_date or recognition.decided_date
    _note(recognition, day=day, reason=reason, document_number=document_number)


def _last_serial(start: str) -> int:
    """The highest running number after `start`: numbers that were recorded as they stood count."""
    taken = Recognition.objects.filter(certificate_number__startswith=start)
    ends = (n.removeprefix(start) for n in taken.values_list("certificate_number", flat=True))
    return max((int(end) for end in ends if end.isdigit()), default=0)


def _note(recognition: Recognition, *, day: date, reason: str, document_number: str = "") -> None:
    RosterChange.objects.create(
        recognition=recognition, day=day, status=recognition.status, reason=reason,
        document_number=document_number,
    )  # fmt: skip


@transaction.atomic
def move_recognition(
    *,
    actor: Any,
    recognition: Recognition,
    name: str,
    now: datetime,
    reason: str = "",
    document_number: str = "",
    rectify_by: date | None = None,
    day: date | None = None,
) -> Recognition:
    """Warn, order to rectify, restore, remove, resign, expire, accept: from `day` (today) on.

    Keeps the line of history, and the first day outside the roster. Raises Refused, DomainError
    `acceptance_open` (no acceptance passed) or at `rectify_by`.
    """
    locked = lock_recognition(recognition)
    today = day or timezone.localdate(now)
    if name == "accept" and not reason.strip():
        reason = "考核验收通过。"
    access = RecognitionAccess(actor)
    if access.can(name, locked):  # else perform says why not
        _prepare(locked, name, today, rectify_by)
    perform(access, name, locked, now=now, reason=reason)
    locked.refresh_from_db()
    locked.reason = reason.strip()
    if name in LEAVES:
        locked.ended_date = today
    locked.save(update_fields=["reason", "ended_date", "updated_at"])
    _note(locked, day=today, reason=reason.strip(), document_number=document_number.strip())
    emit("platforms.recognition.moved", recognition_id=locked.pk, to=str(locked.status))
    return locked


def _prepare(recognition: Recognition, name: str, today: date, rectify_by: date | None) -> None:
    """Rules of one step, and what the status needs before it may change."""
    if name == "accept":
        done = recognition.assessments.filter(
            kind=AssessmentKind.ACCEPTANCE, result=CheckResult.PASSED
        )
        if not done.exists():
            raise DomainError("acceptance_open", "验收通过后才能纳入序列。")
        recognition.started_date = today
        recognition.valid_until = _valid_until(recognition.scheme, today)
    elif name == "rectify":
        if rectify_by is not None and rectify_by <= today:
            raise DomainError("past", "整改期限须晚于今天。", "rectify_by")
        recognition.rectify_by = rectify_by
        if rectify_by is not None:
            plan_by(recognition, AssessmentKind.RECHECK, rectify_by)
    elif name == "restore":
        recheck = recognition.assessments.filter(kind=AssessmentKind.RECHECK)
        last = recheck.order_by("-pk").first()
        if recognition.status == RecognitionStatus.RECTIFYING and (
            last is None or last.result != CheckResult.PASSED
        ):
            raise DomainError("recheck_open", "整改复查通过后才能恢复。")
        recognition.rectify_by = None
    elif name in {"reinstate", "rebuild"}:
        recognition.ended_date = None
    recognition.save(
        update_fields=["started_date", "ended_date", "valid_until", "rectify_by", "updated_at"]
    )


@transaction.atomic
def expire_recognitions(*, now: datetime) -> int:
    """Take those whose validity is over off the roster; return how many. Safe to run twice."""
    today = timezone.localdate(now)
    over = Recognition.objects.filter(
        valid_until__lt=today, status__in=["active", "warned", "rectifying"]
    )
    rows = list(over.order_by("pk"))
    for recognition in rows:
        last = recognition.valid_until
        move_recognition(
            actor=SYSTEM, recognition=recognition, name="expire", now=now, reason="有效期届满。",
            day=last + timedelta(days=1) if last else None,
        )  # fmt: skip
    return len(rows)


def plan(recognition: Recognition, kind: str, due_date: date) -> Assessment:
    """An open assessment; DomainError `invalid` when one of the kind is open already."""
    assessment = Assessment(recognition=recognition, kind=kind, due_date=due_date)
    check_record(assessment)
    assessment.save()
    return assessment


def plan_by(recognition: Recognition, kind: str, due_date: date) -> Assessment:
    """As `plan`; an open assessment of the kind gets the new day instead of a double."""
    found = recognition.assessments.filter(kind=kind, result="").first()
    if found is None:
        return plan(recognition, kind, due_date)
    found.due_date, found.requested_at = due_date, None
    found.save(update_fields=["due_date", "requested_at", "updated_at"])
    return found


def lock_recognition(recognition: Recognition) -> Recognition:
    """The row, locked, with what every rule looks at."""
    rows = Recognition.objects.select_for_update(of=("self",))
    related = ("scheme", "platform__region", "platform__organisation")
    return rows.select_related(*related).get(pk=recognition.pk)
