"""REST endpoint of challenges: read."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, viewsets

from accounts.enums import Scope
from cases.access import ChallengeAccess
from cases.filters import ChallengeFilter
from cases.models import Challenge
from cases.selectors import challenge_rows


class ChallengeSerializer(serializers.ModelSerializer[Challenge]):
    """技术揭榜项目：要做什么见其需求。榜金单位为万元。"""

    title = serializers.CharField(source="demand.title")
    demand = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    region = serializers.CharField(source="region_id", help_text="地区代码")
    listing = serializers.CharField(allow_null=True, help_text="榜单：地区、年份与批次")
    winner = serializers.SerializerMethodField()
    is_demo = serializers.BooleanField()
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = Challenge
        fields = (
            "id", "title", "demand", "region", "listing", "bounty_wan", "payer", "conditions",
            "due_date", "publicity_until", "status", "winner", "is_demo", "url",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.SlugField(allow_null=True))
    def get_winner(self, row: Any) -> str | None:
        """中选平台的编号。"""
        return next((bid.platform.slug for bid in row.chosen), None)


@extend_schema_view(
    list=extend_schema(summary="技术揭榜项目"), retrieve=extend_schema(summary="一个技术揭榜项目")
)
class ChallengeViewSet(viewsets.ReadOnlyModelViewSet[Challenge]):
    """技术揭榜：随榜单发布后公开；方案不在接口中。"""

    queryset = Challenge.objects.none()
    serializer_class = ChallengeSerializer
    filterset_class = ChallengeFilter
    ordering_fields = ("due_date", "bounty_wan")
    read_scope = Scope.CASES_READ

    def get_queryset(self) -> QuerySet[Challenge]:
        return challenge_rows(ChallengeAccess(self.request.user).visible())
