"""REST endpoints of evaluations: schemes, runs, results as far as the caller may see them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from reporting.access import EvaluationAccess, ResultAccess, SchemeAccess
from reporting.models import EvaluationResult, EvaluationRun, EvaluationScheme
from reporting.selectors.rankings import RELATED, listed_results


class SchemeSerializer(serializers.ModelSerializer[EvaluationScheme]):
    """A version of a scheme with its whole definition."""

    class Meta:
        model = EvaluationScheme
        fields = ("slug", "version", "name", "use", "is_current", "is_draft", "reason",
                  "created_at", "updated_at", "digest", "definition")  # fmt: skip
        read_only_fields = fields


class EvaluationSerializer(serializers.ModelSerializer[EvaluationRun]):
    """A run: one scheme version over one year of one region."""

    scheme = serializers.CharField(source="scheme.slug")
    scheme_version = serializers.IntegerField(source="scheme.version")
    year = serializers.IntegerField(source="cycle.year")
    region = serializers.CharField(source="region_id", help_text="行政区划代码")

    class Meta:
        model = EvaluationRun
        fields = ("id", "scheme", "scheme_version", "year", "region", "status",
                  "publicity_starts_at", "publicity_ends_at", "is_demo")  # fmt: skip
        read_only_fields = fields


class EvaluationResultSerializer(serializers.ModelSerializer[EvaluationResult]):
    """One platform's place and grade."""

    platform = serializers.CharField(source="platform.slug", help_text="平台编号")
    platform_name = serializers.CharField(source="platform.name")

    class Meta:
        model = EvaluationResult
        fields = ("platform", "platform_name", "rank", "group", "group_rank", "score", "grade",
                  "grade_name", "is_vetoed")  # fmt: skip
        read_only_fields = fields


class EvaluationDetailSerializer(EvaluationResultSerializer):
    """With the frozen inputs and every step; for the platform itself, staff, third parties."""

    inputs = serializers.SerializerMethodField()
    detail = serializers.SerializerMethodField()

    class Meta(EvaluationResultSerializer.Meta):
        fields = (*EvaluationResultSerializer.Meta.fields, "inputs", "detail")
        read_only_fields = fields

    @extend_schema_field(serializers.JSONField())
    def get_inputs(self, result: EvaluationResult) -> Any:
        return result.inputs

    @extend_schema_field(serializers.JSONField())
    def get_detail(self, result: EvaluationResult) -> Any:
        return result.detail


class SchemeViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """评价办法：全部版本，含修改理由和完整内容。公开读取；草稿只有主管部门可见。"""

    queryset = EvaluationScheme.objects.none()
    serializer_class = SchemeSerializer
    read_scope = Scope.REPORTS_READ
    filterset_fields = ("slug", "version", "is_current", "is_draft")
    ordering_fields = ("slug", "version")

    def get_queryset(self) -> QuerySet[Any]:
        return SchemeAccess(self.request.user).visible().order_by("slug", "-version")


class EvaluationViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """运行评价：已公布的公开；本单位参评的自公示起可见；主管部门可见本辖区全部。"""

    queryset = EvaluationRun.objects.none()
    serializer_class = EvaluationSerializer
    read_scope = Scope.REPORTS_READ
    filterset_fields = ("scheme_slug", "region", "status", "cycle__year")
    ordering_fields = ("cycle__year", "id")

    def get_queryset(self) -> QuerySet[Any]:
        rows = EvaluationAccess(self.request.user).visible().select_related(*RELATED)
        return rows.order_by("-cycle__year", "-pk")

    @extend_schema(responses=EvaluationResultSerializer(many=True), filters=False)
    @action(detail=True)
    def results(self, request: Request, pk: str) -> Response:
        """名次和等次：公布前只有本单位、主管部门和受托评审人员能看到各自可见的部分。"""
        rows = listed_results(ResultAccess(request.user).visible(), self.get_object())
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(EvaluationResultSerializer(page, many=True).data)

    @extend_schema(
        responses=EvaluationDetailSerializer,
        parameters=[OpenApiParameter("platform", str, OpenApiParameter.PATH)],
    )
    @action(detail=True, url_path=r"results/(?P<platform>[^/.]+)")
    def result(self, request: Request, pk: str, platform: str) -> Response:
        """一个平台的封存输入和逐项得分；无权查看明细时返回 403。"""
        access = ResultAccess(request.user)
        rows = access.visible().select_related("platform__organisation", "round__run")
        found = get_object_or_404(rows, round__run=self.get_object(), platform__slug=platform)
        access.require("detail", found)
        return Response(EvaluationDetailSerializer(found).data)
