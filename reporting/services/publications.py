"""Publications: made, frozen, written, reviewed, published, corrected by a new edition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from core.errors import Conflict, DomainError
from core.files import files_of
from core.search import search_vector
from core.services import check_record, emit, lock, log_activity
from core.states import perform
from reporting.access import PublicationAccess
from reporting.enums import Includes, JobKind, PublicationKind
from reporting.models import (
    Publication,
    PublicationRow,
    PublicationSection,
    ReportCycle,
    ReportingJob,
)
from reporting.publishing.words import BRACED, check_text
from reporting.services.jobs import start_job
from reporting.services.rendering import FORMATS, drop_files, made_formats
from reporting.services.snapshots import digest_of
from taxonomy.models import Region


@transaction.atomic
def create_publication(
    *,
    actor: Any,
    kind: str,
    region: Region,
    year: int,
    now: datetime,
    cycle: ReportCycle | None = None,
    includes: str = Includes.ACCEPTED,
    title: str = "",
    note: str = "",
    with_demo: bool = False,
) -> Publication:
    """Make the next edition for a year and start freezing its data.

    Errors: Refused, `cycle` (a development report needs one of that region and year), `note` (a
    later edition says what it corrects), `invalid`.
    """
    access = PublicationAccess(actor)
    access.require("create")
    access.require("create", Publication(region=region))
    if kind == PublicationKind.ANNUAL and (
        cycle is None or (cycle.year, cycle.region_id) != (year, region.pk)
    ):
        raise DomainError("cycle", "请选择本地区这一年度的填报。", "cycle")
    cycle = cycle if kind == PublicationKind.ANNUAL else None
    same = Publication.objects.filter(kind=kind, region=region, year=year, cycle=cycle)
    edition = (same.aggregate(n=Max("edition"))["n"] or 0) + 1
    if edition > 1 and not note.strip():
        raise DomainError("note", f"已有第 {edition - 1} 版，请说明新版更正或更新了什么。", "note")
    made = Publication(
        kind=kind, region=region, year=year, edition=edition, cycle=cycle, includes=includes,
        title=title.strip() or default_title(kind, region, year), note=note.strip(),
        status_changed_at=now, made_by=actor, with_demo=with_demo,
    )  # fmt: skip
    check_record(made)
    made.save()
    log_activity(actor=actor, action="reporting.publication.create", target=made, now=now)
    _start(actor, made, JobKind.FREEZE, now)
    return made


def default_title(kind: str, region: Region, year: int) -> str:
    """广东省中试平台发展报告（2026）."""
    words = {
        PublicationKind.ANNUAL: f"{region.name}中试平台发展报告（{year}）",
        PublicationKind.HANDBOOK: f"{region.name}中试服务能力手册（{year}）",
        PublicationKind.CASES: f"{region.name}中试服务典型案例汇编（{year}）",
    }
    return words[PublicationKind(kind)]


def _start(actor: Any, publication: Publication, kind: str, now: datetime) -> ReportingJob:
    return start_job(
        actor=actor, kind=kind, cycle=publication.cycle, subject=publication, now=now,
        parameters={"publication": publication.pk},
    )  # fmt: skip


@transaction.atomic
def request_freeze(*, actor: Any, publication: Publication, now: datetime) -> ReportingJob:
    """Take the data anew; edited texts stay. Errors: Refused, `job_running`."""
    locked = lock(publication, "cycle", "region")
    PublicationAccess(actor).require("freeze", locked)
    return _start(actor, locked, JobKind.FREEZE, now)


@transaction.atomic
def edit_section(
    *,
    actor: Any,
    section: PublicationSection,
    body: str | None,
    version: int,
    now: datetime,
) -> PublicationSection:
    """Write a chapter's text; None goes back to the generated draft.

    Errors: Refused, Conflict (somebody saved since `version`), `unknown_number`, `too_long`.
    """
    publication = lock(section.publication, "cycle", "region")
    PublicationAccess(actor).require("edit", publication)
    rows = PublicationSection.objects.select_for_update(of=("self",))
    locked = rows.select_related("edited_by").get(pk=section.pk)
    if locked.version != version:
        raise Conflict(f"{locked.edited_by or '他人'}刚刚改过这一章，请核对后再保存一次。")
    text = None if body is None else body.strip().replace("\r\n", "\n")
    if text is not None:
        if len(text) > 20_000:
            raise DomainError("too_long", "一章不超过 20 000 字。", "body")
        check_text(text, (publication.snapshot or {}).get("numbers", {}))
    locked.body, locked.version = text, locked.version + 1
    locked.edited_by, locked.edited_at = actor, now
    locked.save(update_fields=["body", "version", "edited_by", "edited_at", "updated_at"])
    log_activity(
        actor=actor, action="reporting.publication.edit", target=publication, now=now,
        data={"chapter": locked.chapter},
    )  # fmt: skip
    return locked


@transaction.atomic
def choose_entries(
    *, actor: Any, publication: Publication, choices: Mapping[int, tuple[Any, bool]], now: datetime
) -> int:
    """Score entries and say which are taken in (G23): row id → (score or nothing, taken in).

    Returns how many are taken in. Errors: Refused, `score` (a number from 0 to 100).
    """
    locked = lock(publication, "cycle", "region")
    PublicationAccess(actor).require("edit", locked)
    rows = list(locked.rows.select_for_update().filter(pk__in=choices).order_by("pk"))
    for row in rows:
        score, row.is_included = choices[row.pk]
        text = str(score if score is not None else "").strip()
        if text and not (text.isdecimal() and int(text) <= 100):
            raise DomainError("score", f"“{row.title}”的评分请填 0—100 的整数。", "score")
        row.score = int(text) if text else None
    PublicationRow.objects.bulk_update(rows, ["score", "is_included"])
    log_activity(
        actor=actor, action="reporting.publication.select", target=locked, now=now,
        data={"entries": len(rows)},
    )  # fmt: skip
    return locked.entries.count()


@transaction.atomic
def submit_publication(*, actor: Any, publication: Publication, now: datetime) -> Publication:
    """Hand a draft in: its texts are checked and closed, its files are made.

    Errors: Refused, `wrong_state`, `not_frozen`, `empty` (nothing was taken in),
    `unknown_number`.
    """
    locked = lock(publication, "cycle", "region")
    if locked.snapshot is None:
        raise DomainError("not_frozen", "数据还没有封存，请等任务完成。")
    if not locked.entries.exists():
        raise DomainError("empty", "没有收录任何内容：请先归档年度报告，或放宽收录范围。")
    for section in locked.sections.order_by("order"):
        check_text(section.text, locked.snapshot["numbers"])
    moved = perform(PublicationAccess(actor), "submit", locked, now=now)
    moved.content_sha256 = content_digest(locked)
    moved.reason = ""
    moved.save(update_fields=["content_sha256", "reason", "updated_at"])
    drop_files(moved)
    _start(actor, moved, JobKind.RENDER, now)
    return moved


def content_digest(publication: Publication) -> str:
    """The digest over the frozen numbers, the chapters' texts and what was left out."""
    left_out = publication.rows.filter(is_included=False).values_list("key", flat=True)
    texts = {section.chapter: section.text for section in publication.sections.order_by("order")}
    return digest_of({"snapshot": publication.sha256, "texts": texts, "left_out": sorted(left_out)})


@transaction.atomic
def request_files(*, actor: Any, publication: Publication, now: datetime) -> ReportingJob:
    """Make the files that are missing after a job failed or was cancelled.

    Errors: Refused, `complete`, `job_running`.
    """
    locked = lock(publication, "cycle", "region")
    PublicationAccess(actor).require("publish", locked)
    if made_formats(locked) >= set(FORMATS):
        raise DomainError("complete", "文件已经齐全。")
    return _start(actor, locked, JobKind.RENDER, now)


@transaction.atomic
def return_publication(
    *, actor: Any, publication: Publication, reason: str, now: datetime
) -> Publication:
    """Send a publication back to be written on; its files go. Errors: Refused, `wrong_state`,
    `reason_required`."""
    moved = perform(PublicationAccess(actor), "return", publication, now=now, reason=reason)
    moved.reason = reason.strip()[:500]
    moved.save(update_fields=["reason", "updated_at"])
    drop_files(moved)
    return moved


@transaction.atomic
def publish_publication(*, actor: Any, publication: Publication, now: datetime) -> Publication:
    """Make an edition public, for good. Errors: Refused, `wrong_state`, `no_files`."""
    locked = lock(publication, "cycle", "region")
    access = PublicationAccess(actor)
    access.require("publish", locked)
    if made_formats(locked) < set(FORMATS):
        raise DomainError("no_files", "文件还没有生成齐全，请等任务完成后再发布。")
    # the moment belongs to what may never change, so it is written before the state
    locked.published_at, locked.search = now, publication_search(locked)
    locked.save(update_fields=["published_at", "search", "updated_at"])
    moved = perform(access, "publish", locked, now=now)
    emit("reporting.publication.published", publication_id=moved.pk)
    return moved


def publication_search(publication: Publication) -> Any:
    """The vector of what an edition is found by: title and kind before its chapters."""
    sections = publication.sections.order_by("order")
    texts = (f"{row.title} {BRACED.sub('', row.text)}" for row in sections)
    return search_vector(
        title=f"{publication} {publication.get_kind_display()}",
        body=" ".join([publication.region.name, publication.note, *texts]),
    )


@transaction.atomic
def withdraw_publication(
    *, actor: Any, publication: Publication, reason: str, now: datetime
) -> Publication:
    """Take an edition back; its page says why, who was told of it is told too.

    Errors: Refused, `wrong_state`, `reason_required`.
    """
    moved = perform(PublicationAccess(actor), "withdraw", publication, now=now, reason=reason)
    moved.reason, moved.search = reason.strip()[:500], None
    moved.save(update_fields=["reason", "search", "updated_at"])
    emit("reporting.publication.withdrawn", publication_id=moved.pk)
    return moved


@transaction.atomic
def delete_publication(*, actor: Any, publication: Publication, now: datetime) -> None:
    """Throw a draft away. Errors: Refused."""
    locked = lock(publication, "cycle", "region")
    PublicationAccess(actor).require("delete", locked)
    log_activity(actor=actor, action="reporting.publication.delete", target=locked, now=now)
    files_of(locked).delete()
    locked.delete()
