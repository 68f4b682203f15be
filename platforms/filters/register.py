"""Filters of register entries, shared by pages and API."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.filters import FacetedFilterSet, WordsFilter
from platforms.enums import RegisterKind
from platforms.filters.listings import PlaceFilter
from platforms.models import RegisterEntry
from platforms.registers import PUBLIC_KINDS


class RegisterFilter(FacetedFilterSet):
    q = django_filters.CharFilter(
        method="named", label=_("名称、编号或平台"),
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip
    kind = django_filters.MultipleChoiceFilter(label=_("类别"), choices=RegisterKind.choices)
    year = django_filters.NumberFilter(
        field_name="started_date", lookup_expr="year", label=_("年度")
    )
    standing = django_filters.ChoiceFilter(
        method="stands", label=_("状态"), empty_label=_("不限"),
        choices=[("current", _("有效、开放或未举办")), ("over", _("已停止或已举办"))],
    )  # fmt: skip
    facets: ClassVar[tuple[str, ...]] = ("kind",)

    class Meta:
        model = RegisterEntry
        fields: tuple[str, ...] = ()

    def named(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(
            Q(title__icontains=value) | Q(number__icontains=value) | Q(note__icontains=value)
            | Q(platform__name__icontains=value)
        )  # fmt: skip

    def stands(self, rows: Any, name: str, value: str) -> Any:
        today = timezone.localdate()
        return rows.standing(today) if value == "current" else rows.over(today)


class OpenEntryFilter(RegisterFilter, PlaceFilter):
    """What a visitor filters by: kind, place, words."""

    q = WordsFilter()
    kind = django_filters.MultipleChoiceFilter(
        label=_("类别"), choices=[(kind, kind.label) for kind in PUBLIC_KINDS]
    )
    facets = ("kind", "province", "city")
