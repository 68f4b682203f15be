"""Rows of the portal as the engine's documents: read in sets, nothing invented.

A fact that a row does not state stays unknown (None or empty), which the engine never takes for
met. Ids of documents are primary keys as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet

from demands.models import Demand
from matching.engine.documents import CapabilityDoc, DemandDoc, Doc
from matching.engine.quantities import (
    Quantity,
    QuantityError,
    find_quantities,
    parse_quantity,
)
from matching.enums import ResourceKind, Side
from matching.kinds import KIND_OF
from platforms.models import Capability, CapabilityParameter, Equipment, Platform
from taxonomy.models import Term

LIST_SEPARATORS = re.compile(r"[、，,;；\n]+")
READ_AT_ONCE = 2000
EXPERTISE_TITLE = 60


def capability_rows(rows: QuerySet[Capability]) -> QuerySet[Capability]:
    """`rows` with all that `capability_doc` reads, in a fixed number of queries.

    What many rows share (platform, field) is fetched beside, not joined: it is built once.
    """
    return rows.defer("search").prefetch_related(
        Prefetch("platform", queryset=Platform.objects.only("name", "region_id", "is_open")),
        "field",
        "industry",
        "hazard_class",
        "certificates",
        Prefetch("equipment", queryset=Equipment.objects.only("name")),
        Prefetch("parameters", queryset=CapabilityParameter.objects.order_by("pk")),
    )


def demand_rows(rows: QuerySet[Demand]) -> QuerySet[Demand]:
    """`rows` with all that `demand_doc` reads, in a fixed number of queries."""
    return rows.defer("search").prefetch_related("field", "hazard_class", "certificates")


def capability_docs(rows: QuerySet[Capability]) -> list[CapabilityDoc]:
    """Documents of `rows`, by primary key."""
    ordered = capability_rows(rows).order_by("pk")
    return [capability_doc(row) for row in ordered.iterator(chunk_size=READ_AT_ONCE)]


def demand_docs(rows: QuerySet[Demand]) -> list[DemandDoc]:
    """Documents of `rows`, by primary key."""
    ordered = demand_rows(rows).order_by("pk")
    return [demand_doc(row) for row in ordered.iterator(chunk_size=READ_AT_ONCE)]


def resource_rows(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Equipment, lines, experts or solutions with all that `resource_doc` reads."""
    fields = Term.objects.only("code", "name")
    platform = Platform.objects.only("name", "region_id", "is_open").prefetch_related(
        Prefetch("fields", queryset=fields)
    )
    return rows.defer("search").prefetch_related(Prefetch("platform", queryset=platform))


def resource_key(kind: str, pk: int) -> str:
    """The id of a resource's document: its keys overlap with those of capabilities."""
    return f"{kind}:{pk}"


def resource_doc(row: Any) -> CapabilityDoc:
    """What the engine may know of a resource or a solution: its own words, and the place, fields
    and openness of its platform."""
    platform, kind = row.platform, KIND_OF[type(row)]
    title, *parts = TEXTS[kind](row)
    fields = sorted(platform.fields.all(), key=lambda term: term.code)
    is_open = getattr(row, "is_open", None)
    scale = getattr(row, "scale_text", "")
    return CapabilityDoc(
        id=resource_key(kind, row.pk),
        title=title,
        description=_lines(*parts),
        platform_id=str(platform.pk),
        platform=platform.name,
        industry=fields[0].name if len(fields) == 1 else "",
        field_codes=tuple(term.code for term in fields),
        scale=find_quantities(scale),
        scale_text=scale,
        region_code=platform.region_id,
        is_open=is_open if is_open is not None else platform.is_open,
    )


# the title first, then what describes it; an expert is found by what they know, not by their name
TEXTS: dict[ResourceKind, Callable[[Any], tuple[str, ...]]] = {
    ResourceKind.EQUIPMENT: lambda row: (
        row.name, row.specification, f"{row.model_number} {row.maker}".strip(),
    ),
    ResourceKind.LINE: lambda row: (row.name, row.description),
    ResourceKind.EXPERT: lambda row: (row.expertise[:EXPERTISE_TITLE], row.expertise, row.title),
    ResourceKind.SOLUTION: lambda row: (row.title, row.problem, row.summary, row.deliverables),
}  # fmt: skip


def documents_of(kind: str, rows: QuerySet[Any]) -> list[Doc]:
    """Documents of `rows`, all of one kind, by primary key."""
    if kind == Side.CAPABILITY:
        return [*capability_docs(rows)]
    if kind == Side.DEMAND:
        return [*demand_docs(rows)]
    ordered = resource_rows(rows).order_by("pk")
    return [resource_doc(row) for row in ordered.iterator(chunk_size=READ_AT_ONCE)]


def capability_doc(row: Capability) -> CapabilityDoc:
    """What the engine may know of a capability."""
    platform = row.platform
    # an ordered, deduplicated union: names typed in the source and the linked equipment
    equipment = dict.fromkeys([*row.equipment_names, *(item.name for item in row.equipment.all())])
    certificates = frozenset(term.name for term in row.certificates.all())
    return CapabilityDoc(
        id=str(row.pk),
        title=row.title,
        description=_lines(row.process, row.description),
        platform_id=str(platform.pk),
        platform=platform.name,
        industry=row.field.name if row.field else row.industry.name if row.industry else "",
        field_codes=(row.field.code,) if row.field else (),
        equipment=tuple(equipment),
        materials=_items(row.materials),
        standards=_items(row.standards),
        parameters=_lines(*(_parameter(line) for line in row.parameters.all())),
        scale=scale_of(row.scale_low, row.scale_high, row.scale_unit, row.scale_text),
        scale_text=row.scale_text or _range(row.scale_low, row.scale_high, row.scale_unit),
        trl_low=row.trl_low,
        trl_high=row.trl_high,
        certificates=certificates or None,
        hazard_classes=frozenset({row.hazard_class.name}) if row.hazard_class else None,
        region_code=platform.region_id,
        is_open=row.is_open if row.is_open is not None else platform.is_open,
        available_from=row.next_free_date,
        price_yuan=None if row.price_low_yuan is None else int(row.price_low_yuan),
    )


def demand_doc(row: Demand) -> DemandDoc:
    """What the engine may know of a demand; only what its owner stated constrains."""
    budget = row.budget_high_yuan
    return DemandDoc(
        id=str(row.pk),
        title=row.title,
        description=_lines(row.description, row.target_figures, row.background),
        organisation_id=str(row.organisation_id or ""),
        industry=row.field.name if row.field else "",
        field_codes=(row.field.code,) if row.field else (),
        materials=_items(row.materials),
        scale=scale_of(row.scale_low, row.scale_high, row.scale_unit, ""),
        scale_text=_range(row.scale_low, row.scale_high, row.scale_unit),
        trl_low=row.trl_current,
        trl_high=row.trl_target,
        required_certificates=frozenset(term.name for term in row.certificates.all()),
        hazard_class=row.hazard_class.name if row.hazard_class else None,
        region_code=row.wanted_region_id,
        region_required=row.wanted_region_id is not None,
        needed_by=row.deadline_date,
        budget_yuan=None if budget is None else int(budget),
    )


def scale_of(
    low: Decimal | None, high: Decimal | None, unit: str, text: str
) -> tuple[Quantity, ...]:
    """The scale as quantities: from the fields, else as far as the source's words are understood.

    A unit that nobody can read gives no quantity: the scale is then unknown, not wrong.
    """
    typed = _range(low, high, unit)
    if typed:
        try:
            return (parse_quantity(typed),)
        except QuantityError:
            return ()
    return find_quantities(text)


def _range(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    """10–100 kg/批, ≥ 10 kg, ≤ 100 kg or 10 kg, as the engine reads it; empty without number."""
    if low is None and high is None:
        return ""
    if low is None:
        return f"≤{_plain(high)}{unit}"
    if high is None:
        return f"≥{_plain(low)}{unit}"
    return f"{_plain(low)}{unit}" if low == high else f"{_plain(low)}–{_plain(high)}{unit}"


def _plain(number: Decimal | None) -> str:
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"


def _parameter(line: CapabilityParameter) -> str:
    parts = (line.name, _range(line.low, line.high, line.unit), line.text)
    return " ".join(part for part in parts if part)


def _items(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in LIST_SEPARATORS.split(text) if part.strip())


def _lines(*parts: str) -> str:
    return "\n".join(dict.fromkeys(part for part in parts if part))
