"""The filter of bodies that must enter the register."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.filters import FacetedFilterSet
from taxonomy.filters import TermChoiceFilter


class CoverageFilter(FacetedFilterSet):
    q = django_filters.CharFilter(
        method="named", label=_("名称或信用代码"),
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip
    state = django_filters.ChoiceFilter(
        method="entered", label=_("是否纳入"), empty_label=_("不限"),
        choices=[("no", _("未纳入")), ("yes", _("已纳入"))],
    )  # fmt: skip
    basis = TermChoiceFilter("inclusion-basis", label=_("纳入依据"))
    facets = ("basis",)

    def named(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(name__icontains=value) | Q(uscc__icontains=value))

    def entered(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(is_entered=value == "yes")
