"""Loading the demands the portal starts with: public facts, each with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from core.loading import LoadCount, sync_rows
from core.services import emit
from demands.enums import DemandStatus
from demands.models import Demand
from demands.services.posting import demand_search, process_kind_of
from taxonomy.codefiles import read_source_values
from taxonomy.models import Region
from taxonomy.selectors import resolve_region, term, term_named

FIELD_OF_STAGES = "demands.stage"  # its name in data/taxonomy/source_values.csv
RELATED = ("field", "stage", "region", "process_kind", "stated_process_kind")
SOURCE_FIELDS = ("source_title", "source_url", "source_date", "source_kind", "source_ref")


@transaction.atomic
def load_demands(*, rows: Iterable[dict[str, Any]], now: datetime) -> LoadCount:
    """Bring the demands of `data/demands.jsonl` in, by id; safe to run twice.

    New ones are open without a last day and logged once; one event asks for the whole set to be
    matched in one run. Of known ones only the facts of the source are brought up
    to date: whoever changed their state since had a reason.
    """
    stages = {
        word: target
        for (name, word), target in read_source_values().items()
        if name == FIELD_OF_STAGES
    }
    wanted = {str(row["id"]): _values(row, stages) for row in rows}
    count = sync_rows(
        Demand, wanted, status=DemandStatus.OPEN, search=demand_search, now=now, related=RELATED,
        derive=lambda demand: {"process_kind": process_kind_of(demand)},
    )  # fmt: skip
    if count.created or count.updated:
        emit("demands.starting_data.loaded", demand_count=count.created + count.updated)
    return count


def _values(row: dict[str, Any], stages: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The model's fields for one row; what the source does not say stays empty."""
    stage = row.get("stage", "")
    listed = stages.get(stage)
    return {
        "title": row["title"],
        "description": row["description"],
        "field": term_named("field-data", row.get("industry", "")),
        "stage": term(*listed) if listed else None,
        "stage_text": stage,
        "organisation_name": row.get("organization", ""),
        "region": _region(row.get("province", ""), row.get("city", "")),
        "budget_text": row.get("budget", ""),
        **{name: row.get(name, "") for name in SOURCE_FIELDS},
    }


def _region(province: str, city: str) -> Region | None:
    outer = resolve_region(province) if province else None
    inner = resolve_region(city, within=outer.code if outer else "") if city else None
    return inner or outer
