"""The filter of pulled records."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exchange.enums import Kind
from exchange.selectors import STATES

STATE_LABELS = [
    ("synced", _("一致")),
    ("conflict", _("有冲突")),
    ("failed", _("未能同步")),
    ("gone", _("对方已撤下")),
    ("skipped", _("不取")),
]


class RecordFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        method="named", label=_("名称或编号"),
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip
    kind = django_filters.ChoiceFilter(label=_("类别"), choices=Kind.choices, empty_label=_("不限"))
    state = django_filters.ChoiceFilter(
        method="in_state", label=_("状态"), choices=STATE_LABELS, empty_label=_("不限")
    )

    def named(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(label__icontains=value) | Q(remote_id=value))

    def in_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(STATES[value])
