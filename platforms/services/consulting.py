"""Departments are asked for opinions at a stage; their answers are merged into one (G49)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import Organisation
from accounts.selectors import departments as known_departments
from core.access import SYSTEM
from core.activity import register_actions
from core.errors import DomainError
from core.files import register_guard, store_file
from core.services import check_record, emit, lock, log_activity
from core.states import perform
from core.workdays import end_of_workdays
from platforms.access import ApplicationAccess, OpinionRequestAccess
from platforms.enums import OpinionKind, RequestStatus, Stance
from platforms.models import Application, OpinionRequest, ReviewOpinion
from platforms.states import OPINION_REQUEST

register_actions(
    {
        "platforms.application.consult": "征求了部门意见",
        "platforms.application.merge": "汇总了部门意见",
        **{
            f"platforms.opinionrequest.{row.name}": row.label for row in OPINION_REQUEST.transitions
        },
    }
)
register_guard(
    "platforms.opinionrequest",
    lambda user, pk: OpinionRequestAccess(user).visible().filter(pk=pk).exists(),
)
RELATED = ("department", "application__platform__region", "application__programme__scheme")


@transaction.atomic
def ask_departments(
    *,
    actor: Any,
    application: Application,
    departments: Sequence[Organisation],
    question: str,
    workdays: int,
    now: datetime,
) -> list[OpinionRequest]:
    """Ask each department for a written opinion, to be given within `workdays` working days.

    All or none are asked. Raises Refused, DomainError at `departments` (none chosen, without
    people, already asked), `question` or `workdays`.
    """
    locked = lock(application, "programme__scheme", "platform__region")
    ApplicationAccess(actor).require("consult", locked)
    wanted = {row.pk: row for row in departments}
    if not wanted:
        raise DomainError("field_required", "请选择要征求意见的部门。", "departments")
    if known_departments().filter(pk__in=wanted).count() != len(wanted):
        raise DomainError("not_department", "只能征求有协同部门人员的单位。", "departments")
    if not 1 <= workdays <= 60:
        raise DomainError("workdays", "答复期限为 1–60 个工作日。", "workdays")
    due_at, asked = end_of_workdays(now, workdays), []
    for department in wanted.values():
        row = OpinionRequest(
            application=locked, stage=locked.status, department=department, due_at=due_at,
            question=question.strip(), asked_by=actor, status_changed_at=now,
        )  # fmt: skip
        check_record(row)
        row.save()
        emit("platforms.opinionrequest.asked", request_id=row.pk)
        asked.append(row)
    log_activity(
        actor=actor, action="platforms.application.consult", target=locked, now=now,
        reason=question, data={"departments": [row.name for row in wanted.values()]},
    )  # fmt: skip
    return asked


@transaction.atomic
def answer_request(
    *,
    actor: Any,
    request: OpinionRequest,
    stance: str,
    body: str,
    now: datetime,
    uploads: Iterable[UploadedFile] = (),
) -> OpinionRequest:
    """Agree, agree with conditions or object; until it is merged the answer may be corrected.

    Raises Refused, DomainError `wrong_state`, at `stance`, `body` (conditions and objections are
    written down) or `files`.
    """
    locked = lock(request, *RELATED)
    access = OpinionRequestAccess(actor)
    if access.can("answer", locked):  # else perform says why not
        if stance not in Stance.values:
            raise DomainError("field_required", "请选择同意、有条件同意或不同意。", "stance")
        if stance != Stance.AGREE and not body.strip():
            raise DomainError("field_required", "请写明条件或不同意的理由。", "body")
        locked.stance, locked.body = stance, body.strip()
        locked.answered_by, locked.answered_at = actor, locked.answered_at or now
        check_record(locked)
        locked.save(update_fields=["stance", "body", "answered_by", "answered_at", "updated_at"])
    perform(access, "answer", locked, now=now, reason=body)
    for upload in uploads:
        store_file(actor=actor, upload=upload, target=locked, field="files")
    emit("platforms.opinionrequest.answered", request_id=locked.pk)
    locked.refresh_from_db()
    return locked


@transaction.atomic
def withdraw_request(
    *, actor: Any, request: OpinionRequest, reason: str, now: datetime
) -> OpinionRequest:
    """Ask no longer: the department is told the reason and no longer sees the application.

    Raises Refused, DomainError `wrong_state` or `reason_required`.
    """
    locked = lock(request, *RELATED)
    perform(OpinionRequestAccess(actor), "withdraw", locked, now=now, reason=reason)
    emit("platforms.opinionrequest.withdrawn", request_id=locked.pk)
    locked.refresh_from_db()
    return locked


@transaction.atomic
def merge_opinions(
    *, actor: Any, application: Application, body: str, now: datetime
) -> ReviewOpinion:
    """Put the departments' answers of the present stage into one opinion, written as `body`.

    Raises Refused, DomainError `nothing` (no answer to merge), `answers_open` (somebody has still
    to answer) or at `body`.
    """
    locked = lock(application, "programme__scheme", "platform__region")
    ApplicationAccess(actor).require("consult", locked)
    rows = _of_stage(locked)
    if rows.filter(status=RequestStatus.ASKED).exists():
        raise DomainError("answers_open", "还有部门没有答复，请等它答复，或撤回征求后再汇总。")
    answered = list(
        rows.filter(status=RequestStatus.ANSWERED).select_related(*RELATED).order_by("pk")
    )
    if not answered:
        raise DomainError("nothing", "没有可以汇总的部门意见。")
    opinion = ReviewOpinion(
        application=locked, stage=locked.status, kind=OpinionKind.MERGED, author=actor,
        department="、".join(row.department.name for row in answered)[:100], body=body.strip(),
    )  # fmt: skip
    check_record(opinion)
    opinion.save()
    for row in answered:
        moved = perform(OpinionRequestAccess(actor), "merge", row, now=now)
        moved.merged_into = opinion
        moved.save(update_fields=["merged_into", "updated_at"])
        emit("platforms.opinionrequest.merged", request_id=row.pk)
    log_activity(
        actor=actor, action="platforms.application.merge", target=locked, now=now,
        reason=opinion.body,
    )  # fmt: skip
    return opinion


def open_opinions(application: Application) -> DomainError | None:
    """Why an application may not go on: departments have not answered, or are not merged yet."""
    statuses = set(_of_stage(application).values_list("status", flat=True))
    if RequestStatus.ASKED in statuses:
        return DomainError("answers_open", "还有部门没有答复意见，请等它答复或撤回征求。")
    if RequestStatus.ANSWERED in statuses:
        return DomainError("not_merged", "部门意见已答复，请先汇总。")
    return None


def withdraw_moot(*, application: Application, stage: str, now: datetime) -> int:
    """Take back what is still asked about a stage that the application has left; how many.

    Runs inside the transaction that moved the application.
    """
    rows = application.opinion_requests.filter(stage=stage, status=RequestStatus.ASKED)
    moot = [] if application.status == stage else list(rows.order_by("pk"))
    reason = f"申报已转为“{application.get_status_display()}”，无须再答复。"
    for row in moot:
        withdraw_request(actor=SYSTEM, request=row, reason=reason, now=now)
    return len(moot)


def _of_stage(application: Application) -> Any:
    return application.opinion_requests.filter(stage=application.status)
