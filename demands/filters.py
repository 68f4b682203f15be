"""Filters over demands, shared by pages and API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from core.filters import FacetedFilterSet, WordsFilter
from demands.enums import DemandStatus
from taxonomy.filters import RegionChoiceFilter, TermChoiceFilter
from taxonomy.selectors import province_choices, term_choices

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

PROGRESS = [("open", _("征集中")), ("closed", _("已结束"))]
YES_NO = [("yes", _("有预算")), ("no", _("未注明预算"))]


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

    region = RegionChoiceFilter(
        digits=2, label=_("地区"), choices=province_choices, widget=forms.CheckboxSelectMultiple
    )


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
