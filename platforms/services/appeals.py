"""Appeals: a platform objects to a rejection or a removal, and the level that decided answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from core.access import SYSTEM
from core.activity import register_actions
from core.services import check_record, emit, lock, log_activity
from core.states import perform
from platforms.access import AppealAccess, ApplicationAccess, RecognitionAccess
from platforms.models import Appeal, Application, Recognition
from platforms.services.deadlines import set_stage_due
from platforms.services.roster import lock_recognition, move_recognition

register_actions(
    {
        "platforms.appeal.create": "提出了申诉",
        "platforms.appeal.uphold": "认定申诉成立",
        "platforms.appeal.dismiss": "维持了原决定",
    }
)


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
    appeal = lock(appeal)
    appeal.answer = answer.strip()
    appeal.save(update_fields=["answer", "updated_at"])
    if name == "uphold" and appeal.application is not None:
        system = ApplicationAccess(SYSTEM)
        moved = perform(system, "reconsider", appeal.application, now=now, reason=answer)
        set_stage_due(moved, now=now)
    elif name == "uphold" and appeal.recognition is not None:
        was_on_roster = appeal.recognition.started_date is not None
        move_recognition(
            actor=SYSTEM, recognition=appeal.recognition, now=now,
            reason=f"申诉成立：{answer.strip()}",
            name="reinstate" if was_on_roster else "rebuild",
        )  # fmt: skip
    emit("platforms.appeal.answered", appeal_id=appeal.pk)
    return appeal
