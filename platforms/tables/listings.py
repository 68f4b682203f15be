"""Columns of the directories: what is sorted and exported."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from platforms.facts import in_words

UNKNOWN = "未注明"


class FactColumn(tables.Column):
    """A stored value in words; 未注明 where nobody said."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("orderable", False)
        super().__init__(default=UNKNOWN, **kwargs)

    def render(self, value: Any) -> str:
        return in_words(value)


class ListingTable(tables.Table):
    """Sorting every directory offers: latest confirmed first, most complete first."""

    confirmed_at = FactColumn(verbose_name=_("最近确认"), orderable=True)
    completeness = tables.Column(verbose_name=_("完整度（%）"))

    def order_confirmed_at(
        self, rows: QuerySet[Any], is_descending: bool
    ) -> tuple[QuerySet[Any], bool]:
        at = F("confirmed_at")
        order = at.desc(nulls_last=True) if is_descending else at.asc(nulls_first=True)
        return rows.order_by(order, "pk"), True

    def order_completeness(
        self, rows: QuerySet[Any], is_descending: bool
    ) -> tuple[QuerySet[Any], bool]:
        return rows.order_by("-completeness" if is_descending else "completeness", "pk"), True


class PlatformTable(ListingTable):
    name = tables.Column(order_by=("pinyin_key", "pk"))
    operator = FactColumn(accessor="operator_display", verbose_name=_("运营单位"))
    region = FactColumn(accessor="region_display", verbose_name=_("所在地区"))
    kind = FactColumn()
    level = FactColumn(accessor="level__name", verbose_name=_("梯度层级"))
    fields = FactColumn(verbose_name=_("服务领域"))
    is_open = FactColumn()
    capability_count = tables.Column(verbose_name=_("服务能力（项）"))
    source_title = FactColumn()
    source_date = FactColumn()

    class Meta:
        sequence = ("name", "operator", "...", "confirmed_at", "completeness")


class CapabilityTable(ListingTable):
    title = tables.Column(order_by=("title", "pk"))
    platform = FactColumn()
    region = FactColumn(accessor="platform__region_display", verbose_name=_("所在地区"))
    field = FactColumn()
    scale = FactColumn(accessor="scale_display", verbose_name=_("规模"))
    trl = FactColumn(accessor="trl_display", verbose_name=_("成熟度"))
    price = FactColumn(accessor="price_display", verbose_name=_("价格"))
    lead = FactColumn(accessor="lead_display", verbose_name=_("周期"))
    service_types = FactColumn(verbose_name=_("服务类型"))
    certificates = FactColumn(verbose_name=_("资质"))
    is_open = FactColumn()

    class Meta:
        sequence = ("title", "platform", "...", "confirmed_at", "completeness")


class ResourceTable(ListingTable):
    """What the four kinds of shareable resources have in common."""

    platform = FactColumn()
    region = FactColumn(accessor="platform__region_display", verbose_name=_("所在地区"))

    class Meta:
        sequence = ("...", "confirmed_at", "completeness")


class EquipmentTable(ResourceTable):
    name = tables.Column(order_by=("name", "pk"))
    model_number = FactColumn()
    maker = FactColumn()
    origin = FactColumn(accessor="get_origin_display", verbose_name=_("产地"))
    quantity = tables.Column()
    is_open = FactColumn()
    hourly_price_yuan = FactColumn()


class LineTable(ResourceTable):
    name = tables.Column(order_by=("name", "pk"))
    kind = FactColumn(accessor="get_kind_display", verbose_name=_("类型"))
    scale_text = FactColumn()
    floor_area_sqm = FactColumn()
    is_open = FactColumn()


class ExpertTable(ResourceTable):
    name = tables.Column(order_by=("name", "pk"))
    title = FactColumn()
    employer = FactColumn()
    expertise = FactColumn()


class SolutionTable(ResourceTable):
    title = tables.Column(order_by=("title", "pk"))
    problem = FactColumn()
    price_note = FactColumn()
    lead = FactColumn(accessor="lead_display", verbose_name=_("周期"))
