"""The task book of an assessment: what was promised, and what became of it (G17, G18)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core.activity import register_actions
from core.errors import DomainError
from core.files import files_of, register_guard, store_file
from core.models import StoredFile
from core.services import check_record, lock, log_activity
from platforms.access import AssessmentAccess, RecognitionAccess
from platforms.models import Assessment, AssessmentItem, Recognition
from platforms.services.roster import lock_recognition

register_actions(
    {
        "platforms.recognition.task_book": "填写了任务书",
        "platforms.recognition.detach": "删除了任务书的证明材料",
    }
)
register_guard(
    "platforms.assessment",
    lambda user, pk: AssessmentAccess(user).visible().filter(pk=pk).exists(),
)
MAX_ITEMS, MAX_FILES = 50, 20


@transaction.atomic
def save_task_book(
    *,
    actor: Any,
    assessment: Assessment,
    rows: Iterable[Mapping[str, str]],
    now: datetime,
    uploads: Iterable[UploadedFile] = (),
) -> list[AssessmentItem]:
    """Replace the task book by `rows` (`name`, `target`, `done`, `proof`), in their order, and
    keep `uploads` as evidence beside those kept before (C18).

    The platform and the staff who assess may, until there is a conclusion. Raises Refused,
    DomainError `concluded`, `too_many`, `invalid` or at `files`.
    """
    recognition, locked = _lock_open(actor, assessment)
    items = [AssessmentItem(assessment=locked, **row) for row in rows]
    if len(items) > MAX_ITEMS:
        raise DomainError("too_many", f"最多 {MAX_ITEMS} 条。")
    files = list(uploads)
    if files and files_of(locked).count() + len(files) > MAX_FILES:
        raise DomainError("too_many_files", f"最多 {MAX_FILES} 份材料，请合并后上传。", "files")
    for upload in files:
        store_file(actor=actor, upload=upload, target=locked, field="files")
    locked.items.all().delete()
    for item in items:
        check_record(item)
        item.save()
    log_activity(
        actor=actor, action="platforms.recognition.task_book", target=recognition, now=now,
        data={"kind": locked.kind, "items": len(items), "files": len(files)},
    )  # fmt: skip
    return items


@transaction.atomic
def remove_task_file(*, actor: Any, assessment: Assessment, file_id: Any, now: datetime) -> None:
    """Take evidence back: whoever put it there, or for the platform any of its people, until there
    is a conclusion. Raises Refused, DomainError `concluded`, `not_found` or `not_own`.
    """
    recognition, locked = _lock_open(actor, assessment)
    row = files_of(locked).select_related("uploaded_by").filter(pk=file_id).first()
    if row is None:
        raise DomainError("not_found", "没有这份材料。")
    if not may_take_back(actor, locked, row):
        raise DomainError("not_own", "只能删除本单位上传的材料。")
    log_activity(
        actor=actor, action="platforms.recognition.detach", target=recognition, now=now,
        reason=row.name, data={"kind": locked.kind},
    )  # fmt: skip
    row.delete()


def may_take_back(actor: Any, assessment: Assessment, stored: StoredFile) -> bool:
    """Whether `actor` put the file there, or runs the platform as the one who did
    (select `uploaded_by`)."""
    if stored.uploaded_by_id == actor.pk:
        return True
    is_own = RecognitionAccess(actor).can("extend", assessment.recognition)
    body = assessment.recognition.platform.organisation_id
    return bool(is_own) and body in stored.uploaded_by.organisation_ids()


def _lock_open(actor: Any, assessment: Assessment) -> tuple[Recognition, Assessment]:
    """Recognition and assessment, locked, if `actor` may write its task book and there is no
    conclusion yet."""
    recognition = lock_recognition(assessment.recognition)
    locked = lock(assessment)
    access = RecognitionAccess(actor)
    if not access.can("assess", recognition):
        access.require("extend", recognition)
    if locked.result:
        raise DomainError("concluded", "考核已有结论，任务书不能再改。")
    return recognition, locked
