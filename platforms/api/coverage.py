"""Endpoint of the bodies that must enter the register (G01, PRT-01)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.permissions import IsAuthenticated

from accounts.api.permissions import HasScope
from accounts.enums import Scope
from platforms.filters import CoverageFilter
from platforms.models import FundedBody
from platforms.selectors.coverage import coverage_rows


class FundedBodySerializer(serializers.ModelSerializer[FundedBody]):
    """应纳入机构；`is_entered` 为同一信用代码的单位是否已有公开的平台，`platform` 为该平台编号。"""

    region = serializers.CharField(source="region_id", read_only=True)
    basis = serializers.CharField(source="basis.code", read_only=True, help_text="纳入依据的代码")
    is_entered = serializers.BooleanField(read_only=True)
    is_registered = serializers.BooleanField(read_only=True, help_text="机构是否已在本平台注册")
    platform = serializers.CharField(source="platform_slug", read_only=True, allow_null=True)
    platform_name = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = FundedBody
        fields = (
            "uscc", "name", "region", "basis", "fund", "source", "is_entered", "is_registered",
            "platform", "platform_name", "is_demo",
        )  # fmt: skip


@extend_schema_view(
    list=extend_schema(summary="辖区内的应纳入机构，未纳入的在前"),
    retrieve=extend_schema(summary="一家应纳入机构，按统一社会信用代码"),
)
class CoverageViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """应纳入机构：只给其所在地区的主管部门。"""

    read_scope = Scope.PLATFORMS_READ
    permission_classes = (IsAuthenticated, HasScope)
    queryset = FundedBody.objects.none()
    serializer_class = FundedBodySerializer
    filterset_class = CoverageFilter
    lookup_field = "uscc"
    ordering_fields = ("name", "is_entered")

    def get_queryset(self) -> QuerySet[Any]:
        return coverage_rows(self.request.user)
