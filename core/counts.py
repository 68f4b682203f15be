"""Counts over many rows, kept for a while: a reader does not wait for a hundred thousand rows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django_tables2.rows import BoundRows

MANY_ROWS = 5000  # from here on counting takes longer than a reader should wait
KEPT_SECONDS = 300
LONG_ROWS = 500  # from here on a page is found by its keys before its rows are read

Counted = TypeVar("Counted")
_is_anew: ContextVar[bool] = ContextVar("counts_are_made_anew", default=False)


@contextmanager
def anew() -> Iterator[None]:
    """Inside, what is kept is counted again, and kept from now on."""
    token = _is_anew.set(True)
    try:
        yield
    finally:
        _is_anew.reset(token)


def kept(
    rows: QuerySet[Any],
    count: Callable[[], Counted],
    *,
    size: Callable[[Counted], int],
    of: str = "",
) -> Counted:
    """What `count` makes of `rows`; once its size passes 5 000, up to five minutes old.

    The key is the query, so everybody who may see the same rows shares it; `of` says what is made
    of it where that may be one thing or another.
    """
    try:
        text = f"{of}:{rows.query}"
    except EmptyResultSet:
        return count()
    key = f"core:counts:{hashlib.sha256(text.encode()).hexdigest()}"
    known: Counted | None = None if _is_anew.get() else cache.get(key)
    if known is not None:
        return known
    counted = count()
    if size(counted) >= MANY_ROWS:
        cache.set(key, counted, KEPT_SECONDS)
    return counted


class KeptPaginator(Paginator):  # type: ignore[type-arg]  # not generic when run
    """Pages of a queryset or of its table: the total over many rows is kept, the rows of a long
    list are read late."""

    @cached_property
    def count(self) -> int:
        rows = self.rows
        if rows is None:
            return len(self.object_list)
        # known by which rows they are: what is shown of them, and in what order, adds nothing
        return kept(rows.order_by().values("pk"), rows.count, size=int)

    @property
    def rows(self) -> QuerySet[Any] | None:
        """The query, or that behind a django-tables2 table; None where the data is a list."""
        table_data = getattr(self.object_list, "data", None)
        data = getattr(table_data, "data", self.object_list)
        return data if isinstance(data, QuerySet) else None

    def page(self, number: Any) -> Page[Any]:
        """A page; of a long list its keys come first, so that what a line shows is joined for the
        lines of the page and not for all."""
        rows, number = self.rows, self.validate_number(number)
        if rows is None or self.count < LONG_ROWS:
            return super().page(number)
        first = (number - 1) * self.per_page
        keys = list(rows.values_list("pk", flat=True)[first : first + self.per_page])
        found = list(rows.filter(pk__in=keys))
        table = getattr(self.object_list, "table", None)
        return Page(found if table is None else BoundRows(found, table), number, self)
