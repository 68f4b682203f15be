"""需求清单 and 急需紧缺清单: what is asked for, and what nobody offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from demands.models import Demand
from matching.selectors.atlas import (
    CITY_DIGITS,
    UNMET,
    GapLine,
    Narrowing,
    Place,
    demands_query,
    gap_lines,
    looked_at_demands,
)
from reporting.enums import ListKind
from reporting.lists.base import (
    Concern,
    Criteria,
    Entry,
    ListType,
    narrowed,
    page_of,
    prefix_of,
    text,
)

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
    concern=Concern(
        "需求",
        lambda keys: User.objects.filter(
            is_active=True, pk__in=Demand.objects.filter(slug__in=keys).values("posted_by")
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Gap:
    """A cell of the gap atlas that has unmet demands, with the newest few of them by title."""

    line: GapLine
    titles: list[str]


def _gaps(criteria: Criteria, now: datetime) -> list[Gap]:
    """The cells of the gap atlas by city (province where no city is stated), most unmet first."""
    narrowing = Narrowing(field=criteria.get("field") or "", within=prefix_of(criteria))
    least = max(1, int(criteria.get("minimum") or 1))
    lines = gap_lines(narrowing, digits=CITY_DIGITS)
    titles = _titles(narrowing)
    return [Gap(line, titles.get(line.place, [])) for line in lines if line.unmet >= least]


def _titles(narrowing: Narrowing) -> dict[Place, list[str]]:
    """Titles of unmet demands by cell, the newest first."""
    rows = looked_at_demands(narrowing).filter(UNMET).order_by("-published_at", "-pk")
    found: dict[Place, list[str]] = {}
    for process, field, region, title in rows.values_list(
        "process_kind__code", "field__code", "region_id", "title"
    ):
        city = region[:CITY_DIGITS].ljust(6, "0") if region else ""
        found.setdefault(Place(process or "", field or "", city), []).append(title)
    return found


def _gap(row: Gap) -> Entry:
    line, place = row.line, row.line.place
    codes = [code or "unknown" for code in place]
    return Entry(
        key="|".join(codes),
        url=f"{reverse('matching:unmet')}?{demands_query(place._asdict())}",
        cells={
            "process": line.process, "field": line.field, "region": line.region,
            "unmet": str(line.unmet), "total": str(line.total), "supply": str(line.supply),
            "titles": "；".join(row.titles[:SHOWN_TITLES]),
        },
    )  # fmt: skip


GAPS = ListType(
    kind=ListKind.GAPS,
    rule="已匹配而没有找到合适能力的公开需求，取自缺口图谱，按工艺、领域和地区汇总。",
    columns=(
        ("process", "工艺"), ("field", "领域"), ("region", "地区"), ("unmet", "未满足（条）"),
        ("total", "公开需求（条）"), ("supply", "全国在网能力（项）"), ("titles", "典型需求"),
    ),
    filters=("region", "field", "minimum"),
    rows=_gaps,
    entry=_gap,
)  # fmt: skip
