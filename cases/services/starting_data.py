"""Loading the cases the portal starts with: public reports, each with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from cases.enums import CaseStatus
from cases.models import Case
from cases.services.stories import case_search
from core.access import SYSTEM
from core.services import log_activity
from platforms.models import Platform
from taxonomy.selectors import resolve_region, term_named

SOURCE_FIELDS = ("source_title", "source_url", "source_date", "source_kind", "source_ref")


@dataclass(frozen=True)
class LoadCount:
    """What a load changed, in rows."""

    created: int
    updated: int
    unchanged: int


@transaction.atomic
def load_cases(*, rows: Iterable[Mapping[str, Any]], now: datetime) -> LoadCount:
    """Bring the cases of `data/cases.jsonl` in, by id; safe to run twice.

    New ones are published as facts of their source and logged once each. Of known ones the facts
    are brought up to date; whoever changed their state since had a reason.
    """
    listed = list(rows)
    slugs = {row["platform_id"] for row in listed if row.get("platform_id")}
    platforms = {platform.slug: platform for platform in Platform.objects.filter(slug__in=slugs)}
    wanted = {str(row["id"]): _values(row, platforms) for row in listed}
    found = Case.objects.select_for_update(of=("self",)).select_related("platform", "field")
    existing = {case.slug: case for case in found.filter(slug__in=wanted).order_by("pk")}
    fresh: list[Case] = []
    changed: list[Case] = []
    for slug, values in wanted.items():
        case = existing.get(slug) or Case(
            slug=slug, status=CaseStatus.PUBLISHED, status_changed_at=now, published_at=now
        )
        if case.pk and all(getattr(case, name) == value for name, value in values.items()):
            continue
        for name, value in values.items():
            setattr(case, name, value)
        case.clean_fields(exclude=["platform", "project", "field", "region", "search"])
        case.search = case_search(case)
        (changed if case.pk else fresh).append(case)
    Case.objects.bulk_create(fresh, batch_size=500)
    if changed:
        names = [*next(iter(wanted.values())), "search"]
        Case.objects.bulk_update(changed, names, batch_size=200)
    for case in fresh:
        log_activity(actor=SYSTEM, action="cases.case.load", target=case, now=now)
    return LoadCount(len(fresh), len(changed), len(wanted) - len(fresh) - len(changed))


def _values(row: Mapping[str, Any], platforms: Mapping[str, Platform]) -> dict[str, Any]:
    """The model's fields for one row; what the source does not say stays empty."""
    city = row.get("city", "")
    return {
        "title": row["title"],
        "platform": platforms.get(row.get("platform_id", "")),
        "platform_name": row.get("platform", ""),
        "client_name": row.get("client", ""),
        "field": term_named("field-data", row.get("industry", "")),
        "region": resolve_region(city) if city else None,
        "summary": row["summary"],
        "result": row.get("outcome", ""),
        **{name: row.get(name, "") for name in SOURCE_FIELDS},
    }
