"""Filters of the roster, of change reports and of the ledger, shared by pages and API."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.filters import FacetedFilterSet
from platforms.enums import (
    ApplicationStatus,
    AssessmentKind,
    ChangeKind,
    ChangeStatus,
    FundingKind,
    GovernmentLevel,
    RequestStatus,
    Stance,
    SubsidyStatus,
    SupportKind,
    TicketStatus,
)
from platforms.filters.listings import city_filter
from platforms.models import (
    Scheme,
)
from platforms.selectors.eligibility import valid_on
from platforms.selectors.operations import UNFINISHED, is_pressing
from platforms.selectors.recognition import waiting_applications
from platforms.selectors.roster import ENTRY, EXIT
from platforms.selectors.subsidies import is_due


def scheme_choices() -> list[tuple[str, str]]:
    """Schemes by name."""
    return list(Scheme.objects.order_by("name", "pk").values_list("slug", "name"))


class NameFilter(django_filters.CharFilter):
    """Rows whose platform's name holds the text."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"type": "search"})
        super().__init__(label=_("平台名称"), widget=widget, **kwargs)


class RosterFilter(FacetedFilterSet):
    q = NameFilter(method="named")
    scheme = django_filters.MultipleChoiceFilter(
        field_name="scheme__slug", label=_("认定办法"), choices=scheme_choices
    )
    level = django_filters.MultipleChoiceFilter(
        field_name="scheme__level", label=_("级别"), choices=GovernmentLevel.choices
    )
    city = city_filter(field_name="platform__region")
    facets = ("level", "scheme")

    def named(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        word = value.strip()
        return rows.filter(
            Q(platform__name__icontains=word) | Q(certificate_number__icontains=word)
        )


class RosterChangeFilter(FacetedFilterSet):
    q = NameFilter(field_name="recognition__platform__name", lookup_expr="icontains")
    kind = django_filters.ChoiceFilter(
        method="of_kind",
        label=_("变动"),
        choices=[("entry", _("入册")), ("exit", _("退出")), ("other", _("警示、整改与恢复"))],
        empty_label=_("不限"),
    )
    scheme = django_filters.MultipleChoiceFilter(
        field_name="recognition__scheme__slug", label=_("认定办法"), choices=scheme_choices
    )
    facets = ("scheme",)

    def of_kind(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        wanted = {"entry": ENTRY, "exit": EXIT, "other": ~ENTRY & ~EXIT}
        return rows.filter(wanted[value])


class ApplicationFilter(FacetedFilterSet):
    q = django_filters.CharFilter(
        method="named",
        label=_("平台或编号"),
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    status = django_filters.MultipleChoiceFilter(label=_("状态"), choices=ApplicationStatus.choices)
    scheme = django_filters.MultipleChoiceFilter(
        field_name="programme__scheme__slug", label=_("认定办法"), choices=scheme_choices
    )
    timing = django_filters.ChoiceFilter(
        method="late",
        label=_("办理时限"),
        choices=[("overdue", _("已超时")), ("elsewhere", _("已超时，不在本级"))],
        empty_label=_("不限"),
    )
    facets = ("status", "scheme")

    def named(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        word = value.strip()
        return rows.filter(Q(platform__name__icontains=word) | Q(number__iexact=word))

    def late(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        late = rows.filter(stage_due_at__lt=timezone.now())
        if value == "elsewhere":
            return late.exclude(pk__in=waiting_applications(self.request.user).values("pk"))
        return late


class ChangeFilter(FacetedFilterSet):
    kind = django_filters.MultipleChoiceFilter(label=_("变动类别"), choices=ChangeKind.choices)
    status = django_filters.MultipleChoiceFilter(label=_("状态"), choices=ChangeStatus.choices)
    is_detected = django_filters.ChoiceFilter(
        label=_("怎么得知"),
        choices=[("True", _("系统发现")), ("False", _("平台报告"))],
        empty_label=_("不限"),
    )
    facets = ("status", "kind", "is_detected")


class TicketFilter(FacetedFilterSet):
    q = NameFilter(field_name="platform__name", lookup_expr="icontains")
    status = django_filters.MultipleChoiceFilter(label=_("状态"), choices=TicketStatus.choices)
    kind = django_filters.MultipleChoiceFilter(label=_("类别"), choices=SupportKind.choices)
    timing = django_filters.ChoiceFilter(
        method="late",
        label=_("答复期限"),
        choices=[("overdue", _("已超期"))],
        empty_label=_("不限"),
    )
    facets = ("status", "kind")

    def late(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(status=TicketStatus.HANDLING, due_at__lt=timezone.now())


class AssessmentFilter(FacetedFilterSet):
    q = NameFilter(field_name="recognition__platform__name", lookup_expr="icontains")
    kind = django_filters.MultipleChoiceFilter(label=_("类别"), choices=AssessmentKind.choices)
    timing = django_filters.ChoiceFilter(
        method="unfinished",
        label=_("进度"),
        choices=[
            ("open", _("未完成")),
            ("overdue", _("逾期未完成")),
            ("requested", _("已申请考核")),
            ("asking", _("申请延期，待答复")),
            ("pressing", _("逾期、申请考核或延期")),
        ],
        empty_label=_("不限"),
    )
    facets = ("kind",)

    def unfinished(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        rows = rows.filter(UNFINISHED)
        today = timezone.localdate()
        narrowed = {
            "requested": Q(requested_at__isnull=False),
            "asking": Q(extension_asked_date__isnull=False),
            "overdue": Q(due_date__lt=today),
            "pressing": is_pressing(today),
        }
        return rows.filter(narrowed.get(value, Q()))


class OpinionRequestFilter(FacetedFilterSet):
    q = NameFilter(field_name="application__platform__name", lookup_expr="icontains")
    status = django_filters.MultipleChoiceFilter(label=_("状态"), choices=RequestStatus.choices)
    stance = django_filters.MultipleChoiceFilter(label=_("意见"), choices=Stance.choices)
    timing = django_filters.ChoiceFilter(
        method="late",
        label=_("答复期限"),
        choices=[("overdue", _("已超期"))],
        empty_label=_("不限"),
    )
    facets = ("status", "stance")

    def late(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(status=RequestStatus.ASKED, due_at__lt=timezone.now())


class SubsidyFilter(FacetedFilterSet):
    q = NameFilter(field_name="plan__platform__name", lookup_expr="icontains")
    year = django_filters.NumberFilter(label=_("年度"))
    status = django_filters.MultipleChoiceFilter(label=_("状态"), choices=SubsidyStatus.choices)
    timing = django_filters.ChoiceFilter(
        method="due", label=_("到期"), choices=[("due", _("已到年度，待考核或拨付"))],
        empty_label=_("不限"),
    )  # fmt: skip
    facets = ("status",)

    def due(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(is_due(timezone.localdate().year))


class TaxFilter(FacetedFilterSet):
    q = NameFilter(field_name="platform__name", lookup_expr="icontains")
    timing = django_filters.ChoiceFilter(
        method="valid", label=_("是否有效"), empty_label=_("不限"),
        choices=[("valid", _("今天有效")), ("over", _("已停止或到期"))],
    )  # fmt: skip

    def valid(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        today = timezone.localdate()
        holding = valid_on(rows, today)
        if value == "valid":
            return holding
        return rows.filter(started_date__lte=today).exclude(pk__in=holding.values("pk"))


class FundingFilter(FacetedFilterSet):
    q = NameFilter(field_name="platform__name", lookup_expr="icontains")
    year = django_filters.NumberFilter(label=_("年度"))
    level = django_filters.MultipleChoiceFilter(
        label=_("资金级别"), choices=GovernmentLevel.choices
    )
    kind = django_filters.MultipleChoiceFilter(label=_("资金性质"), choices=FundingKind.choices)
    facets = ("level", "kind")
