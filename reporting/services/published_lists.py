"""Issuing and withdrawing numbered lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from core.errors import DomainError
from core.models import JobStatus
from core.services import emit, lock, log_activity
from core.states import perform
from reporting.access import PublishedListAccess
from reporting.enums import JobKind, ListKind, ListStatus
from reporting.lists import LIST_TYPES
from reporting.lists.base import criteria_words
from reporting.models import PublishedList
from reporting.selectors.published_lists import job_of
from reporting.services.jobs import start_job
from taxonomy.jurisdiction import current_jurisdiction
from taxonomy.models import Region


@transaction.atomic
def issue_list(
    *,
    actor: Any,
    kind: str,
    criteria: Mapping[str, Any],
    now: datetime,
    title: str = "",
    note: str = "",
) -> PublishedList:
    """Start the next edition of a list; its job freezes the rows, numbers and publishes it.

    Errors: Refused, `region`, `unknown_kind`, `empty` (nothing meets the criteria), `issuing`.
    """
    PublishedListAccess(actor).require("issue")
    known = LIST_TYPES.get(kind)
    if known is None:
        raise DomainError("unknown_kind", "没有这种清单。", "kind")
    region = Region.objects.filter(pk=current_jurisdiction().region).first()
    if region is None:
        raise DomainError("region", "没有本平台所属的地区，请先装入行政区划。")
    kept = {name: value for name, value in criteria.items() if value not in (None, "", False, [])}
    if not known.count(kept, now):
        raise DomainError("empty", "没有符合条件的条目，请放宽条件。")
    edition = PublishedList(
        kind=kind, region=region, title=title.strip() or default_title(kind, kept),
        note=note.strip(), criteria=kept, criteria_words=criteria_words(known, kept),
        columns=known.shown_columns, issued_by=actor, status_changed_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            edition.save()
    except IntegrityError as error:
        raise DomainError("issuing", "同类清单正在生成，请等它完成。") from error
    log_activity(actor=actor, action="reporting.publishedlist.issue", target=edition, now=now)
    start_job(
        actor=actor, kind=JobKind.ISSUE_LIST, cycle=None, subject=edition.title, now=now,
        parameters={"published_list": edition.pk},
    )  # fmt: skip
    return edition


def default_title(kind: str, criteria: Mapping[str, Any]) -> str:
    """广东省中试平台清单; without a place in its criteria just the kind."""
    place = Region.objects.filter(pk=criteria.get("region", "")).first()
    return f"{place or ''}{ListKind(kind).label}"


@transaction.atomic
def drop_list(*, actor: Any, edition: PublishedList, now: datetime) -> None:
    """Give up an edition whose job failed or was cancelled. Errors: Refused, `wrong_state`."""
    locked = lock(edition)
    PublishedListAccess(actor).require("issue", locked)
    job = job_of(locked)
    if locked.status != ListStatus.ISSUING or (
        job and job.status in {JobStatus.QUEUED, JobStatus.RUNNING}
    ):
        raise DomainError("wrong_state", "正在生成或已经发布，不能放弃。")
    log_activity(actor=actor, action="reporting.publishedlist.drop", target=locked, now=now)
    locked.delete()


@transaction.atomic
def withdraw_list(
    *, actor: Any, edition: PublishedList, now: datetime, reason: str
) -> PublishedList:
    """Take an edition back; its number stays, its rows are no longer public, who was told of it is
    told why.

    Errors: Refused, `wrong_state`, `reason_required`.
    """
    moved = perform(PublishedListAccess(actor), "withdraw", edition, now=now, reason=reason)
    moved.reason, moved.search = reason.strip()[:500], None
    moved.save(update_fields=["reason", "search", "updated_at"])
    emit("reporting.list.withdrawn", list_id=moved.pk)
    return moved
