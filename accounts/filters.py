"""Filters of lists of accounts."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import OrganisationStatus, Role
from accounts.models import Organisation, RoleAssignment, User
from core.activity import sentence
from core.fields import DayInput
from core.filters import FacetedFilterSet
from core.models import ActivityLog


class OrganisationFilter(FacetedFilterSet):
    q = django_filters.CharFilter(method="by_words", label=_("名称或信用代码"))
    status = django_filters.MultipleChoiceFilter(
        choices=OrganisationStatus.choices, label=_("状态")
    )
    wants_platform = django_filters.ChoiceFilter(
        choices=[(True, _("申请登记平台")), (False, _("不申请"))], label=_("中试平台")
    )
    facets = ("status", "wants_platform")

    def by_words(
        self, queryset: QuerySet[Organisation], _name: str, value: str
    ) -> QuerySet[Organisation]:
        return queryset.filter(Q(name__icontains=value) | Q(uscc__icontains=value))


class UserFilter(FacetedFilterSet):
    q = django_filters.CharFilter(method="by_words", label=_("姓名、邮箱或单位"))
    role = django_filters.ChoiceFilter(
        choices=Role.choices, method="holding", label=_("角色"), empty_label=_("全部")
    )
    is_active = django_filters.ChoiceFilter(
        choices=[(True, _("启用")), (False, _("停用"))], label=_("账号状态")
    )
    facets = ("is_active",)

    def by_words(self, queryset: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        there = RoleAssignment.objects.current(now=timezone.now()).filter(
            user=OuterRef("pk"), organisation__name__icontains=value
        )
        return queryset.filter(Q(name__icontains=value) | Q(email__icontains=value) | Exists(there))

    def holding(self, queryset: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        held = RoleAssignment.objects.current(now=timezone.now())
        return queryset.filter(Exists(held.filter(user=OuterRef("pk"), role=value)))


def action_choices() -> list[tuple[str, str]]:
    """Every action that the log holds, by what it reads like."""
    names = ActivityLog.objects.order_by().values_list("action", flat=True).distinct()
    return sorted(((name, sentence(name)) for name in names), key=lambda pair: pair[1])


class PeriodForm(forms.Form):
    """Two days, the first not after the last."""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", _("截止日期早于起始日期，请对调。"))
        return values


class ActivityFilter(django_filters.FilterSet):
    person = django_filters.CharFilter(method="by_person", label=_("操作人（姓名或邮箱）"))
    action = django_filters.ChoiceFilter(
        choices=action_choices, label=_("动作"), empty_label=_("全部")
    )
    target = django_filters.CharFilter(
        field_name="target_label", lookup_expr="icontains", label=_("对象")
    )
    since = django_filters.DateFilter(
        field_name="at",
        lookup_expr="date__gte",
        label=_("起始日期"),
        widget=DayInput(),
    )
    until = django_filters.DateFilter(
        field_name="at",
        lookup_expr="date__lte",
        label=_("截止日期"),
        widget=DayInput(),
    )

    class Meta:
        form = PeriodForm

    def by_person(
        self, queryset: QuerySet[ActivityLog], _name: str, value: str
    ) -> QuerySet[ActivityLog]:
        return queryset.filter(Q(actor_name__icontains=value) | Q(actor__email__icontains=value))
