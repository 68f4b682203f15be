"""Assessments of many platforms at once (G17): the same kind, the same day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from platforms.access import AssessmentAccess, RecognitionAccess
from platforms.models import Assessment, Recognition, Scheme
from platforms.services.assessments import plan_assessment
from platforms.states.recognition import LIVE


@transaction.atomic
def plan_assessments(
    *, actor: Any, scheme: Scheme, kind: str, due_date: date, now: datetime
) -> list[Assessment]:
    """Plan an assessment for every platform of a ladder that the actor may assess and that has no
    open one of this kind. Each platform is told. Safe to run twice.

    Raises Refused, DomainError at `due_date` (past) or at `scheme` (nobody is left).
    """
    AssessmentAccess(actor).require("plan")
    if due_date < timezone.localdate(now):
        raise DomainError("past", "应完成日不能早于今天。", "due_date")
    rows = Recognition.objects.filter(scheme=scheme, status__in=LIVE)
    planned = Assessment.objects.filter(kind=kind, result="")
    rows = rows.exclude(pk__in=planned.values("recognition"))
    access = RecognitionAccess(actor)
    related = ("platform__region", "platform__organisation", "scheme")
    mine = [row for row in rows.select_related(*related).order_by("pk")
            if access.can("assess", row)]  # fmt: skip
    if not mine:
        raise DomainError("nobody", "没有要安排的平台：都已安排，或不由本级考核。", "scheme")
    return [
        plan_assessment(actor=actor, recognition=row, kind=kind, due_date=due_date, now=now)
        for row in mine
    ]
