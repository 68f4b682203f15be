"""What a poor grade leads to: an order to mend, through the recognition that the platform holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.errors import DomainError
from core.services import log_activity
from platforms.enums import RecognitionStatus
from platforms.models import Recognition
from platforms.services.roster import move_recognition
from reporting.access import EvaluationAccess
from reporting.models import EvaluationResult, EvaluationRun


@dataclass
class Ordered:
    """Who was ordered to mend, and which recognitions could not be moved, and why."""

    done: list[Recognition] = field(default_factory=list)
    refused: list[tuple[Recognition, str]] = field(default_factory=list)


def poor_recognitions(run: EvaluationRun) -> QuerySet[Any]:
    """Recognitions in good standing or warned of the platforms with the run's last grade."""
    last = run.scheme.definition["grades"][-1]["slug"]
    poor = EvaluationResult.objects.in_force().filter(round__run=run, grade=last)
    rows = Recognition.objects.filter(
        platform__in=poor.values("platform"),
        status__in=[RecognitionStatus.ACTIVE, RecognitionStatus.WARNED],
    )
    return rows.select_related("scheme", "platform").order_by("pk")


def rectify_poor(
    *, actor: Any, run: EvaluationRun, rectify_by: date | None, now: datetime
) -> Ordered:
    """Order every recognised platform with the last grade to mend by a day; a re-check is planned.

    Each recognition is its own transaction and needs the right of its level. Errors: Refused,
    `rectify_by` (not a later day), `nobody`.
    """
    EvaluationAccess(actor).require("rectify", run)
    if rectify_by is None or rectify_by <= timezone.localdate(now):
        raise DomainError("rectify_by", "请填写晚于今天的整改期限。", "rectify_by")
    rows = list(poor_recognitions(run))
    if not rows:
        raise DomainError("nobody", "没有需要责令整改的在册平台。")
    result = Ordered()
    for recognition in rows:
        try:
            with transaction.atomic():
                result.done.append(
                    move_recognition(
                        actor=actor, recognition=recognition, name="rectify", now=now,
                        reason=f"{run}等次为最低一级，责令整改。", rectify_by=rectify_by,
                    )
                )  # fmt: skip
        except DomainError as error:
            result.refused.append((recognition, error.message))
    if result.done:
        log_activity(
            actor=actor, action="reporting.evaluationrun.rectify", target=run, now=now,
            data={"count": len(result.done), "rectify_by": rectify_by.isoformat()},
        )  # fmt: skip
    return result
