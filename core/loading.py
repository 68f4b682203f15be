"""Bringing published facts in from files: safe to run twice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from core.access import SYSTEM
from core.services import assign, log_activity


class LoadCount(NamedTuple):
    """What a load changed, in rows."""

    created: int
    updated: int
    unchanged: int


def sync_rows(
    model: Any,
    wanted: Mapping[str, Mapping[str, Any]],
    *,
    status: str,
    search: Callable[[Any], Any],
    now: datetime,
    derive: Callable[[Any], Mapping[str, Any]] = lambda row: {},
    related: Collection[str] = (),
) -> LoadCount:
    """Rows of `model` by slug, with these values and what `derive` makes of them.

    New ones have `status`, are published at `now` and logged once. Of known ones only the facts
    are brought up to date: whoever changed their state since had a reason. `related` are fields
    that hold rows, which need no check. Call it inside a transaction.
    """
    joined = [name for name in related if model._meta.get_field(name).many_to_one]
    rows = model._default_manager.select_for_update(of=("self",)).select_related(*joined)
    known = {row.slug: row for row in rows.filter(slug__in=wanted).order_by("pk")}
    fresh: list[Any] = []
    changed: list[Any] = []
    for slug, values in wanted.items():
        row = known.get(slug) or model(
            slug=slug, status=status, status_changed_at=now, published_at=now
        )
        differs = [*assign(row, values), *assign(row, derive(row))]
        if row.pk and not differs:
            continue
        row.clean_fields(exclude=[*related, "search"])
        row.search = search(row)
        (changed if row.pk else fresh).append(row)
    model._default_manager.bulk_create(fresh, batch_size=500)
    if changed:
        names = [*next(iter(wanted.values())), *derive(changed[0]), "search"]
        model._default_manager.bulk_update(changed, names, batch_size=200)
    for row in fresh:
        log_activity(actor=SYSTEM, action=f"{model._meta.label_lower}.load", target=row, now=now)
    return LoadCount(len(fresh), len(changed), len(wanted) - len(fresh) - len(changed))
