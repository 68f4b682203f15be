"""Filters shared by pages and endpoints."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.filters import FacetedFilterSet
from core.models import JobStatus
from demands.models import Demand
from matching.access import CapabilityMatchesAccess
from matching.enums import RunKind
from matching.selectors.atlas import NOTHING, UNKNOWN_LABEL
from platforms.models import Capability
from taxonomy.filters import TermChoiceFilter
from taxonomy.models import Region


def _mine(request: Any) -> QuerySet[Capability]:
    if request is None:
        return Capability.objects.none()
    return CapabilityMatchesAccess(request.user).capabilities.manageable().order_by("title", "pk")


class FittingDemandFilter(FacetedFilterSet):
    """Narrow the demands that fit by capability and field."""

    facets = ("capability", "field")
    capability = django_filters.ModelMultipleChoiceFilter(
        field_name="capability", queryset=_mine, label=_("我的能力")
    )
    field = TermChoiceFilter("field-data", field_name="demand__field", label=_("领域"))


class MatchRunFilter(FacetedFilterSet):
    """Narrow the runs by kind and state."""

    facets = ("kind", "status")
    kind = django_filters.MultipleChoiceFilter(choices=RunKind.choices, label=_("类型"))
    status = django_filters.MultipleChoiceFilter(choices=JobStatus.choices, label=_("状态"))


class UnmetDemandFilter(FacetedFilterSet):
    """Narrow the unmet demands by process, field, place and service; `none` is 未注明."""

    facets = ("process", "field", "service")
    process = TermChoiceFilter(
        "process-kind", field_name="process_kind", null=(NOTHING, UNKNOWN_LABEL), label=_("工艺")
    )
    field = TermChoiceFilter("field-data", null=(NOTHING, UNKNOWN_LABEL), label=_("领域"))
    region = django_filters.CharFilter(method="in_region", label=_("地区"))
    service = TermChoiceFilter("service-type", field_name="service_types", label=_("服务类型"))

    def in_region(self, rows: QuerySet[Demand], name: str, value: str) -> QuerySet[Demand]:
        """Demands inside the region of a code; `none`: those that state none."""
        if value == NOTHING:
            return rows.filter(region__isnull=True)
        region = Region.objects.filter(pk=value).first()
        return rows.filter(region__code__startswith=region.prefix) if region else rows.none()
