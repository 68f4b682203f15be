"""Endpoint of the challenge list: read."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets

from accounts.enums import Scope
from platforms.access import ChallengeItemAccess
from platforms.enums import ChallengeState
from platforms.filters import ChallengeFilter
from platforms.models import ChallengeItem
from platforms.selectors.challenges import challenge_rows


class ChallengeItemSerializer(serializers.ModelSerializer[ChallengeItem]):
    """榜单项目：要建什么、谁揭了榜。支持资金单位为万元。"""

    programme = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    process_kind = serializers.SlugRelatedField(slug_field="code", read_only=True)
    field = serializers.SlugRelatedField(slug_field="code", read_only=True)
    region = serializers.CharField(source="region_id", read_only=True, allow_null=True)
    state = serializers.ChoiceField(choices=ChallengeState.choices, read_only=True)
    bid_count = serializers.IntegerField(read_only=True)
    winner = serializers.SerializerMethodField()
    is_demo = serializers.BooleanField(source="programme.is_demo", read_only=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = ChallengeItem
        fields = (
            "id", "programme", "title", "process_kind", "field", "region", "requirement",
            "finish_by_date", "support_wan", "source", "unmet_count", "state", "bid_count",
            "winner", "is_demo", "url",
        )  # fmt: skip

    @extend_schema_field(serializers.SlugField(allow_null=True))
    def get_winner(self, row: Any) -> str | None:
        """揭榜平台的编号。"""
        return next((bid.platform.slug for bid in row.winners), None)


class ChallengeItemViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """揭榜榜单：批次发布后公开。"""

    read_scope = Scope.PLATFORMS_READ
    queryset = ChallengeItem.objects.none()
    serializer_class = ChallengeItemSerializer
    filterset_class = ChallengeFilter
    ordering_fields = ("finish_by_date", "support_wan")

    def get_queryset(self) -> QuerySet[Any]:
        return challenge_rows(ChallengeItemAccess(self.request.user).visible())
