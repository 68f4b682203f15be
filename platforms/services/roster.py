"""The roster: entering it, warnings, leaving it, assessments on the way, appeals."""

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
from core.services import check_record, emit, log_activity
from core.states import perform
from platforms.access import AppealAccess, ApplicationAccess, RecognitionAccess
from platforms.enums import AssessmentKind, CheckResult, RecognitionStatus
from platforms.facts import label_of
from platforms.ladders import has_stage, needs_building
from platforms.models import (
    Appeal,
    Application,
    Assessment,
    Platform,
    Recognition,
    RosterChange,
    Scheme,
)
from platforms.services.deadlines import set_stage_due
from platforms.states import RECOGNITION

CODE_CHARACTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
register_actions(
    {
        "platforms.recognition.create": "记入了认定",
        "platforms.recognition.record": "登记了已有认定",
        "platforms.recognition.plan": "安排了考核",
        "platforms.recognition.conclude": "填写了考核结论",
        "platforms.recognition.ask_extension": "申请考核延期",
        "platforms.recognition.extend": "同意考核延期",
        "platforms.appeal.create": "提出了申诉",
        "platforms.appeal.uphold": "认定申诉成立",
        "platforms.appeal.dismiss": "维持了原决定",
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
    _write_new(recognition, now=now, reason="", document_number=application.decision_number)
    log_activity(actor=SYSTEM, action="platforms.recognition.create", target=recognition, now=now)
    if has_stage(scheme, application.build_type, "midterm"):
        _plan(recognition, AssessmentKind.MIDTERM, today + timedelta(days=365))
    if not is_built:
        _plan(recognition, AssessmentKind.ACCEPTANCE, today + timedelta(days=730))
    emit("platforms.recognition.created", recognition_id=recognition.pk)
    return recognition


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
    _write_new(recognition, now=now, reason="", document_number=document_number.strip())
    log_activity(
        actor=actor, action="platforms.recognition.record", target=recognition, now=now,
        reason=document_number,
    )  # fmt: skip
    emit("platforms.recognition.created", recognition_id=recognition.pk)
    return recognition


def _valid_until(scheme: Scheme, start: date) -> date | None:
    if scheme.valid_years is None:
        return None
    years = start.year + scheme.valid_years
    last = date(years, 2, 28) if (start.month, start.day) == (2, 29) else start.replace(year=years)
    return last - timedelta(days=1)


def _write_new(
    recognition: Recognition, *, now: datetime, reason: str, document_number: str
) -> None:
    scheme = recognition.scheme
    Scheme.objects.select_for_update().get(pk=scheme.pk)  # one number after another
    if not recognition.certificate_number:
        year = recognition.decided_date.year
        start = f"{scheme.certificate_prefix}〔{year}〕"
        taken = Recognition.objects.filter(certificate_number__startswith=start).count()
        recognition.certificate_number = f"{start}{taken + 1:03d}"
    recognition.verification_code = get_random_string(12, CODE_CHARACTERS)
    recognition.status_changed_at = now
    check_record(recognition)
    recognition.save()
    day = recognition.started_date or recognition.decided_date
    _note(recognition, day=day, reason=reason, document_number=document_number)


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
            _plan(recognition, AssessmentKind.RECHECK, rectify_by)
    elif name == "restore":
        recheck = recognition.assessments.filter(kind=AssessmentKind.RECHECK)
        last = recheck.order_by("-pk").first()
        if recognition.status == RecognitionStatus.RECTIFYING and (
            last is None or last.result != CheckResult.PASSED
        ):
            raise DomainError("recheck_open", "整改复查通过后才能恢复。")
        recognition.rectify_by = None
    elif name == "reinstate":
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


def _plan(recognition: Recognition, kind: str, due_date: date) -> Assessment:
    assessment = Assessment(recognition=recognition, kind=kind, due_date=due_date)
    check_record(assessment)
    assessment.save()
    return assessment


@transaction.atomic
def plan_assessment(
    *, actor: Any, recognition: Recognition, kind: str, due_date: date, now: datetime
) -> Assessment:
    """Set a mid-term assessment, acceptance or re-check for `due_date`.

    Raises Refused, or DomainError `invalid` when one of the kind is still open.
    """
    locked = lock_recognition(recognition)
    RecognitionAccess(actor).require("assess", locked)
    assessment = _plan(locked, kind, due_date)
    log_activity(actor=actor, action="platforms.recognition.plan", target=locked, now=now)
    emit("platforms.assessment.planned", assessment_id=assessment.pk)
    return assessment


@transaction.atomic
def conclude_assessment(
    *, actor: Any, assessment: Assessment, values: Mapping[str, Any], now: datetime
) -> Assessment:
    """Write `held_date`, `result` and `conclusion`, once.

    Raises Refused, DomainError `concluded`, at `result` or at `conclusion`.
    """
    recognition = lock_recognition(assessment.recognition)
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    RecognitionAccess(actor).require("assess", recognition)
    if locked.result:
        raise DomainError("concluded", "结论已经填写。")
    for name in ("held_date", "result", "conclusion"):
        if not values.get(name):
            label = label_of(Assessment, name)
            raise DomainError("field_required", f"请填写“{label}”。", name)
        setattr(locked, name, values[name])
    locked.concluded_by, locked.concluded_at = actor, now
    check_record(locked)
    locked.save()
    log_activity(
        actor=actor, action="platforms.recognition.conclude", target=recognition, now=now,
        reason=locked.conclusion, data={"kind": locked.kind, "result": locked.result},
    )  # fmt: skip
    emit("platforms.assessment.concluded", assessment_id=locked.pk)
    return locked


@transaction.atomic
def ask_extension(
    *, actor: Any, assessment: Assessment, until: date, reason: str, now: datetime
) -> Assessment:
    """The platform asks for more time (G18). Raises Refused or DomainError at `until`, `reason`."""
    recognition = lock_recognition(assessment.recognition)
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    RecognitionAccess(actor).require("extend", recognition)
    if locked.result:
        raise DomainError("concluded", "考核已有结论。")
    if until <= locked.due_date:
        raise DomainError("not_later", f"须晚于原定的 {locked.due_date}。", "until")
    if not reason.strip():
        raise DomainError("reason_required", "请写明延期理由。", "reason")
    locked.extension_asked_date, locked.extension_reason = until, reason.strip()
    locked.save(update_fields=["extension_asked_date", "extension_reason", "updated_at"])
    log_activity(
        actor=actor, action="platforms.recognition.ask_extension", target=recognition, now=now,
        reason=reason,
    )  # fmt: skip
    emit("platforms.assessment.extension_asked", assessment_id=locked.pk)
    return locked


@transaction.atomic
def grant_extension(*, actor: Any, assessment: Assessment, now: datetime) -> Assessment:
    """Agree to the day that was asked for. Raises Refused or DomainError `not_asked`."""
    recognition = lock_recognition(assessment.recognition)
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    RecognitionAccess(actor).require("assess", recognition)
    if locked.extension_asked_date is None or locked.result:
        raise DomainError("not_asked", "没有待同意的延期申请。")
    locked.due_date, locked.extension_asked_date = locked.extension_asked_date, None
    locked.save(update_fields=["due_date", "extension_asked_date", "updated_at"])
    log_activity(actor=actor, action="platforms.recognition.extend", target=recognition, now=now)
    emit("platforms.assessment.extended", assessment_id=locked.pk)
    return locked


@transaction.atomic
def make_appeal(
    *,
    actor: Any,
    body: str,
    now: datetime,
    application: Application | None = None,
    recognition: Recognition | None = None,
) -> Appeal:
    """Object to a rejection or a removal. Raises Refused, DomainError `invalid` (one is open)."""
    if application is not None:
        rows = Application.objects.select_for_update(of=("self",)).select_related("platform")
        application = rows.get(pk=application.pk)
        ApplicationAccess(actor).require("appeal", application)
    elif recognition is not None:
        recognition = lock_recognition(recognition)
        RecognitionAccess(actor).require("appeal", recognition)
    appeal = Appeal(
        application=application, recognition=recognition, body=body.strip(), made_by=actor
    )
    check_record(appeal)
    appeal.save()
    log_activity(
        actor=actor, action="platforms.appeal.create", target=appeal, now=now, reason=appeal.body
    )
    emit("platforms.appeal.created", appeal_id=appeal.pk)
    return appeal


@transaction.atomic
def answer_appeal(*, actor: Any, appeal: Appeal, name: str, answer: str, now: datetime) -> Appeal:
    """Uphold (the application is decided anew, the status given back) or dismiss, with reasons.

    Raises Refused or DomainError `wrong_state`, `reason_required`.
    """
    perform(AppealAccess(actor), name, appeal, now=now, reason=answer)
    appeal = Appeal.objects.select_for_update().get(pk=appeal.pk)
    appeal.answer = answer.strip()
    appeal.save(update_fields=["answer", "updated_at"])
    if name == "uphold" and appeal.application is not None:
        system = ApplicationAccess(SYSTEM)
        moved, _row = perform(system, "reconsider", appeal.application, now=now, reason=answer)
        set_stage_due(moved, now=now)
    elif name == "uphold" and appeal.recognition is not None:
        move_recognition(
            actor=SYSTEM, recognition=appeal.recognition, name="reinstate", now=now, reason=answer
        )
    emit("platforms.appeal.answered", appeal_id=appeal.pk)
    return appeal


def lock_recognition(recognition: Recognition) -> Recognition:
    """The row, locked, with what every rule looks at."""
    rows = Recognition.objects.select_for_update(of=("self",))
    related = ("scheme", "platform__region", "platform__organisation")
    return rows.select_related(*related).get(pk=recognition.pk)
