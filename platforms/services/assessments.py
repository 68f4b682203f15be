"""Assessments on the way: planned, asked for, put off, concluded; what a conclusion entails."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from statistics import mean
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from core.activity import register_actions
from core.errors import DomainError
from core.services import check_record, emit, lock, log_activity
from platforms.access import RecognitionAccess
from platforms.enums import AssessmentKind, AssignmentStatus, CheckResult, RecognitionStatus
from platforms.facts import label_of
from platforms.models import Assessment, Recognition
from platforms.models.reviewing import OPEN_ASSIGNMENTS
from platforms.services.reviewing import checked_scores
from platforms.services.roster import (
    CODE_CHARACTERS,
    lock_recognition,
    move_recognition,
    plan,
    plan_by,
)

register_actions(
    {
        "platforms.recognition.plan": "安排了考核",
        "platforms.recognition.conclude": "填写了考核结论",
        "platforms.recognition.ask_extension": "申请考核延期",
        "platforms.recognition.extend": "同意考核延期",
        "platforms.recognition.refuse_extension": "不同意考核延期",
        "platforms.recognition.request": "申请考核",
    }
)


@transaction.atomic
def plan_assessment(
    *, actor: Any, recognition: Recognition, kind: str, due_date: date, now: datetime
) -> Assessment:
    """Set a mid-term assessment, acceptance or re-check for `due_date`.

    Raises Refused, or DomainError `invalid` when one of the kind is still open.
    """
    locked = lock_recognition(recognition)
    RecognitionAccess(actor).require("assess", locked)
    assessment = plan(locked, kind, due_date)
    _log(actor, "plan", locked, now)
    emit("platforms.assessment.planned", assessment_id=assessment.pk)
    return assessment


@transaction.atomic
def request_assessment(*, actor: Any, assessment: Assessment, now: datetime) -> Assessment:
    """The platform says that what it promised is done, and asks to be assessed (G18).

    Raises Refused, DomainError `concluded`, `twice`, or `task_book_open` while the task book is
    empty or a task of it has no done value.
    """
    recognition, locked = _lock(assessment)
    RecognitionAccess(actor).require("request", recognition)
    _require_open(locked)
    if locked.requested_at is not None:
        raise DomainError("twice", "已经申请，主管部门安排后会通知您。")
    done = list(locked.items.values_list("done", flat=True))
    if not done or "" in done:
        raise DomainError("task_book_open", "请先在任务书中写明每项任务的完成值，再申请。")
    locked.requested_at = now
    locked.save(update_fields=["requested_at", "updated_at"])
    _log(actor, "request", recognition, now, data={"kind": locked.kind})
    emit("platforms.assessment.requested", assessment_id=locked.pk)
    return locked


@transaction.atomic
def conclude_assessment(
    *, actor: Any, assessment: Assessment, values: Mapping[str, Any], now: datetime
) -> Assessment:
    """Write the conclusion, once: `held_date`, `result`, `conclusion`; also `members`, `findings`,
    `scores` (points by item of the ladder's sheet, all or none) and `rectify_by`.

    Where experts were invited and scored, the points are their means and cannot be typed; none of
    them may still be open. The letter of conclusion gets its code. 限期整改 needs `rectify_by` and
    has a follow-up by that day: a platform on the roster is ordered to rectify, one being built is
    accepted or re-checked again (G17). Raises Refused, DomainError `concluded`, `scores_open` or
    at a field.
    """
    recognition, locked = _lock(assessment)
    RecognitionAccess(actor).require("assess", recognition)
    _require_open(locked)
    for name in ("held_date", "result", "conclusion"):
        if not values.get(name):
            raise DomainError("field_required", f"请填写“{label_of(Assessment, name)}”。", name)
    if values["held_date"] > timezone.localdate(now):
        raise DomainError("future", "评估日期不能晚于今天。", "held_date")
    for name in ("held_date", "result", "conclusion", "members", "findings"):
        setattr(locked, name, values.get(name) or "")
    if not _take_panel(locked) and any(
        points is not None for points in values.get("scores", {}).values()
    ):
        sheet = recognition.scheme.score_sheet
        locked.scores, locked.total = checked_scores(sheet, values["scores"])
    locked.rectify_by = _rectify_by(values, now) if locked.result == CheckResult.RECTIFY else None
    locked.concluded_by, locked.concluded_at = actor, now
    locked.verification_code = get_random_string(12, CODE_CHARACTERS)
    check_record(locked)
    locked.save()
    _log(
        actor, "conclude", recognition, now, reason=locked.conclusion,
        data={"kind": locked.kind, "result": locked.result},
    )  # fmt: skip
    if locked.rectify_by is not None:
        _order_rectification(actor, recognition, locked, locked.rectify_by, now)
    emit("platforms.assessment.concluded", assessment_id=locked.pk)
    return locked


@transaction.atomic
def letter_of(assessment: Assessment) -> Assessment:
    """The concluded assessment with a code: one concluded before letters had any gets it now."""
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if locked.result and not locked.verification_code:
        locked.verification_code = get_random_string(12, CODE_CHARACTERS)
        locked.save(update_fields=["verification_code", "updated_at"])
    assessment.verification_code = locked.verification_code
    return assessment


def _take_panel(assessment: Assessment) -> bool:
    """Take points and total from the experts' sheets: their means, to 0.01 and 0.1 points.

    Returns whether any expert scored; DomainError `scores_open` while one is still to answer.
    """
    panel = list(assessment.assignments.select_related("reviewer").order_by("pk"))
    if any(row.status in OPEN_ASSIGNMENTS for row in panel):
        raise DomainError("scores_open", "还有专家没有评分；等不到的，请先取消邀请。")
    scored = [row for row in panel if row.status == AssignmentStatus.SCORED]
    if not scored:
        return False
    assessment.scores = {
        name: round(mean(row.scores[name] for row in scored if name in row.scores), 2)
        for name in scored[0].scores
    }
    total = mean(row.total for row in scored if row.total is not None)
    assessment.total = Decimal(total).quantize(Decimal("0.1"))
    assessment.members = assessment.members or "、".join(str(row.reviewer) for row in scored)
    return True


def _rectify_by(values: Mapping[str, Any], now: datetime) -> date:
    day: date | None = values.get("rectify_by")
    if day is None:
        raise DomainError("field_required", "限期整改的，请填写整改期限。", "rectify_by")
    if day <= timezone.localdate(now):
        raise DomainError("past", "整改期限须晚于今天。", "rectify_by")
    return day


def _order_rectification(
    actor: Any, recognition: Recognition, assessment: Assessment, day: date, now: datetime
) -> None:
    if recognition.status in {RecognitionStatus.ACTIVE, RecognitionStatus.WARNED}:
        move_recognition(
            actor=actor, recognition=recognition, name="rectify", now=now, rectify_by=day,
            reason=assessment.conclusion,
        )  # fmt: skip
        return
    if recognition.status == RecognitionStatus.RECTIFYING:
        recognition.rectify_by = day
        recognition.save(update_fields=["rectify_by", "updated_at"])
    is_acceptance = assessment.kind == AssessmentKind.ACCEPTANCE
    kind = AssessmentKind.ACCEPTANCE if is_acceptance else AssessmentKind.RECHECK
    plan_by(recognition, kind, day)


@transaction.atomic
def ask_extension(
    *, actor: Any, assessment: Assessment, until: date, reason: str, now: datetime
) -> Assessment:
    """The platform asks for more time (G18). Raises Refused or DomainError at `until`, `reason`."""
    recognition, locked = _lock(assessment)
    RecognitionAccess(actor).require("extend", recognition)
    _require_open(locked)
    if until <= locked.due_date:
        raise DomainError("not_later", f"须晚于原定的 {locked.due_date}。", "until")
    if not reason.strip():
        raise DomainError("reason_required", "请写明延期理由。", "reason")
    locked.extension_asked_date, locked.extension_reason = until, reason.strip()
    locked.extension_answer = ""
    locked.save(
        update_fields=[
            "extension_asked_date", "extension_reason", "extension_answer", "updated_at",
        ]
    )  # fmt: skip
    _log(actor, "ask_extension", recognition, now, reason=reason)
    emit("platforms.assessment.extension_asked", assessment_id=locked.pk)
    return locked


@transaction.atomic
def grant_extension(*, actor: Any, assessment: Assessment, now: datetime) -> Assessment:
    """Agree to the day that was asked for. Raises Refused or DomainError `not_asked`."""
    recognition, locked = _lock(assessment)
    RecognitionAccess(actor).require("assess", recognition)
    locked.due_date, locked.extension_asked_date = _require_asked(locked), None
    locked.save(update_fields=["due_date", "extension_asked_date", "updated_at"])
    _log(actor, "extend", recognition, now)
    emit("platforms.assessment.extended", assessment_id=locked.pk)
    return locked


@transaction.atomic
def refuse_extension(
    *, actor: Any, assessment: Assessment, reason: str, now: datetime
) -> Assessment:
    """Keep the due day, and say why. Raises Refused, DomainError `not_asked` or at `reason`."""
    recognition, locked = _lock(assessment)
    RecognitionAccess(actor).require("assess", recognition)
    _require_asked(locked)
    if not reason.strip():
        raise DomainError("reason_required", "请写明不同意延期的理由。", "reason")
    locked.extension_asked_date, locked.extension_answer = None, reason.strip()
    check_record(locked)
    locked.save(update_fields=["extension_asked_date", "extension_answer", "updated_at"])
    _log(actor, "refuse_extension", recognition, now, reason=reason)
    emit("platforms.assessment.extension_refused", assessment_id=locked.pk)
    return locked


def _lock(assessment: Assessment) -> tuple[Recognition, Assessment]:
    """The recognition, then the assessment, locked."""
    recognition = lock_recognition(assessment.recognition)
    return recognition, lock(assessment)


def _require_open(assessment: Assessment) -> None:
    if assessment.result:
        raise DomainError("concluded", "考核已有结论。")


def _require_asked(assessment: Assessment) -> date:
    day = assessment.extension_asked_date
    if day is None or assessment.result:
        raise DomainError("not_asked", "没有待答复的延期申请。")
    return day


def _log(actor: Any, verb: str, recognition: Recognition, now: datetime, **more: Any) -> None:
    action = f"platforms.recognition.{verb}"
    log_activity(actor=actor, action=action, target=recognition, now=now, **more)
