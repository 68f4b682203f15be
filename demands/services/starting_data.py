"""Loading the demands the portal starts with: public facts, each with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from core.access import SYSTEM
from core.services import emit, log_activity
from demands.enums import DemandStatus
from demands.models import Demand
from demands.services.posting import demand_search, process_kind_of
from taxonomy.codefiles import read_source_values
from taxonomy.models import Region
from taxonomy.selectors import resolve_region, term, term_named

FIELD_OF_STAGES = "demands.stage"  # its name in data/taxonomy/source_values.csv
RELATED = ("field", "stage", "region", "process_kind", "stated_process_kind")
SOURCE_FIELDS = ("source_title", "source_url", "source_date", "source_kind", "source_ref")


@dataclass(frozen=True)
class LoadCount:
    """What a load changed, in rows."""

    created: int
    updated: int
    unchanged: int


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
    existing = {
        demand.slug: demand
        for demand in Demand.objects.select_for_update(of=("self",))
        .select_related("field", "process_kind", "stated_process_kind")
        .filter(slug__in=wanted)
        .order_by("pk")
    }
    fresh: list[Demand] = []
    changed: list[Demand] = []
    for slug, values in wanted.items():
        demand = existing.get(slug) or Demand(
            slug=slug, status=DemandStatus.OPEN, status_changed_at=now, published_at=now
        )
        is_known = all(getattr(demand, name) == value for name, value in values.items())
        if demand.pk and is_known and demand.process_kind == process_kind_of(demand):
            continue
        for name, value in values.items():
            setattr(demand, name, value)
        demand.process_kind = process_kind_of(demand)
        demand.clean_fields(exclude=[*RELATED, "search"])
        demand.search = demand_search(demand)
        (changed if demand.pk else fresh).append(demand)
    Demand.objects.bulk_create(fresh, batch_size=500)
    if changed:
        names = next(iter(wanted.values()))
        Demand.objects.bulk_update(changed, [*names, "process_kind", "search"], batch_size=200)
    for demand in fresh:
        log_activity(actor=SYSTEM, action="demands.demand.load", target=demand, now=now)
    if fresh or changed:
        emit("demands.starting_data.loaded", demand_count=len(fresh) + len(changed))
    return LoadCount(len(fresh), len(changed), len(wanted) - len(fresh) - len(changed))


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
