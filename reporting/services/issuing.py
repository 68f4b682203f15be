"""Freezing the rows of a numbered list: what its job does."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from core.access import SYSTEM
from core.downloads import TYPES
from core.files import keep_file
from core.search import VECTOR_SQL, search_vector, words
from core.services import emit
from core.states import perform
from reporting.access import PublishedListAccess
from reporting.documents.list_print import printed_list
from reporting.documents.lists import list_xlsx
from reporting.documents.pdf import list_pdf
from reporting.enums import ListChange, ListStatus
from reporting.lists import LIST_TYPES, Entry
from reporting.models import PublishedList
from reporting.selectors.published_lists import digests_of, latest_of
from reporting.services.snapshots import digest_of

BATCH = 2000
# one statement a batch: as objects, each with the expression of its vector, rows take seven times
# as long
INSERT = f"""
INSERT INTO reporting_publishedlistrow
    (published_list_id, "order", key, url, data, digest, change, is_demo, search)
SELECT %s, place, key, url, data::jsonb, digest, change, is_demo,
    {VECTOR_SQL.format(title="title", body="body")}
FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bool[],
    %s::text[], %s::text[]) AS line(place, key, url, data, digest, change, is_demo, title, body)
"""  # noqa: S608 -- of constants
Tell = Callable[[int, int], bool]
# what is made with an edition and kept; CSV and JSON are written from the rows when asked for
FILES: dict[str, tuple[str, Callable[[PublishedList], bytes]]] = {
    "xlsx": (TYPES["xlsx"], list_xlsx),
    "pdf": (TYPES["pdf"], lambda found: list_pdf(printed_list(found))),
}


@transaction.atomic
def fill_list(
    *, cycle: Any, now: datetime, tell: Tell, since: datetime, published_list: int
) -> dict[str, Any]:
    """Freeze the rows, number the edition, compare it with the one before, publish it.

    One transaction: a killed worker leaves nothing half done, and the next run starts anew. An
    edition that is out already is left alone.
    """
    found: Any = PublishedList.objects.select_for_update(of=("self",)).get(pk=published_list)
    if found.status != ListStatus.ISSUING:
        return {"rows": found.row_count}
    known = LIST_TYPES[found.kind]
    total = known.count(found.criteria, now)
    tell(0, total)
    last = PublishedList.objects.filter(kind=found.kind).aggregate(n=Max("number"))["n"]
    found.columns, found.previous = known.shown_columns, latest_of(found.kind)
    found.number = (last or 0) + 1
    found.frozen_at = found.published_at = now
    _write(found, known.entries(found.criteria, now))
    found.search = list_search(found)
    found.save()
    for form, (content_type, make) in FILES.items():
        keep_file(
            actor=found.issued_by, name=f"{found}.{form}", content=make(found),
            content_type=content_type, target=found,
        )  # fmt: skip
    perform(PublishedListAccess(SYSTEM), "complete", found, now=now)
    emit("reporting.list.published", list_id=found.pk)
    tell(total, total)
    return {"rows": found.row_count, "number": found.number}


def list_search(edition: PublishedList) -> Any:
    """The vector of what an edition is found by: title and kind before note and criteria."""
    return search_vector(
        title=f"{edition} {edition.get_kind_display()}",
        body=" ".join([edition.note, *edition.criteria_words]),
    )


def _write(edition: PublishedList, entries: Iterator[Entry]) -> None:
    """Write the rows; the edition learns how many, how many of them are new or say something
    else than before, the digest over all, and whether it shows a demonstration."""
    whole = hashlib.sha256()
    counts: Counter[str] = Counter()
    edition.is_demo = bool(edition.criteria.get("demo"))
    while part := list(islice(entries, BATCH)):
        before = digests_of(edition.previous, [entry.key for entry in part])
        lines = []
        for entry in part:
            counts["rows"] += 1
            digest, change = digest_of(entry.cells), ""
            if edition.previous is not None:
                change = _change(digest, before.get(entry.key))
                counts[change] += 1
            whole.update(f"{entry.key} {digest}\n".encode())
            lines.append(_line(entry, counts["rows"], digest, change))
        with connection.cursor() as cursor:
            columns = [list(column) for column in zip(*lines, strict=True)]
            cursor.execute(INSERT, [edition.pk, *columns])
        edition.is_demo = edition.is_demo or any(entry.is_demo for entry in part)
    edition.row_count, edition.sha256 = counts["rows"], whole.hexdigest()
    edition.added_count = counts[ListChange.ADDED]
    edition.changed_count = counts[ListChange.CHANGED]
    if edition.previous is not None:
        kept = edition.row_count - edition.added_count
        edition.removed_count = edition.previous.row_count - kept
    if edition.row_count >= BATCH:
        # the planner must know of the new rows: else it compares two long editions row by row
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE reporting_publishedlistrow")


def _line(entry: Entry, order: int, digest: str, change: str) -> tuple[Any, ...]:
    """A line's values in the order of `INSERT`."""
    title, *others = entry.cells.values()
    data = json.dumps(entry.cells, ensure_ascii=False)
    return (order, entry.key, entry.url, data, digest, change, entry.is_demo,
            " ".join(words(title)), " ".join(words(" ".join(others))))  # fmt: skip


def _change(digest: str, before: str | None) -> str:
    if before is None:
        return ListChange.ADDED
    return "" if before == digest else ListChange.CHANGED
