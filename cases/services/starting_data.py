"""Loading the cases the portal starts with: public reports, each with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from cases.enums import CaseStatus
from cases.models import Case
from cases.services.stories import case_search
from core.loading import LoadCount, sync_rows
from platforms.models import Platform
from taxonomy.selectors import resolve_region, term_named

SOURCE_FIELDS = ("source_title", "source_url", "source_date", "source_kind", "source_ref")


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
    return sync_rows(
        Case, wanted, status=CaseStatus.PUBLISHED, search=case_search, now=now,
        related=("platform", "project", "field", "region"),
    )  # fmt: skip


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
