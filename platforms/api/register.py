"""Endpoint of register entries: public ones to read, a platform's system writes its own."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from platforms import services
from platforms.access import RegisterAccess
from platforms.api.recognition_serializers import UsageReceipt
from platforms.filters import RegisterFilter
from platforms.models import Platform, RegisterEntry
from platforms.selectors.register import RELATED

FIELDS = ("platform", "kind", "title", "level", "patent", "number", "started_date", "ended_date",
          "link", "note")  # fmt: skip


class EntrySerializer(serializers.ModelSerializer[RegisterEntry]):
    """登记事项；patent 为被许可的专利号。"""

    platform = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    platform_name = serializers.CharField(source="platform.name", read_only=True)
    region = serializers.CharField(source="platform.region_id", help_text="行政区划代码")
    patent = serializers.CharField(source="patent.number", default=None)
    url = serializers.CharField(source="get_absolute_url", read_only=True, help_text="页面路径")

    class Meta:
        model = RegisterEntry
        fields = ("id", "platform_name", "region", *FIELDS, "end_reason", "is_demo", "url")
        read_only_fields = fields


class EntryLine(serializers.ModelSerializer[RegisterEntry]):
    """一项登记：platform 为平台编号；patent 为本平台已登记的专利号，只有被许可要填。"""

    platform = serializers.SlugRelatedField(
        slug_field="slug", queryset=Platform.objects.select_related("organisation")
    )
    patent = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")

    class Meta:
        model = RegisterEntry
        fields = FIELDS
        validators: list[Any] = []


class EntryInput(serializers.Serializer[Any]):
    lines = EntryLine(many=True, allow_empty=False, max_length=1000)


class RegisterViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]
):
    """登记事项：开放数据集、专利开放许可、应用场景和活动公开；本单位的可成批上报。"""

    read_scope = Scope.PLATFORMS_READ
    write_scope = Scope.PLATFORMS_WRITE
    queryset = RegisterEntry.objects.none()
    serializer_class = EntrySerializer
    filterset_class = RegisterFilter
    ordering_fields = ("started_date",)

    def get_queryset(self) -> QuerySet[Any]:
        rows = RegisterAccess(self.request.user).visible().select_related(*RELATED)
        return rows.order_by("-started_date", "-pk")

    @extend_schema(request=EntryInput, responses={201: UsageReceipt})
    def create(self, request: Request) -> Response:
        """登记，最多 1000 项；全部写入或全不写入，已登记的不重复登记。"""
        form = EntryInput(data=request.data)
        form.is_valid(raise_exception=True)
        received = services.receive_entries(
            actor=request.user, lines=form.validated_data["lines"], now=timezone.now()
        )
        return Response(UsageReceipt(received).data, status=status.HTTP_201_CREATED)
