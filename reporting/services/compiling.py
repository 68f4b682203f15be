"""Freezing a publication: what its job does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.bulk import write_rows
from core.errors import DomainError
from core.services import log_activity
from reporting.enums import PublicationKind
from reporting.models import Publication, PublicationRow, PublicationSection
from reporting.publishing import annual, entries
from reporting.publishing.compiled import Compiled, Draft, Part
from reporting.services.snapshots import digest_of, digest_of_rows
from taxonomy.jurisdiction import current_jurisdiction

Tell = Callable[[int, int], bool]
COMPILERS: dict[str, Callable[..., Compiled]] = {
    PublicationKind.ANNUAL: annual.compiled,
    PublicationKind.HANDBOOK: entries.handbook,
    PublicationKind.CASES: entries.stories,
}


@transaction.atomic
def freeze_publication(
    *, cycle: Any, now: datetime, tell: Tell, since: datetime, publication: int
) -> dict[str, Any]:
    """Replace the draft's snapshot, entries and generated texts; edited texts stay.

    One transaction: a killed worker changes nothing, and the next run starts anew. What was
    frozen after the job was asked for is not frozen again; what left the draft state is left
    alone (`wrong_state`).
    """
    rows = Publication.objects.select_for_update(of=("self",))
    found: Any = rows.select_related("cycle__region", "region", "made_by").get(pk=publication)
    if found.frozen_at and found.frozen_at >= since:
        return {"rows": found.rows.count()}
    if not found.is_editable:
        raise DomainError("wrong_state", "已经送审，不能重新封存。")
    made = COMPILERS[found.kind](found, now=now, tell=tell)
    chosen = {row.key: (row.score, row.is_included) for row in found.rows.all()}
    found.rows.all().delete()
    digest = _write(found, made.parts, chosen)
    found.snapshot = made.snapshot | {
        "title": found.title, "edition": found.edition, "note": found.note,
        "portal": current_jurisdiction().title, "owner": current_jurisdiction().owner,
        "frozen_at": timezone.localtime(now).isoformat(timespec="seconds"),
        "is_demo": made.is_demo, "rows": {"count": len(made.parts), "sha256": digest},
    }  # fmt: skip
    found.sha256, found.is_demo = digest_of(found.snapshot), made.is_demo
    found.frozen_at = timezone.now()
    found.content_sha256 = ""
    found.save()
    _keep_texts(found, made.drafts)
    log_activity(
        actor=found.made_by, action="reporting.publication.freeze", target=found, now=now,
        data={"sha256": found.sha256, "rows": len(made.parts)},
    )  # fmt: skip
    return {"rows": len(made.parts), "sha256": found.sha256}


def _write(
    publication: Publication, parts: Sequence[Part], chosen: dict[str, tuple[int | None, bool]]
) -> str:
    """Write the entries, each with what was thought of it before; the digest over all of them."""
    rows: list[dict[str, Any]] = []
    for order, part in enumerate(parts, 1):
        score, is_included = chosen.get(part.key[:80], (part.score, True))
        rows.append(
            {"order": order, "key": part.key[:80], "group": part.group[:60],
             "title": part.title[:200], "data": part.data, "score": score,
             "is_included": is_included}
        )  # fmt: skip
    write_rows(PublicationRow, rows, same={"publication_id": publication.pk}, batch=500)
    return digest_of_rows((row["key"], row["data"]) for row in rows)


def _keep_texts(publication: Publication, drafts: Sequence[Draft]) -> None:
    """New drafts beside what people wrote; a chapter that fell away keeps its edited text."""
    known = {row.chapter: row for row in publication.sections.select_for_update()}
    for order, draft in enumerate(drafts, 1):
        row = known.pop(draft.chapter, None) or PublicationSection(
            publication=publication, chapter=draft.chapter
        )
        row.order, row.title, row.draft = order, draft.title, draft.text
        row.save()
    for row in known.values():
        if row.body is None:
            row.delete()
