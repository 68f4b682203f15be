"""Freezing the rows of a numbered list: what its job does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Max

from core.access import SYSTEM
from core.files import keep_file
from core.services import emit
from core.states import perform
from reporting.access import PublishedListAccess
from reporting.documents.lists import XLSX_TYPE, list_xlsx
from reporting.enums import ListStatus
from reporting.lists import LIST_TYPES, Entry
from reporting.models import PublishedList, PublishedListRow
from reporting.selectors.published_lists import difference_counts, latest_of
from reporting.services.snapshots import digest_of

BATCH = 2000
Tell = Callable[[int, int], bool]


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
    found.columns = known.shown_columns
    count, found.sha256, found.is_demo = _write(found, known.entries(found.criteria, now))
    last = PublishedList.objects.filter(kind=found.kind).aggregate(n=Max("number"))["n"]
    found.previous = latest_of(found.kind)
    found.row_count, found.number = count, (last or 0) + 1
    found.frozen_at = found.published_at = now
    for name, value in difference_counts(found).items():
        setattr(found, f"{name}_count", value)
    found.save()
    keep_file(
        actor=found.issued_by, name=f"{found}.xlsx", content=list_xlsx(found),
        content_type=XLSX_TYPE, target=found,
    )  # fmt: skip
    perform(PublishedListAccess(SYSTEM), "complete", found, now=now)
    emit("reporting.list.published", list_id=found.pk)
    tell(total, total)
    return {"rows": count, "number": found.number}


def _write(edition: PublishedList, entries: Iterator[Entry]) -> tuple[int, str, bool]:
    """Write the rows; how many, the digest over all of them, whether any is a demonstration."""
    whole = hashlib.sha256()
    count, is_demo = 0, False
    while part := list(islice(entries, BATCH)):
        rows = [
            PublishedListRow(
                published_list=edition, order=count + place, key=entry.key, url=entry.url,
                data=entry.cells, digest=digest_of(entry.cells), is_demo=entry.is_demo,
            )
            for place, entry in enumerate(part, 1)
        ]  # fmt: skip
        for row in rows:
            whole.update(f"{row.key} {row.digest}\n".encode())
        PublishedListRow.objects.bulk_create(rows)
        count += len(part)
        is_demo = is_demo or any(entry.is_demo for entry in part)
    return count, whole.hexdigest(), is_demo
