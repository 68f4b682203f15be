"""平台清单 and 供给清单: what the register shows to everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from platforms.models import Capability, Platform, Recognition, TaxEligibility
from platforms.selectors.eligibility import valid_on
from platforms.selectors.listings import fresh_since
from reporting.enums import ListKind
from reporting.lists.base import (
    Concern,
    Criteria,
    Entry,
    ListType,
    narrowed,
    operators_of,
    page_of,
    text,
)

PLATFORM_OPERATORS = Concern(
    "平台", lambda keys: operators_of(Platform.objects.filter(slug__in=keys))
)


def _platforms(criteria: Criteria, now: datetime) -> QuerySet[Any]:
    paths = {"region": "region", "field": "fields", "kind": "kind", "level": "level",
             "demo": "is_demo"}  # fmt: skip
    rows = narrowed(Platform.objects.shown(), criteria, paths)
    if criteria.get("on_roster"):
        held = Recognition.objects.on_roster(timezone.localdate(now))
        rows = rows.filter(pk__in=held.values("platform"))
    if criteria.get("open_only"):
        rows = rows.filter(is_open=True)
    listed = (
        Capability.objects.published().filter(platform=OuterRef("pk")).order_by()
        .values("platform").annotate(n=Count("pk"))
    )  # fmt: skip
    return (
        rows.distinct()
        .select_related("region__parent", "kind", "level", "host_type", "organisation")
        .prefetch_related("fields")
        .annotate(capability_count=Coalesce(Subquery(listed.values("n")), 0))
        .order_by("region__code", "pinyin_key", "pk")
    )


def _platform(row: Any) -> Entry:
    is_open = None if row.is_open is None else ("是" if row.is_open else "否")
    return Entry(
        key=row.slug,
        url=page_of(row),
        is_demo=row.is_demo,
        cells={
            "name": row.name, "kind": text(row.kind), "level": text(row.level or row.level_text),
            "fields": text("、".join(str(field) for field in row.fields.all())),
            "region": row.region_display, "operator": text(row.operator_display),
            "is_open": text(is_open), "capabilities": str(row.capability_count),
        },
    )  # fmt: skip


PLATFORMS = ListType(
    kind=ListKind.PLATFORMS,
    rule="在本平台公开发布的中试平台。",
    columns=(
        ("name", "平台名称"), ("kind", "类别"), ("level", "层级"), ("fields", "服务领域"),
        ("region", "地区"), ("operator", "运营单位"), ("is_open", "对外服务"),
        ("capabilities", "在网能力（项）"),
    ),
    filters=("region", "field", "kind", "level", "on_roster", "open_only"),
    rows=_platforms,
    entry=_platform,
    concern=PLATFORM_OPERATORS,
)  # fmt: skip


def _supply(criteria: Criteria, now: datetime) -> QuerySet[Any]:
    paths = {"region": "platform__region", "field": "field", "demo": "platform__is_demo"}
    rows = narrowed(Capability.objects.shown(), criteria, paths)
    if criteria.get("fresh"):
        rows = rows.filter(confirmed_at__gte=fresh_since(now))
    if criteria.get("open_only"):
        rows = rows.filter(is_open=True)
    return (
        rows.select_related("platform__region__parent", "field")
        .prefetch_related("service_types")
        .order_by("platform__region__code", "platform__pinyin_key", "platform_id", "pk")
    )


def _capability(row: Any) -> Entry:
    confirmed = text(row.confirmed_at) if row.confirmed_at else "未确认"
    return Entry(
        key=row.slug,
        url=page_of(row),
        is_demo=row.platform.is_demo,
        cells={
            "title": row.title, "platform": row.platform.name,
            "region": row.platform.region_display, "field": text(row.field),
            "services": text("、".join(str(term) for term in row.service_types.all())),
            "process": text(row.process), "scale": text(row.scale_display),
            "trl": text(row.trl_display), "price": text(row.price_display),
            "lead": text(row.lead_display), "confirmed": confirmed,
        },
    )  # fmt: skip


SUPPLY = ListType(
    kind=ListKind.SUPPLY,
    rule="在网平台已发布的中试服务能力。",
    columns=(
        ("title", "能力名称"), ("platform", "平台"), ("region", "地区"), ("field", "领域"),
        ("services", "服务类型"), ("process", "工艺"), ("scale", "规模"), ("trl", "成熟度"),
        ("price", "价格"), ("lead", "周期"), ("confirmed", "最近确认"),
    ),
    filters=("region", "field", "fresh", "open_only"),
    rows=_supply,
    entry=_capability,
    concern=Concern(
        "服务能力", lambda keys: operators_of(Platform.objects.filter(capabilities__slug__in=keys))
    ),
)  # fmt: skip


def _eligible(criteria: Criteria, now: datetime) -> QuerySet[Any]:
    paths = {"region": "platform__region", "demo": "is_demo"}
    rows = narrowed(TaxEligibility.objects.all(), criteria, paths)
    rows = valid_on(rows, timezone.localdate(now))
    related = ("platform__region__parent", "platform__organisation")
    return rows.select_related(*related).order_by("platform__region__code", "started_date", "pk")


def _eligibility(row: Any) -> Entry:
    return Entry(
        key=row.platform.slug,
        url=page_of(row),
        is_demo=row.is_demo,
        cells={
            "name": row.platform.name, "operator": text(row.platform.operator_display),
            "region": row.platform.region_display, "document": row.document_number,
            "started": text(row.started_date),
            "until": text(row.valid_until) if row.valid_until else "文件未规定",
        },
    )  # fmt: skip


TAX = ListType(
    kind=ListKind.TAX,
    rule="经核定、发布之日可享受进口税收政策的中试平台。",
    columns=(
        ("name", "平台名称"), ("operator", "运营单位"), ("region", "地区"),
        ("document", "核定文件"), ("started", "享受起始日"), ("until", "有效期至"),
    ),
    filters=("region",),
    rows=_eligible,
    entry=_eligibility,
    concern=PLATFORM_OPERATORS,
)  # fmt: skip
