"""Filters over public content, shared by pages and API. They expect `for_list()` rows."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.filters import FacetedFilterSet, WordsFilter
from policies.enums import ContentStatus, Validity
from policies.selectors import years
from taxonomy.models import Region, RegionLevel
from taxonomy.selectors import provinces


def region_choices() -> list[tuple[str, str]]:
    """全国 and the provinces."""
    country = Region.objects.filter(level=RegionLevel.COUNTRY)
    return [(r.code, r.name) for r in country] + [(r.code, r.short_name) for r in provinces()]


class ContentFilter(FacetedFilterSet):
    """Words (文号 in any brackets included), region, year, issuer."""

    facets = ("region", "year")

    q = WordsFilter()
    issuer = django_filters.CharFilter(lookup_expr="contains", label=_("发文机关"))
    region = django_filters.MultipleChoiceFilter(
        field_name="province",
        method="in_provinces",
        label=_("地区"),
        choices=region_choices,
        widget=forms.CheckboxSelectMultiple,
    )
    year = django_filters.MultipleChoiceFilter(
        method="in_years", label=_("年份"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["year"].extra["choices"] = years(self.queryset.model.objects.published())

    def in_provinces(self, queryset: QuerySet[Any], _name: str, value: list[str]) -> QuerySet[Any]:
        return queryset.filter(province__in=value)

    def in_years(self, queryset: QuerySet[Any], _name: str, value: list[str]) -> QuerySet[Any]:
        return queryset.filter(year__in=value)


class DocumentFilter(ContentFilter):
    """Documents also by the validity of the day."""

    facets = ("region", "validity", "year")

    validity = django_filters.MultipleChoiceFilter(
        field_name="validity_now",
        method="in_validity",
        label=_("有效性"),
        choices=Validity.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    def in_validity(self, queryset: QuerySet[Any], _name: str, value: list[str]) -> QuerySet[Any]:
        return queryset.filter(validity_now__in=value)


class TopicFilter(ContentFilter):
    """Topics have no issuer."""

    issuer = None


class EditingFilter(FacetedFilterSet):
    """What an editor looks for among her pieces."""

    facets = ("status",)

    q = django_filters.CharFilter(field_name="title", lookup_expr="contains", label=_("标题"))
    status = django_filters.MultipleChoiceFilter(
        label=_("状态"), choices=ContentStatus.choices, widget=forms.CheckboxSelectMultiple
    )
