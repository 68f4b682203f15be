"""Load the published facts of `data/platforms.jsonl`: platforms and their capabilities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from core.access import SYSTEM
from core.activity import register_actions
from core.errors import DomainError
from core.loading import LoadCount
from core.models import ActivityLog
from core.pinyin import pinyin_key
from core.search import search_vector
from core.services import assign, emit, log_activity
from platforms.completeness import percent_complete
from platforms.enums import ListingStatus
from platforms.kinds import search_body
from platforms.models import Capability, Platform
from taxonomy.codefiles import read_source_values
from taxonomy.models import Region, Term
from taxonomy.recognition import recognised_term
from taxonomy.selectors import resolve_region

register_actions({"platforms.platform.load": "从公开资料载入了中试平台"})


class Words:
    """Regions and terms behind the words of the files, looked up once each."""

    def __init__(self) -> None:
        self.sources = read_source_values()
        rows = Term.objects.filter(is_active=True)
        self.terms = {(term.code_list_id, term.code): term for term in rows}
        self.regions: dict[tuple[str, str], Region | None] = {}

    def term(self, field: str, word: str | None) -> Term | None:
        """The entry that `word` is assigned to in `source_values.csv`, if any."""
        key = self.sources.get((field, word or ""))
        return self.terms.get(key) if key else None

    def region(self, province: str, city: str) -> Region:
        """The city, or the province when the source names no (known) city."""
        key = (province, city)
        if key not in self.regions:
            outer = resolve_region(province)
            inner = resolve_region(city, within=outer.code) if outer and city else None
            self.regions[key] = inner or outer
        region = self.regions[key]
        if region is None:
            raise DomainError("region", f"行政区划中没有“{province}{city}”。")
        return region


@transaction.atomic
def load_platforms(*, rows: Iterable[Mapping[str, Any]], now: datetime) -> LoadCount:
    """Bring platforms and capabilities to what the files say; safe to run twice.

    Rows are matched by slug and written as published facts with their source; nobody confirmed
    them, so `confirmed_at` stays empty. What an operator has claimed or a person has edited is
    left alone. The count is of both models together. Raises DomainError `region`.
    """
    words = Words()
    wanted = list(rows)
    platforms, first = _sync(Platform, {row["id"]: _platform(row, words) for row in wanted}, now)
    fields = {row["id"]: _fields(row, words) for row in wanted}
    _link_fields(platforms, fields)
    capabilities = {
        item["id"]: {**_capability(item, words), "platform": platforms[row["id"]]}
        for row in wanted
        for item in row.get("capabilities", [])
    }
    loaded, second = _sync(Capability, capabilities, now)
    count = LoadCount(*(a + b for a, b in zip(first, second, strict=True)))
    if count.created or count.updated:
        target = next(iter(platforms.values()))
        data = {"created": count.created, "updated": count.updated}
        log_activity(
            actor=SYSTEM, action="platforms.platform.load", target=target, now=now, data=data
        )
        emit("platforms.starting_data.loaded", capability_count=len(loaded))
    return count


def _platform(row: Mapping[str, Any], words: Words) -> dict[str, Any]:
    kind = row.get("kind") or ""
    level, status = row.get("level") or "", row.get("status") or ""
    return {
        "name": row["name"],
        "pinyin_key": pinyin_key(row["name"]),
        "operator_name": row.get("operator") or "",
        "region": words.region(row["province"], row.get("city") or ""),
        "host_type": words.term("platforms.kind", kind),
        "host_type_text": kind,
        "level": words.term("platforms.level", level),
        "level_text": level,
        "run_status": words.term("platforms.status", status),
        "stage_text": status,
        "summary": row.get("summary") or "",
        "source_title": row.get("source_title") or "",
        "source_url": row.get("source_url") or "",
        "source_date": row.get("source_date") or "",
        "source_kind": row.get("source_kind") or "",
        "source_ref": row.get("source_ref") or "",
    }


def _fields(row: Mapping[str, Any], words: Words) -> set[int]:
    found = (words.term("industry", name) for name in row.get("industries", []))
    return {term.pk for term in found if term is not None}


def _capability(item: Mapping[str, Any], words: Words) -> dict[str, Any]:
    return {
        "title": item["title"],
        "description": item.get("description") or "",
        "field": words.term("industry", item.get("industry")),
        "process_kind": recognised_term(
            "process-kind", title=item["title"], text=item.get("description") or ""
        ),
        "scale_text": item.get("scale") or "",
        "equipment_names": list(item.get("equipment") or []),
    }


def _sync(
    model: Any, wanted: Mapping[str, dict[str, Any]], now: datetime
) -> tuple[dict[str, Any], LoadCount]:
    """Create or update by slug; return the rows by slug and how many of each."""
    found = {row.slug: row for row in model.objects.filter(slug__in=wanted)}
    kept = _kept(model, found.values())
    fresh, changed = [], []
    for slug, values in wanted.items():
        row = found.get(slug)
        if row is None:
            row = model(
                slug=slug,
                status=ListingStatus.PUBLISHED,
                status_changed_at=now,
                **values,
            )
            fresh.append(row)
        elif slug not in kept and assign(row, values):
            changed.append(row)
        else:
            continue
        row.search = search_vector(title=str(row), body=search_body(row))
        row.completeness = percent_complete(row, _known(model))
        row.updated_at = now
    model.objects.bulk_create(fresh, batch_size=500)
    names = [*next(iter(wanted.values()), {}), "search", "completeness", "updated_at"]
    model.objects.bulk_update(changed, names, batch_size=200)
    rows = found | {row.slug: row for row in fresh}
    return rows, LoadCount(len(fresh), len(changed), len(wanted) - len(fresh) - len(changed))


def _known(model: type[Model]) -> dict[str, bool]:
    """Relations of a loaded row that completeness need not query for."""
    if model is Platform:
        return {"fields": True, "capabilities": True}
    return dict.fromkeys(("service_types", "certificates", "equipment", "parameters"), False)


def _kept(model: type[Model], rows: Iterable[Any]) -> set[str]:
    """Slugs of rows that belong to people now: claimed by an operator, or edited in the portal."""
    rows = list(rows)
    label = model._meta.label_lower
    edited = ActivityLog.objects.filter(
        target_type=label,
        action=f"{label}.edit",
        target_id__in=[str(row.pk) for row in rows],
    ).values_list("target_id", flat=True)
    ids = set(edited)
    if model is Platform:
        claimed = {row.pk for row in rows if row.organisation_id}
    else:
        claims = Platform.objects.filter(organisation__isnull=False)
        claimed = set(claims.values_list("capabilities", flat=True))
    return {row.slug for row in rows if str(row.pk) in ids or row.pk in claimed}


def _link_fields(platforms: Mapping[str, Platform], wanted: Mapping[str, set[int]]) -> None:
    """Give platforms that have no field yet the fields of their source."""
    through = Platform.fields.through
    ids = {row.pk for row in platforms.values()}
    linked = set(through.objects.filter(platform__in=ids).values_list("platform", flat=True))
    through.objects.bulk_create(
        through(platform_id=row.pk, term_id=term)
        for slug, row in platforms.items()
        if row.pk not in linked
        for term in wanted[slug]
    )
