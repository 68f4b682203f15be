"""Filters over demands, shared by pages and API."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.filters import FacetedFilterSet, WordsFilter
from demands.enums import DemandStatus
from taxonomy.filters import TermChoiceFilter
from taxonomy.selectors import provinces, term_choices

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

PROGRESS = [("open", _("征集中")), ("closed", _("已结束"))]
YES_NO = [("yes", _("有预算")), ("no", _("未注明预算"))]


def province_choices() -> list[tuple[str, str]]:
    return [(region.code, region.short_name) for region in provinces()]


def _several(
    path: str, label: StrPromise, choices: Any, **options: Any
) -> django_filters.MultipleChoiceFilter:
    options.setdefault("distinct", False)  # it compares whole texts, and no row matches twice
    return django_filters.MultipleChoiceFilter(
        field_name=path,
        label=label,
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        **options,
    )


class RegionalFilter(FacetedFilterSet):
    """Demands by province, whatever their own region is."""

    region = _several("province", _("地区"), province_choices, method="in_provinces")

    def counted_by(self, name: str) -> tuple[str, Callable[[Any], str]]:
        """Provinces by the region's own code."""
        if name != "region":
            return super().counted_by(name)
        return "region_id", lambda code: f"{code[:2]}0000" if code else ""

    def in_provinces(self, queryset: QuerySet[Any], _name: str, value: list[str]) -> QuerySet[Any]:
        inside = (Q(region__code__startswith=code[:2]) for code in value)
        return queryset.filter(reduce(or_, inside)) if value else queryset


class DemandFilter(RegionalFilter):
    """Public demands. Expects `DemandQuerySet.for_list()`, whose annotations some facets count."""

    facets = ("progress", "field", "region", "stage", "trl", "service", "budget")

    q = WordsFilter()
    progress = _several("progress", _("状态"), PROGRESS)
    field = TermChoiceFilter("field-data", label=_("领域"), widget=forms.CheckboxSelectMultiple)
    stage = TermChoiceFilter("stage", label=_("阶段"), widget=forms.CheckboxSelectMultiple)
    trl = _several(
        "trl_current",
        _("目前成熟度"),
        lambda: [(code, f"{code} 级 {name}") for code, name in term_choices("trl")],
    )
    service = TermChoiceFilter(
        "service-type", field_name="service_types", label=_("需要的服务"),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    budget = _several("budget_known", _("预算"), YES_NO)


class OwnDemandFilter(FacetedFilterSet):
    """An organisation's own demands by state."""

    facets = ("status",)

    status = _several("status", _("状态"), DemandStatus.choices)
    q = django_filters.CharFilter(field_name="title", lookup_expr="contains", label=_("标题"))


class ReviewFilter(RegionalFilter):
    """What staff and brokers govern."""

    facets = ("status", "field", "region")

    status = _several("status", _("状态"), DemandStatus.choices)
    field = TermChoiceFilter("field-data", label=_("领域"), widget=forms.CheckboxSelectMultiple)
