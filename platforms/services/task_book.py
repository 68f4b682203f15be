"""The task book of an assessment: what was promised, and what became of it (G17, G18)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from core.activity import register_actions
from core.errors import DomainError
from core.services import check_record, log_activity
from platforms.access import RecognitionAccess
from platforms.models import Assessment, AssessmentItem
from platforms.services.roster import lock_recognition

register_actions({"platforms.recognition.task_book": "填写了任务书"})
MAX_ITEMS = 50


@transaction.atomic
def save_task_book(
    *, actor: Any, assessment: Assessment, rows: Iterable[Mapping[str, str]], now: datetime
) -> list[AssessmentItem]:
    """Replace the task book by `rows` (`name`, `target`, `done`, `proof`), in their order.

    The platform and the staff who assess may, until there is a conclusion. Raises Refused,
    DomainError `concluded`, `too_many` or `invalid`.
    """
    recognition = lock_recognition(assessment.recognition)
    locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
    access = RecognitionAccess(actor)
    if not access.can("assess", recognition):
        access.require("extend", recognition)
    if locked.result:
        raise DomainError("concluded", "考核已有结论，任务书不能再改。")
    items = [AssessmentItem(assessment=locked, **row) for row in rows]
    if len(items) > MAX_ITEMS:
        raise DomainError("too_many", f"最多 {MAX_ITEMS} 条。")
    locked.items.all().delete()
    for item in items:
        check_record(item)
        item.save()
    log_activity(
        actor=actor, action="platforms.recognition.task_book", target=recognition, now=now,
        data={"kind": locked.kind, "items": len(items)},
    )  # fmt: skip
    return items
