"""Filters of the directories, shared by pages and API."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.fields import DayInput
from core.filters import FacetedFilterSet, WordsFilter
from platforms.enums import EngagementMode, LineKind, Origin
from platforms.selectors import city_choices, fresh_since
from taxonomy.filters import RegionChoiceFilter, TermChoiceFilter
from taxonomy.selectors import province_choices

FRESHNESS = [("fresh", _("近期已确认")), ("overdue", _("确认已过期")), ("never", _("尚未确认"))]
KNOWN = {
    "price": (_("价格"), Q(price_low_yuan__isnull=False) | Q(price_high_yuan__isnull=False)),
    "scale": (
        _("规模"),
        Q(scale_low__isnull=False) | Q(scale_high__isnull=False) | ~Q(scale_text=""),
    ),
    "trl": (_("成熟度"), Q(trl_low__isnull=False) | Q(trl_high__isnull=False)),
    "lead": (_("周期"), Q(lead_days_low__isnull=False) | Q(lead_days_high__isnull=False)),
}


class OpenFilter(django_filters.BooleanFilter):
    """A box: ticked narrows to what is open to others, empty does not narrow."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("只看对外服务"), widget=forms.CheckboxInput, **kwargs)

    def filter(self, qs: QuerySet[Any], value: bool | None) -> QuerySet[Any]:
        return qs.filter(**{self.field_name: True}) if value else qs


class BookableFilter(django_filters.BooleanFilter):
    """A box: ticked narrows to what can be booked online."""

    def __init__(self) -> None:
        super().__init__(label=_("只看可在线预约"), widget=forms.CheckboxInput)

    def filter(self, qs: QuerySet[Any], value: bool | None) -> QuerySet[Any]:
        return qs.filter(pk__in=qs.model._default_manager.bookable().values("pk")) if value else qs


province_filter = partial(RegionChoiceFilter, digits=2, label=_("省份"), choices=province_choices)
city_filter = partial(RegionChoiceFilter, digits=4, label=_("城市"), choices=city_choices)


class PlaceFilter(FacetedFilterSet):
    """By province and city; the many cities of a country wait until a province is chosen."""

    within: ClassVar = {"city": "province"}

    province = province_filter(field_name="platform__region")
    city = city_filter(field_name="platform__region")


class ListingFilter(PlaceFilter):
    """What every directory filters by: words, region, freshness."""

    q = WordsFilter()
    freshness = django_filters.MultipleChoiceFilter(
        method="among", label=_("信息时效"), choices=FRESHNESS
    )

    def __init__(self, data: Any = None, queryset: Any = None, **kwargs: Any) -> None:
        if queryset is not None:
            queryset = self.annotated(queryset)
        super().__init__(data, queryset, **kwargs)

    def annotated(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows with the freshness that a facet counts by."""
        # whole days: a query that differs by the second could not be counted once for many readers
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return rows.annotate(
            freshness=Case(
                When(confirmed_at__isnull=True, then=Value("never")),
                When(confirmed_at__lt=fresh_since(today), then=Value("overdue")),
                default=Value("fresh"),
                output_field=CharField(),
            )
        )

    def among(self, rows: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        """Rows whose annotated value is one of those chosen."""
        return rows.filter(**{f"{name}__in": value})

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Words asked for: the best hits first."""
        rows = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("q"):
            rows = rows.order_by("-search_rank", "-completeness", "pk")
        return rows


class PlatformFilter(ListingFilter):
    facets = ("province", "city", "field", "kind", "level", "host_type", "mode", "freshness")

    province, city = province_filter(field_name="region"), city_filter(field_name="region")
    field = TermChoiceFilter("field-data", field_name="fields", label=_("领域"))
    kind = TermChoiceFilter("platform-kind", field_name="kind", label=_("类别"))
    level = TermChoiceFilter("platform-level", field_name="level", label=_("层级"))
    host_type = TermChoiceFilter("host-type", field_name="host_type", label=_("建设主体"))
    mode = TermChoiceFilter("operation-mode", field_name="operation_mode", label=_("运营模式"))
    open = OpenFilter(field_name="is_open")


class CapabilityFilter(ListingFilter):
    facets = ("field", "province", "city", "service", "service_mode", "certificate", "freshness")

    field = TermChoiceFilter("field-data", field_name="field", label=_("领域"))
    service = TermChoiceFilter("service-type", field_name="service_types", label=_("服务类型"))
    service_mode = TermChoiceFilter("service-mode", field_name="service_modes", label=_("服务方式"))
    certificate = TermChoiceFilter("certificate", field_name="certificates", label=_("资质"))
    platform = django_filters.CharFilter(field_name="platform__slug", label=_("平台编号"))
    trl = django_filters.NumberFilter(
        method="covers_trl", label=_("成熟度等级（1–9）"), min_value=1, max_value=9
    )
    free_by = django_filters.DateFilter(
        field_name="next_free_date",
        lookup_expr="lte",
        label=_("最晚排期"),
        widget=DayInput(),
    )
    known = django_filters.MultipleChoiceFilter(
        method="is_known",
        label=_("已写明"),
        choices=[(key, label) for key, (label, _condition) in KNOWN.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    open = OpenFilter(field_name="is_open")

    def covers_trl(self, rows: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(
            Q(trl_low__lte=value) & (Q(trl_high__gte=value) | Q(trl_high__isnull=True))
            | Q(trl_low__isnull=True) & Q(trl_high__gte=value)
        )

    def is_known(self, rows: QuerySet[Any], _name: str, value: list[str]) -> QuerySet[Any]:
        for key in value:
            rows = rows.filter(KNOWN[key][1])
        return rows


class EquipmentFilter(ListingFilter):
    facets = ("province", "city", "origin", "freshness")

    origin = django_filters.MultipleChoiceFilter(label=_("产地"), choices=Origin.choices)
    open = OpenFilter(field_name="is_open")
    bookable = BookableFilter()


class LineFilter(ListingFilter):
    facets = ("province", "city", "line_kind", "freshness")

    line_kind = django_filters.MultipleChoiceFilter(
        field_name="kind", label=_("类型"), choices=LineKind.choices
    )
    open = OpenFilter(field_name="is_open")
    bookable = BookableFilter()


class ExpertFilter(ListingFilter):
    facets = ("province", "city", "freshness")

    engagement = django_filters.MultipleChoiceFilter(
        method="engages",
        label=_("合作方式"),
        choices=EngagementMode.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    def engages(self, rows: QuerySet[Any], _name: str, value: list[str]) -> QuerySet[Any]:
        return rows.filter(engagement_modes__overlap=value)


class SolutionFilter(ListingFilter):
    facets = ("province", "city", "freshness")
