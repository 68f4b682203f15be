"""需求清单 and 急需紧缺清单: what is asked for, and what nobody offers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse

from demands.models import Demand
from matching.selectors.atlas import UNMET, looked_at_demands
from platforms.models import Capability
from reporting.enums import ListKind
from reporting.lists.base import (
    UNKNOWN,
    Criteria,
    Entry,
    ListType,
    narrowed,
    page_of,
    prefix_of,
    text,
)
from taxonomy.models import Region
from taxonomy.selectors import term_choices

SHOWN_TITLES = 3


def _demands(criteria: Criteria, now: datetime) -> QuerySet[Any]:
    paths = {"region": "region", "field": "field", "demo": "is_demo"}
    rows = narrowed(Demand.objects.open(), criteria, paths)
    if criteria.get("since"):
        rows = rows.filter(published_at__date__gte=criteria["since"])
    related = ("field", "stage", "region__parent", "organisation")
    return rows.select_related(*related).order_by("-published_at", "-pk")


def _demand(row: Any) -> Entry:
    """Nothing that the owner keeps to himself: the teaser stands for a confidential demand."""
    is_open_text = not row.is_confidential
    region = row.region
    place = f"{region.parent or ''}{region}" if region and region.level > 1 else text(region)
    return Entry(
        key=row.slug,
        url=page_of(row),
        is_demo=row.is_demo,
        cells={
            "title": row.title, "organisation": text(row.shown_organisation),
            "field": text(row.field), "region": place, "stage": text(row.stage_display),
            "text": text(row.public_text),
            "scale": text(row.scale_display) if is_open_text else "不公开",
            "budget": text(row.budget_display) if is_open_text else "不公开",
            "published": text(row.source_date or row.published_at),
            "expires": text(row.expires_date) if row.expires_date else "长期",
        },
    )  # fmt: skip


DEMANDS = ListType(
    kind=ListKind.DEMANDS,
    rule="正在征集的中试需求，只列需求单位同意公开的内容。",
    columns=(
        ("title", "需求"), ("organisation", "需求单位"), ("field", "领域"), ("region", "地区"),
        ("stage", "阶段"), ("text", "公开内容"), ("scale", "规模"), ("budget", "预算"),
        ("published", "发布日期"), ("expires", "有效期至"),
    ),
    filters=("region", "field", "since"),
    rows=_demands,
    entry=_demand,
)  # fmt: skip


@dataclass
class Gap:
    """Open demands of a field in a place that found nothing possible."""

    field_code: str
    place: str
    unmet: int
    total: int
    supply: int
    titles: list[str] = field(default_factory=list)
    is_demo: bool = False


def _gaps(criteria: Criteria, now: datetime) -> list[Gap]:
    """By field and city (province where no city is stated), the most unmet first."""
    rows = looked_at_demands(within=prefix_of(criteria)).select_related("field")
    if criteria.get("field"):
        rows = rows.filter(field__code=criteria["field"])
    if not criteria.get("demo"):
        rows = rows.filter(is_demo=False)
    offered = dict(
        Capability.objects.shown().order_by().values_list("field__code").annotate(n=Count("pk"))
    )
    gaps: dict[tuple[str, str], Gap] = {}
    for code, place, total in _counted(rows):
        known = gaps.setdefault((code, place), Gap(code, place, 0, 0, offered.get(code or None, 0)))
        known.total += total
    for row in rows.filter(UNMET).order_by("-published_at", "-pk"):
        known = gaps[row.field.code if row.field else "", _city(row.region_id or "")]
        known.unmet += 1
        known.is_demo = known.is_demo or row.is_demo
        if len(known.titles) < SHOWN_TITLES:
            known.titles.append(row.title)
    least = max(1, int(criteria.get("minimum") or 1))
    found = [gap for gap in gaps.values() if gap.unmet >= least]
    return sorted(found, key=lambda gap: (-gap.unmet, gap.field_code, gap.place))


def _counted(rows: QuerySet[Demand]) -> Iterable[tuple[str, str, int]]:
    counts = rows.order_by().values_list("field__code", "region_id").annotate(n=Count("pk"))
    return [(code or "", _city(place or ""), n) for code, place, n in counts]


def _city(code: str) -> str:
    return code[:4].ljust(6, "0") if code else ""


def _gap(row: Gap) -> Entry:
    names = dict(term_choices("field-data"))
    region = Region.objects.filter(pk=row.place).first() if row.place else None
    return Entry(
        key=f"{row.field_code or 'unknown'}|{row.place or 'unknown'}",
        url=reverse("matching:atlas"),
        is_demo=row.is_demo,
        cells={
            "field": names.get(row.field_code, UNKNOWN),
            "region": region.name if region else UNKNOWN, "unmet": str(row.unmet),
            "total": str(row.total), "supply": str(row.supply), "titles": "；".join(row.titles),
        },
    )  # fmt: skip


GAPS = ListType(
    kind=ListKind.GAPS,
    rule="已匹配而没有找到合适能力的公开需求，按领域和地区汇总。",
    columns=(
        ("field", "领域"), ("region", "地区"), ("unmet", "未满足(条)"),
        ("total", "公开需求(条)"), ("supply", "全国在网能力(项)"), ("titles", "典型需求"),
    ),
    filters=("region", "field", "minimum"),
    rows=_gaps,
    entry=_gap,
)  # fmt: skip
