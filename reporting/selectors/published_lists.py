"""Reading numbered lists: editions, rows, what changed since the last one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import cached_property

from reporting.enums import JobKind, ListChange, ListKind, ListStatus
from reporting.lists import LIST_TYPES, Entry
from reporting.lists.base import CHUNK, Criteria, criteria_words
from reporting.models import PublishedList, PublishedListRow, ReportingJob

PREVIEW_ROWS = 20
CHANGES_PER_PAGE = 20


def latest_of(kind: str) -> PublishedList | None:
    """The last published edition of a kind."""
    rows = PublishedList.objects.filter(kind=kind, status=ListStatus.PUBLISHED)
    return rows.order_by("-number").first()


def job_of(edition: PublishedList) -> ReportingJob | None:
    """The latest job that makes the edition."""
    rows = ReportingJob.objects.filter(kind=JobKind.ISSUE_LIST)
    return rows.filter(parameters__published_list=edition.pk).order_by("-pk").first()


def editions(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Editions for lists, the newest first."""
    return rows.select_related("region", "previous").order_by("-published_at", "-pk")


@dataclass(frozen=True)
class Shelf:
    """A kind of list with its latest edition, and how many there are."""

    kind: str
    label: str
    rule: str
    latest: PublishedList | None
    count: int


def shelves(rows: QuerySet[Any]) -> list[Shelf]:
    """Every kind of list, with the latest of the visible editions. One query."""
    found: dict[str, list[PublishedList]] = {}
    published = rows.filter(number__isnull=False).select_related("region")
    for row in published.order_by("-number"):
        found.setdefault(row.kind, []).append(row)
    shown = []
    for kind, known in LIST_TYPES.items():
        mine = found.get(kind, [])
        latest = next((row for row in mine if row.is_published), None)
        shown.append(Shelf(kind, str(ListKind(kind).label), known.rule, latest, len(mine)))
    return shown


@dataclass(frozen=True)
class Preview:
    """What an edition would hold if it were issued now."""

    count: int
    columns: list[dict[str, str]]
    entries: list[Entry]
    words: list[str]
    latest: PublishedList | None

    @property
    def lines(self) -> list[tuple[Entry, list[str]]]:
        return [
            (entry, [entry.cells.get(column["name"], "") for column in self.columns])
            for entry in self.entries
        ]


def preview(kind: str, criteria: Criteria, *, now: datetime) -> Preview:
    """Count and first rows of what meets the criteria now."""
    known = LIST_TYPES[kind]
    return Preview(
        known.count(criteria, now), known.shown_columns,
        list(known.entries(criteria, now, PREVIEW_ROWS)), criteria_words(known, criteria),
        latest_of(kind),
    )  # fmt: skip


def rows_of(edition: PublishedList) -> QuerySet[Any]:
    """The frozen rows in order, each knowing its edition."""
    return PublishedListRow.objects.filter(published_list=edition).order_by("order")


def streamed(edition: PublishedList) -> Iterator[PublishedListRow]:
    """All rows by chunks, whatever their number."""
    return rows_of(edition).iterator(chunk_size=CHUNK)


def added_rows(edition: PublishedList) -> QuerySet[Any]:
    """Rows whose key the edition before does not have."""
    return rows_of(edition).filter(change=ListChange.ADDED)


def removed_rows(edition: PublishedList) -> QuerySet[Any]:
    """Rows of the edition before whose key is gone."""
    now_there = PublishedListRow.objects.filter(published_list=edition.pk, key=OuterRef("key"))
    rows = PublishedListRow.objects.filter(published_list=edition.previous_id)
    return rows.filter(~Exists(now_there)).order_by("order")


def changed_rows(edition: PublishedList) -> QuerySet[Any]:
    """Rows that were there before and say something else now."""
    return rows_of(edition).filter(change=ListChange.CHANGED)


DIFFERENCES: dict[str, Callable[[PublishedList], QuerySet[Any]]] = {
    ListChange.ADDED: added_rows,
    ListChange.REMOVED: removed_rows,
    ListChange.CHANGED: changed_rows,
}


def digests_of(edition: PublishedList | None, keys: Sequence[str]) -> dict[str, str]:
    """The digests of an edition's rows by key, of those asked for. One query, or none."""
    if edition is None:
        return {}
    rows = PublishedListRow.objects.filter(published_list=edition, key__in=keys)
    return dict(rows.values_list("key", "digest"))


class _DifferencePages(Paginator):  # type: ignore[type-arg]  # not generic when run
    """Pages of lines whose number the edition knows."""

    def __init__(self, edition: PublishedList, name: str) -> None:
        super().__init__(DIFFERENCES[name](edition), CHANGES_PER_PAGE)
        self.total = int(getattr(edition, f"{name}_count"))

    @cached_property
    def count(self) -> int:
        return self.total


def difference_page(edition: PublishedList, name: str, number: Any) -> Page[Any]:
    """A page of what was added, removed or changed."""
    return _DifferencePages(edition, name).get_page(number)


@dataclass(frozen=True)
class Change:
    """One field of a row in two editions."""

    label: str
    before: str
    after: str


def changes_of(
    edition: PublishedList, rows: list[PublishedListRow]
) -> list[tuple[PublishedListRow, list[Change]]]:
    """The fields that differ, for rows of a page. One query."""
    keys = [row.key for row in rows]
    before = {
        row.key: row.data
        for row in PublishedListRow.objects.filter(published_list=edition.previous_id, key__in=keys)
    }
    labels = {column["name"]: column["label"] for column in edition.columns}
    return [
        (
            row,
            [
                Change(labels.get(name, name), before[row.key].get(name, ""), after)
                for name, after in row.data.items()
                if before[row.key].get(name, "") != after
            ],
        )
        for row in rows
    ]
