"""Endpoint of the import-tax policy's list: the list for its parties, a proof for all (G47)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.permissions import BasePermission, IsAuthenticated

from accounts.enums import Scope
from platforms.filters import TaxFilter
from platforms.models import TaxEligibility
from platforms.selectors.eligibility import RELATED, eligibility_rows


class EligibilitySerializer(serializers.ModelSerializer[TaxEligibility]):
    """进口税收资格；`is_valid` 为今天是否有效。"""

    platform = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    platform_name = serializers.CharField(source="platform.name", read_only=True)
    region = serializers.CharField(source="platform.region_id", read_only=True)
    is_valid = serializers.BooleanField(read_only=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True, help_text="证明页路径")

    class Meta:
        model = TaxEligibility
        fields = (
            "verification_code", "platform", "platform_name", "region", "document_number",
            "started_date", "valid_until", "ended_date", "end_reason", "is_valid", "is_demo", "url",
        )  # fmt: skip


@extend_schema_view(
    list=extend_schema(summary="进口税收政策名单：本单位平台的，或辖区内的"),
    retrieve=extend_schema(summary="核验一份进口税收资格证明"),
)
class EligibilityViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """进口税收资格：名单给平台单位和主管部门；单个证明凭核验码公开核验。"""

    read_scope = Scope.PLATFORMS_READ
    queryset = TaxEligibility.objects.none()
    serializer_class = EligibilitySerializer
    filterset_class = TaxFilter
    lookup_field = "verification_code"
    ordering_fields = ("started_date", "valid_until")

    def get_permissions(self) -> list[BasePermission]:
        found: list[Any] = super().get_permissions()
        return [*found, IsAuthenticated()] if self.action == "list" else found

    def get_queryset(self) -> QuerySet[Any]:
        if self.action == "list":
            return eligibility_rows(self.request.user)
        return TaxEligibility.objects.select_related(*RELATED)
