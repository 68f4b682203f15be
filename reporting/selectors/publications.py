"""Reading publications: shelves, an edition's page, its chapters for their writers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.safestring import SafeString, mark_safe

from cases.selectors import honours
from core.files import files_of
from core.models import StoredFile
from reporting.access import PublicationAccess
from reporting.documents import FORMS
from reporting.documents.charts import svg, table_of
from reporting.documents.publication import paragraphs
from reporting.enums import JobKind, PublicationKind, PublicationStatus
from reporting.models import (
    Publication,
    PublicationRow,
    PublicationSection,
    ReportCycle,
    ReportingJob,
)
from reporting.publishing.words import missing

Json = dict[str, Any]
SHOWN_FORMS = ("pdf", "docx", "xlsx", "json", "zip")


def listed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Editions for lists, the newest first, without their content."""
    related = rows.light().select_related("region", "cycle", "made_by")  # type: ignore[attr-defined]
    return related.order_by("-year", "kind", "-edition", "pk")


def current_editions(rows: QuerySet[Any]) -> list[tuple[str, list[Publication]]]:
    """The last published edition of each title, by kind. One query."""
    later = (
        Publication.objects.published()
        .filter(kind=OuterRef("kind"), region=OuterRef("region"), year=OuterRef("year"))
        .filter(Q(cycle=OuterRef("cycle")) | Q(cycle=None))
    )
    last = later.order_by("-edition").values("pk")[:1]
    found = listed(rows.filter(status=PublicationStatus.PUBLISHED, pk=Subquery(last)))
    kept: dict[str, list[Publication]] = {str(label): [] for label in PublicationKind.labels}
    for row in found:
        kept[str(row.get_kind_display())].append(row)
    return list(kept.items())


def newer_edition(publication: Publication) -> Publication | None:
    """The last published edition of the same, when it is not this one."""
    rows = Publication.objects.published().light().filter(
        kind=publication.kind, region=publication.region_id, year=publication.year,
        cycle=publication.cycle_id,
        edition__gt=publication.edition,
    )  # fmt: skip
    return rows.order_by("-edition").first()


@dataclass(frozen=True)
class NumberLine:
    """One number of a chapter with its definition."""

    code: str
    number: Json
    definition: Json


@dataclass(frozen=True)
class BlockShown:
    """A table, or a drawing with the table of its numbers."""

    title: str
    head: list[str]
    rows: list[list[str]]
    numeric: list[int]
    note: str = ""
    name: str = ""
    drawing: SafeString | None = None


@dataclass(frozen=True)
class ChapterShown:
    code: str
    title: str
    paragraphs: list[list[tuple[str, str]]]
    numbers: list[NumberLine]
    blocks: list[BlockShown]


def chapters_of(publication: Publication) -> list[ChapterShown]:
    """The chapters as the page shows them, from the snapshot and the texts. One query."""
    snapshot = publication.snapshot or {}
    texts = {row.chapter: row.text for row in publication.sections.all()}
    return [
        ChapterShown(
            chapter["code"],
            chapter["title"],
            paragraphs(texts.get(chapter["code"], ""), snapshot["numbers"]),
            [
                NumberLine(code, snapshot["numbers"][code], snapshot["definitions"][code])
                for code in chapter["numbers"]
            ],
            [block_shown(block) for block in chapter["blocks"]],
        )
        for chapter in snapshot.get("chapters", [])
    ]


def block_shown(block: Json) -> BlockShown:
    """A chart or table as a page shows it: the drawing, and the same numbers."""
    if block["type"] == "table":
        left = block.get("left_out")
        note = f"{block['note']} 另有 {left} 行未列。".strip() if left else block["note"]
        return BlockShown(
            block["title"], block["head"], block["rows"], block["numeric"], note, block["id"]
        )
    head, rows = table_of(block)
    # every text in the drawing was escaped when it was drawn
    drawing = mark_safe(svg(block))  # noqa: S308
    numeric = list(range(1, len(head)))
    return BlockShown(block["title"], head, rows, numeric, "", block["id"], drawing)


def definitions_of(publication: Publication) -> list[Json]:
    """Definitions of the numbers that have a value, in the order of their codes."""
    snapshot = publication.snapshot or {}
    numbers = snapshot.get("numbers", {})
    return [
        known for code, known in snapshot.get("definitions", {}).items()
        if numbers.get(code, {}).get("value") is not None or numbers.get(code, {}).get("counts")
    ]  # fmt: skip


def files_shown(publication: Publication) -> list[StoredFile]:
    """The files, what most readers want first."""
    by_form = {file.name.rsplit(".", 1)[-1]: file for file in files_of(publication)}
    return [by_form[form] for form in SHOWN_FORMS if form in by_form]


def latest_job(publication: Publication) -> ReportingJob | None:
    """The last job that froze or rendered the publication."""
    rows = ReportingJob.objects.filter(kind__in=[JobKind.FREEZE, JobKind.RENDER])
    return rows.filter(parameters__publication=publication.pk).order_by("-pk").first()


@dataclass(frozen=True)
class SectionShown:
    """A chapter for its writers: what it says, what is missing in it."""

    section: PublicationSection
    missing: list[str]
    is_edited: bool
    is_outdated: bool  # there is a newer generated draft than the text that people wrote


def sections_of(publication: Publication) -> list[SectionShown]:
    """The chapters to be written, in order. One query."""
    numbers = (publication.snapshot or {}).get("numbers", {})
    frozen = publication.frozen_at
    return [
        SectionShown(
            row,
            missing(row.text, numbers),
            row.body is not None,
            bool(row.body is not None and frozen and row.edited_at and row.edited_at < frozen),
        )
        for row in publication.sections.select_related("edited_by").order_by("order", "pk")
    ]


def sections_to_write(user: Any, cycle: ReportCycle | None) -> QuerySet[PublicationSection]:
    """Chapters of the development reports of a year that the user is writing now."""
    drafts = PublicationAccess(user).managed().filter(status=PublicationStatus.DRAFT)
    rows = PublicationSection.objects.filter(publication__in=drafts, publication__cycle=cycle)
    found = rows.exclude(publication__cycle=None).select_related("publication")
    return found.defer("publication__snapshot").order_by("publication", "order", "pk")


@dataclass(frozen=True)
class Desk:
    """Everything the page of one publication shows to those who make it."""

    sections: list[SectionShown]
    files: list[StoredFile]
    job: ReportingJob | None
    missing_formats: list[str]
    candidates: list[PublicationRow]
    honours: dict[str, str]  # of the candidates: slug → where experts selected it


def desk_of(publication: Publication) -> Desk:
    """Sections, files, the job under way and, of a compilation, its candidates with
    where they were selected. Four queries, five of a compilation."""
    is_chosen = publication.kind == PublicationKind.CASES
    candidates = list(publication.rows.defer("data").order_by("order")) if is_chosen else []
    won = honours(row.key for row in candidates) if candidates else {}
    calls = {slug: "、".join(str(one.call) for one in rows) for slug, rows in won.items()}
    files = list(files_of(publication))
    made = {file.name.rsplit(".", 1)[-1] for file in files}
    return Desk(sections_of(publication), files, latest_job(publication),
                [form for form in FORMS if form not in made], candidates, calls)  # fmt: skip


def codes_for(publication: Publication, chapter: str) -> list[NumberLine]:
    """Numbers that a chapter's text may name: its own first, then all others."""
    snapshot = publication.snapshot or {}
    own: list[str] = next(
        (row["numbers"] for row in snapshot.get("chapters", []) if row["code"] == chapter), []
    )
    known = snapshot.get("numbers", {})
    others = [code for code in known if code not in own and known[code]["value"] is not None]
    return [NumberLine(c, known[c], snapshot["definitions"][c]) for c in [*own, *others]]
