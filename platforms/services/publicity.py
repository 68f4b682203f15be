"""Objections while an application is made public: made under one's name, found out, answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from core.activity import register_actions
from core.errors import DomainError
from core.services import check_record, emit, log_activity
from platforms.access import ApplicationAccess
from platforms.enums import ApplicationStatus as A
from platforms.enums import OpinionKind
from platforms.models import Application, ReviewOpinion
from platforms.services.applications import lock_application

register_actions(
    {
        "platforms.application.object": "提出了公示异议",
        "platforms.application.settle": "答复了公示异议",
    }
)


@transaction.atomic
def object_to(
    *, actor: Any, application: Application, body: str, name: str, now: datetime
) -> ReviewOpinion:
    """Somebody signed in objects while it is made public; the deciding level reads it.

    Raises Refused (a visitor), DomainError `wrong_state` (not in publicity) or `invalid`.
    """
    if not getattr(actor, "pk", None):
        raise DomainError("signed_out", "请登录后实名提出异议。")
    locked = lock_application(application)
    if locked.status != A.PUBLICITY or (
        locked.publicity_ends_at and now > locked.publicity_ends_at
    ):
        raise DomainError("wrong_state", "公示期内才能提出异议。")
    opinion = ReviewOpinion(
        application=locked, stage=A.PUBLICITY, kind=OpinionKind.OBJECTION, author=actor,
        department=name.strip(), body=body.strip(),
    )  # fmt: skip
    check_record(opinion)
    opinion.save()
    log_activity(actor=actor, action="platforms.application.object", target=locked, now=now)
    emit("platforms.application.objected", application_id=locked.pk)
    return opinion


@transaction.atomic
def answer_objection(
    *, actor: Any, objection: ReviewOpinion, answer: str, now: datetime
) -> ReviewOpinion:
    """Say what was found out; who objected is told. All are answered before the decision.

    Raises Refused, DomainError `answered` or at `answer`.
    """
    application = lock_application(objection.application)
    ApplicationAccess(actor).require("settle", application)
    rows = ReviewOpinion.objects.select_for_update(of=("self",)).filter(kind=OpinionKind.OBJECTION)
    locked = rows.filter(application=application, pk=objection.pk).first()
    if locked is None:
        raise DomainError("not_found", "没有这条异议。")
    if locked.answered_at is not None:
        raise DomainError("answered", "这条异议已经答复。")
    if not answer.strip():
        raise DomainError("field_required", "请写明核实结果。", "answer")
    locked.answer, locked.answered_at = answer.strip(), now
    check_record(locked)
    locked.save(update_fields=["answer", "answered_at", "updated_at"])
    log_activity(
        actor=actor, action="platforms.application.settle", target=application, now=now,
        reason=locked.answer,
    )  # fmt: skip
    emit("platforms.objection.answered", opinion_id=locked.pk)
    return locked
