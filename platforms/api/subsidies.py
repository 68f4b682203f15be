"""Endpoint of declining subsidies: read year by year."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, viewsets
from rest_framework.permissions import IsAuthenticated

from accounts.api.permissions import HasScope
from accounts.enums import Scope
from platforms.filters import SubsidyFilter
from platforms.models import SubsidyYear
from platforms.selectors.subsidies import subsidy_rows


class SubsidySerializer(serializers.ModelSerializer[SubsidyYear]):
    """退坡补贴一年的计划、考核和拨付。金额单位为元。"""

    platform = serializers.SlugRelatedField(
        source="plan.platform", slug_field="slug", read_only=True
    )
    plan = serializers.IntegerField(source="plan_id", read_only=True)
    level = serializers.CharField(source="plan.level", read_only=True)
    fund = serializers.CharField(source="plan.fund", read_only=True)
    gate = serializers.CharField(source="plan.gate", read_only=True)
    document_number = serializers.CharField(source="plan.document_number", read_only=True)
    paid_yuan = serializers.DecimalField(
        max_digits=14, decimal_places=2, read_only=True, allow_null=True
    )
    paid_date = serializers.DateField(source="funding.paid_date", read_only=True, allow_null=True)
    is_demo = serializers.BooleanField(source="plan.is_demo", read_only=True)

    class Meta:
        model = SubsidyYear
        fields = (
            "id", "plan", "platform", "level", "fund", "document_number", "year",
            "rate_percent", "planned_yuan", "gate", "basis", "status", "paid_yuan", "paid_date",
            "is_demo",
        )  # fmt: skip


class SubsidyViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """退坡补贴：本单位平台的，或辖区内的，一年一条。"""

    read_scope = Scope.PLATFORMS_READ
    permission_classes = (IsAuthenticated, HasScope)
    queryset = SubsidyYear.objects.none()
    serializer_class = SubsidySerializer
    filterset_class = SubsidyFilter
    ordering_fields = ("year", "planned_yuan")

    def get_queryset(self) -> QuerySet[Any]:
        return subsidy_rows(self.request.user)
