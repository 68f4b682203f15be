"""Counts over many rows, kept for a while: a reader does not wait for a hundred thousand rows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

MANY_ROWS = 5000  # from here on counting takes longer than a reader should wait
KEPT_SECONDS = 300

Counted = TypeVar("Counted")


def kept(
    rows: QuerySet[Any], count: Callable[[], Counted], *, size: Callable[[Counted], int]
) -> Counted:
    """What `count` makes of `rows`; once its size passes 5 000, up to five minutes old.

    The key is the query, so everybody who may see the same rows shares it.
    """
    try:
        text = str(rows.query)
    except EmptyResultSet:
        return count()
    key = f"core:counts:{hashlib.sha256(text.encode()).hexdigest()}"
    known: Counted | None = cache.get(key)
    if known is not None:
        return known
    counted = count()
    if size(counted) >= MANY_ROWS:
        cache.set(key, counted, KEPT_SECONDS)
    return counted


class KeptPaginator(Paginator):  # type: ignore[type-arg]  # not generic when run
    """Pages of a table whose total over many rows is kept."""

    @cached_property
    def count(self) -> int:
        data = getattr(self.object_list, "data", None)  # rows of a django-tables2 table
        rows = getattr(data, "data", None)
        if not isinstance(rows, QuerySet):
            return len(self.object_list)
        return kept(rows, rows.count, size=int)
