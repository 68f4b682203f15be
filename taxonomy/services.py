"""The only writers of code lists: loading the files of `data/taxonomy/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache as cache_forever
from pathlib import Path
from typing import Any

import structlog
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Model

from core.pinyin import pinyin_key
from core.services import assign
from taxonomy.codefiles import INDUSTRY_LIST, CodeFiles, read_code_files
from taxonomy.models import CodeList, Industry, Region, Term, TermMapping
from taxonomy.selectors import cache_keys

logger = structlog.get_logger(__name__)
LOCK = 2260_4754  # any number of our own: one load at a time
_pinyin = cache_forever(pinyin_key)  # thousands of names, the same at every load


@dataclass(frozen=True)
class LoadResult:
    """What a load changed, in rows of all lists together."""

    created: int
    updated: int
    deactivated: int
    mappings: int

    @property
    def is_unchanged(self) -> bool:
        return not (self.created or self.updated or self.deactivated or self.mappings)


@transaction.atomic
def load_code_lists(*, now: datetime, folder: Path | None = None) -> LoadResult:
    """Bring the code lists to what the files say; safe to run twice and beside another run.

    Rows are matched by code: new ones are created, changed ones updated, and codes the files no
    longer hold are deactivated, never deleted, because records refer to them. Cached lists are
    dropped after the commit. Raises DomainError `code_file` for files that do not fit together.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    files = read_code_files(folder)
    counts = [
        _sync(CodeList, {slug: _list_values(row) for slug, row in files.lists.items()}, ("slug",)),
        _sync(Region, {code: _region_values(row) for code, row in files.regions.items()}),
        _sync(Industry, {code: _industry_values(row) for code, row in files.industries.items()}),
        _sync(Term, _term_values(files), ("code_list_id", "code")),
    ]
    counts.append(_link_terms(files))
    created, updated, deactivated = (sum(column) for column in zip(*counts, strict=True))
    result = LoadResult(created, updated, deactivated, _sync_mappings(files))
    keys = cache_keys(list(files.lists))
    transaction.on_commit(lambda: cache.delete_many(keys))
    logger.info("taxonomy.loaded", at=now.isoformat(), **result.__dict__)
    return result


def _list_values(row: Any) -> dict[str, Any]:
    return {"name": row.name, "source": row.source, "edition": row.edition, "note": row.note}


def _region_values(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "short_name": row["short_name"],
        "level": int(row["level"]),
        "parent_id": row["parent"] or None,
        "edition": row["edition"],
        "pinyin_key": _pinyin(row["name"]),
        "is_active": row["is_active"] == "1",
    }


def _industry_values(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "level": int(row["level"]),
        "parent_id": row["parent"] or None,
        "is_active": True,
    }


def _term_values(files: CodeFiles) -> dict[Any, dict[str, Any]]:
    return {
        key: {
            "name": row["name"],
            "description": row["description"],
            "order": int(row["order"]),
            "is_active": True,
        }
        for key, row in files.terms.items()
    }


def _sync(
    model: type[Model], wanted: Mapping[Any, dict[str, Any]], keys: tuple[str, ...] = ("code",)
) -> tuple[int, int, int]:
    """Create, update, deactivate; return how many of each. Writes nothing that is equal."""

    def key_of(obj: Model) -> Any:
        values = tuple(getattr(obj, key) for key in keys)
        return values if len(keys) > 1 else values[0]

    fresh, changed, gone = [], [], []
    existing = {key_of(obj): obj for obj in model._default_manager.all()}
    for key, values in wanted.items():
        obj = existing.pop(key, None)
        if obj is None:
            identity = zip(keys, key if len(keys) > 1 else (key,), strict=True)
            fresh.append(model(**dict(identity), **values))
        elif assign(obj, values):
            changed.append(obj)
    for obj in existing.values():
        if getattr(obj, "is_active", False):
            obj.is_active = False  # type: ignore[attr-defined]
            gone.append(obj)
    for obj in (*fresh, *changed):
        obj.clean_fields(exclude=["parent", "code_list"])
    manager = model._default_manager
    manager.bulk_create(fresh, batch_size=1000)
    if changed:
        manager.bulk_update(changed, list(next(iter(wanted.values()))), batch_size=500)
    if gone:
        manager.bulk_update(gone, ["is_active"], batch_size=500)
    return len(fresh), len(changed), len(gone)


def _link_terms(files: CodeFiles) -> tuple[int, int, int]:
    """Set the parents of terms, whose ids are known only now."""
    terms = {(term.code_list_id, term.code): term for term in Term.objects.all()}
    changed = []
    for (slug, code), row in files.terms.items():
        parent = terms[slug, row["parent"]].pk if row["parent"] else None
        term = terms[slug, code]
        if term.parent_id != parent:
            term.parent_id = parent
            changed.append(term)
    Term.objects.bulk_update(changed, ["parent"], batch_size=500)
    return 0, len(changed), 0


def _sync_mappings(files: CodeFiles) -> int:
    """Make the mappings those of the files (nothing refers to them); return how many changed."""
    listed = Term.objects.values_list("code_list", "code", "pk")
    terms = {(slug, code): pk for slug, code, pk in listed}
    wanted = {}
    for row in files.mappings:
        is_industry = row.target_list == INDUSTRY_LIST
        target = None if is_industry else terms[row.target_list, row.target_code]
        industry = row.target_code if is_industry else None
        wanted[terms[row.list, row.code], target, industry] = row.relation
    changed = 0
    for mapping in TermMapping.objects.all():
        key = (mapping.source_id, mapping.target_id, mapping.industry_id)
        relation = wanted.pop(key, None)
        if relation == mapping.relation:
            continue
        changed += 1
        if relation is None:
            mapping.delete()
        else:
            mapping.relation = relation
            mapping.save(update_fields=["relation"])
    TermMapping.objects.bulk_create(
        TermMapping(source_id=source, target_id=target, industry_id=industry, relation=relation)
        for (source, target, industry), relation in wanted.items()
    )
    return changed + len(wanted)
