"""Filters of the lists, shared by pages and API."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.filters import FacetedFilterSet, ValuesFilter, WordsFilter
from platforms.filters import PlaceFilter
from reporting.enums import AlertStatus, Family, Fill, Period, ReportStatus
from reporting.models import Alert, AnnualReport, Indicator
from reporting.selectors.reports import asking_reports, report_years, waiting_reports

PARTS = [("annual", _("年度报告")), ("portal", _("门户运行"))]


class IndicatorFilter(FacetedFilterSet):
    facets: ClassVar = ("part", "family", "fill", "period")

    q = django_filters.CharFilter(method="words", label=_("关键词"))
    part = django_filters.MultipleChoiceFilter(choices=PARTS, label=_("部分"))
    family = django_filters.MultipleChoiceFilter(choices=Family.choices, label=_("监测方面"))
    fill = django_filters.MultipleChoiceFilter(choices=Fill.choices, label=_("来源"))
    period = django_filters.MultipleChoiceFilter(choices=Period.choices, label=_("统计期"))

    def __init__(self, data: Any = None, queryset: Any = None, **kwargs: Any) -> None:
        rows = Indicator.objects.all() if queryset is None else queryset
        super().__init__(data, rows.with_family(), **kwargs)

    def words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(
            Q(code__icontains=value) | Q(name__icontains=value) | Q(definition__icontains=value)
        )


class ReportFilter(PlaceFilter):
    facets: ClassVar = ("status", "year", "province", "city")

    q = django_filters.CharFilter(field_name="platform__name", lookup_expr="icontains",
                                  label=_("平台名称"))  # fmt: skip
    status = django_filters.MultipleChoiceFilter(choices=ReportStatus.choices, label=_("状态"))
    year = django_filters.MultipleChoiceFilter(
        field_name="cycle__year", label=_("年度"), choices=report_years
    )
    overdue = django_filters.BooleanFilter(
        method="only_overdue", label=_("只看逾期未报"), widget=forms.CheckboxInput
    )
    waiting = django_filters.BooleanFilter(
        method="only_waiting", label=_("只看待本级审核"), widget=forms.CheckboxInput
    )
    asking = django_filters.BooleanFilter(
        method="only_asking", label=_("只看待答复的申请"), widget=forms.CheckboxInput
    )

    def only_overdue(self, rows: QuerySet[Any], name: str, value: bool | None) -> QuerySet[Any]:
        today = timezone.localdate()
        late = AnnualReport.objects.overdue(today=today)
        return rows.filter(pk__in=late.values("pk")) if value else rows

    def only_waiting(self, rows: QuerySet[Any], name: str, value: bool | None) -> QuerySet[Any]:
        waiting = waiting_reports(self.request.user)
        return rows.filter(pk__in=waiting.values("pk")) if value else rows

    def only_asking(self, rows: QuerySet[Any], name: str, value: bool | None) -> QuerySet[Any]:
        return asking_reports(rows) if value else rows


class AlertFilter(FacetedFilterSet):
    facets: ClassVar = ("status",)

    status = django_filters.MultipleChoiceFilter(choices=AlertStatus.choices, label=_("状态"))
    mine = django_filters.BooleanFilter(
        method="only_mine", label=_("只看我负责的"), widget=forms.CheckboxInput
    )
    overdue = django_filters.BooleanFilter(
        method="only_overdue", label=_("只看逾期未办结"), widget=forms.CheckboxInput
    )

    def only_mine(self, rows: QuerySet[Any], name: str, value: bool | None) -> QuerySet[Any]:
        return rows.filter(owner=self.request.user) if value else rows

    def only_overdue(self, rows: QuerySet[Any], name: str, value: bool | None) -> QuerySet[Any]:
        late = Alert.objects.overdue(today=timezone.localdate())
        return rows.filter(pk__in=late.values("pk")) if value else rows


class ResultFilter(PlaceFilter):
    facets: ClassVar = ("grade", "province", "city", "group")

    q = django_filters.CharFilter(field_name="platform__name", lookup_expr="icontains",
                                  label=_("平台名称"))  # fmt: skip
    grade = ValuesFilter(field_name="grade_name", label=_("等次"))
    group = ValuesFilter(field_name="group", label=_("同类组"))


class ListRowFilter(FacetedFilterSet):
    """Words anywhere in a line of a numbered list."""

    q = WordsFilter(label=_("在本期中查找"))
