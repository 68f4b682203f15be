"""Endpoints of the gap atlas: the cells of the cube, and the unmet demands behind them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from core.errors import DomainError
from demands.models import Demand
from matching.filters import UnmetDemandFilter
from matching.forms import AtlasForm
from matching.selectors.atlas import GapLine, demands_query, gap_lines, unmet_demands

NARROWING = {
    "process": "工艺类别代码；none 为未注明",
    "field": "领域代码；none 为未注明",
    "province": "省级行政区划代码；给出时地区细到地市",
    "service": "服务类型代码",
}


class GapSerializer(serializers.Serializer[GapLine]):
    """A cell: open demands of one process kind, field and region. Empty codes: 未注明."""

    process_code = serializers.CharField(source="place.process", help_text="工艺类别代码")
    process_name = serializers.CharField(source="process")
    field_code = serializers.CharField(source="place.field", help_text="领域代码")
    field_name = serializers.CharField(source="field")
    region_code = serializers.CharField(source="place.region", help_text="行政区划代码")
    region_name = serializers.CharField(source="region")
    unmet = serializers.IntegerField(help_text="没有合适能力的需求数")
    total = serializers.IntegerField(help_text="征集中、已匹配的需求数")
    supply = serializers.IntegerField(help_text="全国该工艺和领域的公开能力数")
    url = serializers.SerializerMethodField(help_text="列出这些需求的页面路径")

    @extend_schema_field(serializers.CharField())
    def get_url(self, line: GapLine) -> str:
        return f"{reverse('matching:unmet')}?{demands_query(line.place._asdict())}"


class UnmetDemandSerializer(serializers.ModelSerializer[Demand]):
    """An unmet demand as everybody may read it."""

    text = serializers.CharField(source="public_text")
    process = serializers.SlugRelatedField[Any](
        source="process_kind", slug_field="code", read_only=True
    )
    is_process_recognised = serializers.BooleanField(read_only=True)
    field = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    region = serializers.CharField(source="region_id", allow_null=True, help_text="行政区划代码")
    near_count = serializers.IntegerField(
        source="match_list.near_count", help_text="只差条件的能力数"
    )
    missing = serializers.ListField(
        source="match_list.missing",
        child=serializers.CharField(),
        help_text="标题中最接近的能力都没有写明的词",
    )
    url = serializers.CharField(source="get_absolute_url", help_text="页面路径")

    class Meta:
        model = Demand
        fields = (
            "slug", "title", "text", "process", "is_process_recognised", "field", "region",
            "near_count", "missing", "published_at", "url",
        )  # fmt: skip
        read_only_fields = fields


def _check(asked: Any) -> None:
    """Refuse a query that its form or filter does not understand."""
    if not asked.is_valid():
        field, messages = next(iter(asked.errors.items()))
        raise DomainError("invalid", str(messages[0]), field)


class GapViewSet(viewsets.GenericViewSet[Demand]):
    """需求缺口：没有合适能力的征集中需求，按工艺、领域、地区统计。持 matching:read 的令牌可读。"""

    queryset = Demand.objects.none()
    serializer_class = GapSerializer
    filter_backends: list[Any] = []
    read_scope = Scope.MATCHING_READ

    @extend_schema(
        summary="需求缺口",
        parameters=[
            OpenApiParameter(name, str, description=text) for name, text in NARROWING.items()
        ],
        responses=GapSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        """有需求的每一格，未满足最多的在前；演示数据不计入。"""
        form = AtlasForm(request.query_params)
        _check(form)
        rows = self.paginate_queryset(gap_lines(form.narrowing))  # type: ignore[arg-type]
        return self.get_paginated_response(GapSerializer(rows, many=True).data)

    @extend_schema(
        summary="未满足的需求",
        parameters=[
            OpenApiParameter(name, str, description=text)
            for name, text in (NARROWING | {"region": "行政区划代码；none 为未注明"}).items()
            if name != "province"
        ],
        responses=UnmetDemandSerializer(many=True),
    )
    @action(detail=False, methods=["get"])
    def demands(self, request: Request) -> Response:
        """缺口背后的需求，新的在前；只公开摘要的只给摘要。"""
        filterset = UnmetDemandFilter(
            request.query_params, queryset=unmet_demands(), request=request
        )
        _check(filterset)
        rows: QuerySet[Demand] = filterset.qs
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(UnmetDemandSerializer(page, many=True).data)
