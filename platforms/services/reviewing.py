"""The expert panel and the visit: invited, declared, scored; seen on the spot.

Panels judge applications and, by the same rules, assessments (G17, G18).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.enums import Role
from core.activity import register_actions
from core.errors import DomainError
from core.services import check_record, emit, lock, log_activity
from core.states import perform
from platforms.access import ApplicationAccess, AssignmentAccess, RecognitionAccess
from platforms.models import Application, Assessment, ExpertAssignment, SiteCheck
from platforms.services.applications import lock_application
from platforms.services.roster import lock_recognition
from platforms.states import ASSIGNMENT

register_actions(
    {
        "platforms.application.assign": "邀请了评审专家",
        "platforms.application.visit": "记录了现场核查",
        "platforms.recognition.assign": "邀请了考核专家",
        **{f"platforms.expertassignment.{row.name}": row.label for row in ASSIGNMENT.transitions},
    }
)


@transaction.atomic
def assign_expert(
    *, actor: Any, application: Application, reviewer: Any, due_date: date, now: datetime
) -> ExpertAssignment:
    """Invite an expert to judge an application, as `_invite` says. Raises Refused, DomainError."""
    locked = lock_application(application)
    ApplicationAccess(actor).require("assign", locked)
    assignment = ExpertAssignment(application=locked, reviewer=reviewer, due_date=due_date)
    return _invite(actor, assignment, locked.organisation_id, locked, now)


@transaction.atomic
def assign_assessor(
    *, actor: Any, assessment: Assessment, reviewer: Any, due_date: date, now: datetime
) -> ExpertAssignment:
    """Invite an expert to judge an assessment that has no conclusion yet, as `_invite` says.

    Raises Refused, DomainError `concluded` or at a field.
    """
    recognition = lock_recognition(assessment.recognition)
    RecognitionAccess(actor).require("assess", recognition)
    locked = lock(assessment)
    if locked.result:
        raise DomainError("concluded", "考核已有结论。")
    assignment = ExpertAssignment(assessment=locked, reviewer=reviewer, due_date=due_date)
    return _invite(actor, assignment, recognition.platform.organisation_id, recognition, now)


def _invite(
    actor: Any,
    assignment: ExpertAssignment,
    organisation_id: int | None,
    target: Any,
    now: datetime,
) -> ExpertAssignment:
    """Write the invitation, tell the expert, log it on `target`.

    DomainError at `reviewer` (not an expert, of the platform's own organisation, invited already)
    or at `due_date`.
    """
    reviewer = assignment.reviewer
    if not reviewer.has_role(Role.REVIEWER):
        raise DomainError("not_expert", "只能邀请有评审专家角色的人。", "reviewer")
    if organisation_id in reviewer.organisation_ids():
        raise DomainError("own_organisation", "该专家属于申报单位，应当回避。", "reviewer")
    if assignment.due_date < timezone.localdate(now):
        raise DomainError("past", "截止日不能早于今天。", "due_date")
    if assignment.subject.assignments.filter(reviewer=reviewer).exists():
        raise DomainError("twice", "该专家已在评审组中。", "reviewer")
    check_record(assignment)
    assignment.save()
    log_activity(
        actor=actor, action=f"platforms.{target._meta.model_name}.assign", target=target, now=now,
        data={"reviewer": reviewer.pk},
    )  # fmt: skip
    emit("platforms.assignment.created", assignment_id=assignment.pk)
    return assignment


@transaction.atomic
def answer_invitation(
    *, actor: Any, assignment: ExpertAssignment, name: str, now: datetime, reason: str = ""
) -> ExpertAssignment:
    """Declare that there is no conflict of interest, decline with the reason, or reopen.

    Raises Refused or DomainError.
    """
    perform(AssignmentAccess(actor), name, assignment, now=now, reason=reason)
    locked = lock(assignment)
    if name == "declare":
        locked.declared_at = now
    elif name == "decline":
        locked.conflict_note = reason.strip()[:500]
    locked.save(update_fields=["declared_at", "conflict_note", "updated_at"])
    emit(f"platforms.assignment.{name}", assignment_id=locked.pk)
    return locked


@transaction.atomic
def hand_in_scores(
    *,
    actor: Any,
    assignment: ExpertAssignment,
    scores: Mapping[str, Decimal | None],
    comment: str,
    is_supportive: bool | None,
    now: datetime,
) -> ExpertAssignment:
    """Hand in the score sheet: points for every item, 0 to its maximum.

    Raises Refused (not declared, not the expert), DomainError at the item's name, `comment` or
    `is_supportive`.
    """
    related = ("application__programme__scheme", "application__platform",
               "assessment__recognition__scheme", "assessment__recognition__platform")  # fmt: skip
    rows = ExpertAssignment.objects.select_for_update(of=("self",)).select_related(*related)
    locked = rows.get(pk=assignment.pk)
    access = AssignmentAccess(actor)
    if access.can("score", locked):  # else perform says why not
        locked.scores, locked.total = checked_scores(locked.scheme.score_sheet, scores)
        if not comment.strip():
            raise DomainError("field_required", "请写评审意见。", "comment")
        if is_supportive is None:
            raise DomainError("field_required", "请选择是否建议通过。", "is_supportive")
        locked.comment, locked.is_supportive = comment.strip(), is_supportive
        locked.save()
    perform(access, "score", locked, now=now)
    emit("platforms.assignment.scored", assignment_id=locked.pk)
    locked.refresh_from_db()
    return locked


def checked_scores(
    sheet: list[dict[str, Any]], scores: Mapping[str, Decimal | None]
) -> tuple[dict[str, float], Decimal]:
    """Points by item, and their sum. A sheet without items is scored 0–100 as a whole."""
    items = sheet or [{"name": "总体评价", "maximum": 100}]
    found: dict[str, float] = {}
    total = Decimal(0)
    for item in items:
        points, name = scores.get(item["name"]), item["name"]
        if points is None:
            raise DomainError("field_required", f"请给“{name}”评分。", name)
        if not 0 <= points <= item["maximum"]:
            raise DomainError("out_of_range", f"“{name}”为 0–{item['maximum']} 分。", name)
        found[name] = float(points)
        total += points
    return found, total


@transaction.atomic
def record_visit(
    *, actor: Any, application: Application, values: Mapping[str, Any], now: datetime
) -> SiteCheck:
    """Write down a visit: day, people, findings, result. Raises Refused or DomainError."""
    locked = lock_application(application)
    ApplicationAccess(actor).require("visit", locked)
    visit = SiteCheck(application=locked, recorded_by=actor, **values)
    check_record(visit)
    if visit.visited_date > timezone.localdate(now):
        raise DomainError("future", "核查日期不能晚于今天。", "visited_date")
    visit.save()
    log_activity(
        actor=actor, action="platforms.application.visit", target=locked, now=now,
        reason=visit.findings, data={"result": visit.result},
    )  # fmt: skip
    emit("platforms.application.visited", application_id=locked.pk)
    return visit
