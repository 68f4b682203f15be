"""Filters over projects and cases, shared by pages and API."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.enums import (
    ChallengeStatus,
    ClearanceKind,
    ClearanceStage,
    ProjectStatus,
    VoucherMode,
    VoucherProgrammeStatus,
    VoucherReach,
    VoucherStatus,
)
from cases.models import Case, Project, Voucher
from cases.querysets import InspectionQuerySet
from cases.selectors import case_years
from core.filters import FacetedFilterSet, WordsFilter
from taxonomy.filters import TermChoiceFilter
from taxonomy.selectors import provinces

TIMING = [("overdue", _("超时未回复")), ("waiting", _("时限内待回复"))]
SIDE = [("asked", _("我方咨询")), ("run", _("咨询我方平台"))]
NAMES = ("number", "title", "platform__name", "enterprise__name")


def _several(path: str, label: Any, choices: Any) -> django_filters.MultipleChoiceFilter:
    return django_filters.MultipleChoiceFilter(
        field_name=path, label=label, choices=choices, widget=forms.CheckboxSelectMultiple
    )


class ProjectFilter(FacetedFilterSet):
    """Projects. Expects `selectors.project_rows`, whose annotations some facets count."""

    facets = ("timing", "status", "side")

    q = django_filters.CharFilter(method="named", label=_("编号、事项或单位"))
    timing = _several("timing", _("回复"), TIMING)
    status = _several("status", _("状态"), ProjectStatus.choices)
    side = _several("side", _("我方身份"), SIDE)

    def named(self, rows: QuerySet[Project], _name: str, value: str) -> QuerySet[Project]:
        condition = Q(pk__in=[])
        for path in NAMES:
            condition |= Q(**{f"{path}__icontains": value})
        return rows.filter(condition)


class ClearanceFilter(FacetedFilterSet):
    """The ledger of EIA and safety."""

    facets = ("kind", "stage")

    q = django_filters.CharFilter(
        field_name="project__platform__name", lookup_expr="icontains", label=_("平台名称")
    )
    kind = _several("kind", _("手续"), ClearanceKind.choices)
    stage = _several("stage", _("办理情况"), ClearanceStage.choices)


class InspectionFilter(FacetedFilterSet):
    """Safety inspections: what is to be mended, what is late."""

    q = django_filters.CharFilter(
        field_name="project__platform__name", lookup_expr="icontains", label=_("平台名称")
    )
    timing = django_filters.ChoiceFilter(
        method="mending", label=_("整改"), empty_label=_("不限"),
        choices=[("open", _("未整改完")), ("overdue", _("逾期未整改"))],
    )  # fmt: skip

    def mending(self, rows: InspectionQuerySet, _name: str, value: str) -> InspectionQuerySet:
        return rows.overdue(today=timezone.localdate()) if value == "overdue" else rows.unmended()


class CaseFilter(FacetedFilterSet):
    """Public cases. Expects `selectors.case_rows`, whose annotations some facets count."""

    facets = ("field", "region", "year")

    q = WordsFilter()
    field = TermChoiceFilter("field-data", label=_("领域"), widget=forms.CheckboxSelectMultiple)
    region = _several("province", _("地区"), lambda: [(r.code, r.short_name) for r in provinces()])
    year = _several("year", _("年份"), case_years)
    platform = django_filters.CharFilter(field_name="platform__slug", label=_("平台编号"))

    def filter_queryset(self, queryset: QuerySet[Case]) -> QuerySet[Case]:
        """Words asked for: the best hits first."""
        rows = super().filter_queryset(queryset)
        return rows.order_by("-search_rank", "-pk") if self.form.cleaned_data.get("q") else rows


class VoucherProgrammeFilter(FacetedFilterSet):
    """Programmes of service vouchers."""

    facets = ("status", "reach")

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("名称"))
    status = _several("status", _("状态"), VoucherProgrammeStatus.choices)
    reach = _several("reach", _("可用平台"), VoucherReach.choices)


class VoucherFilter(FacetedFilterSet):
    """Vouchers, by who and what, and those whose audit is late."""

    facets = ("status", "mode")

    q = django_filters.CharFilter(method="named", label=_("券号、企业、平台或方案"))
    status = _several("status", _("状态"), VoucherStatus.choices)
    mode = _several("mode", _("兑付方式"), VoucherMode.choices)
    timing = django_filters.ChoiceFilter(
        method="late",
        label=_("审核"),
        empty_label=_("不限"),
        choices=[("overdue", _("超时未审核"))],
    )

    def named(self, rows: QuerySet[Voucher], _name: str, value: str) -> QuerySet[Voucher]:
        condition = Q(pk__in=[])
        for path in ("number", "enterprise__name", "project__platform__name", "programme__name"):
            condition |= Q(**{f"{path}__icontains": value})
        return rows.filter(condition)

    def late(self, rows: QuerySet[Voucher], _name: str, _value: str) -> QuerySet[Voucher]:
        return rows.filter(status=VoucherStatus.REQUESTED, audit_due_at__lt=timezone.now())


class ChallengeFilter(FacetedFilterSet):
    """Challenges by words of their demand, state and field."""

    facets = ("status", "field")

    q = django_filters.CharFilter(
        field_name="demand__title", lookup_expr="icontains", label=_("项目名称")
    )
    status = _several("status", _("状态"), ChallengeStatus.choices)
    field = TermChoiceFilter(
        "field-data", field_name="demand__field", label=_("领域"),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
