"""REST endpoints of reporting."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import HasScope
from accounts.enums import Scope
from core.api.input import clean_input
from reporting.access import AnnualReportAccess, CycleAccess, IndicatorAccess
from reporting.api import serializers
from reporting.api.outside import FilledFormSerializer
from reporting.filters import IndicatorFilter, ReportFilter
from reporting.models import AnnualReport, Indicator, ReportCycle
from reporting.selectors.outside import filled_forms
from reporting.selectors.reports import listed
from reporting.selectors.sheets import planned_of
from reporting.services import filling, review


class IndicatorViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """指标：现行定义；`versions` 列出历次版本。公开读取。"""

    queryset = Indicator.objects.none()
    serializer_class = serializers.IndicatorSerializer
    read_scope = Scope.REPORTS_READ
    filterset_class = IndicatorFilter
    ordering_fields = ("code", "order")
    lookup_field = "code"
    lookup_value_regex = r"[A-Z]{3}-\d{2}[A-Za-z]?"

    def get_queryset(self) -> QuerySet[Any]:
        return IndicatorAccess(self.request.user).visible().current().in_order()

    @extend_schema(responses=serializers.IndicatorSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def versions(self, request: Request, code: str) -> Response:
        rows = IndicatorAccess(request.user).visible().filter(code=code).order_by("-version")
        return Response(serializers.IndicatorSerializer(rows, many=True).data)


class CycleViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """年度填报：调用者可见的各年度。"""

    queryset = ReportCycle.objects.none()
    serializer_class = serializers.CycleSerializer
    permission_classes = [IsAuthenticated, HasScope]
    read_scope = Scope.REPORTS_READ
    filterset_fields = ("year", "region", "status")
    ordering_fields = ("year", "due_date")

    def get_queryset(self) -> QuerySet[Any]:
        return CycleAccess(self.request.user).visible().order_by("-year", "pk")


def _refused(saved: filling.Saved) -> dict[str, dict[str, str]]:
    errors = saved.errors.items()
    return {code: {"code": error.code, "message": error.message} for code, error in errors}


class ReportViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """年度报告：读取、重新预填、填写、提交。填写时给出读到的 `version`，别人改过的不会被覆盖。"""

    queryset = AnnualReport.objects.none()
    permission_classes = [IsAuthenticated, HasScope]
    read_scope = Scope.REPORTS_READ
    write_scope = Scope.REPORTS_WRITE
    filterset_class = ReportFilter
    ordering_fields = ("cycle__year", "submitted_at", "problem_count")

    def get_queryset(self) -> QuerySet[Any]:
        return listed(AnnualReportAccess(self.request.user).visible())

    def get_serializer_class(self) -> Any:
        if self.action == "list":
            return serializers.ReportSerializer
        return serializers.ReportDetailSerializer

    def _shown(self, report: AnnualReport) -> Response:
        fresh = self.get_queryset().get(pk=report.pk)
        return Response(serializers.ReportDetailSerializer(fresh).data)

    @extend_schema(responses=FilledFormSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def forms(self, request: Request, pk: str) -> Response:
        """其他部门的表格，按本报告填好；`is_filled` 为否的行给出补充的地址。"""
        filled = filled_forms(self.get_object())
        return Response(FilledFormSerializer(filled, many=True).data)

    @extend_schema(request=None, responses=serializers.ReportDetailSerializer)
    @action(detail=True, methods=["post"])
    def prefill(self, request: Request, pk: str) -> Response:
        """按平台记录重新计算自动数值。"""
        report = self.get_object()
        filling.refresh_report(actor=request.user, report=report, now=timezone.now())
        return self._shown(report)

    @extend_schema(request=serializers.WriteSerializer, responses=serializers.WrittenSerializer)
    @action(detail=True, methods=["post"])
    def fill(self, request: Request, pk: str) -> Response:
        """填写数值：写入没有问题的，其余逐项说明原因。"""
        report = self.get_object()
        given = clean_input(serializers.WriteSerializer, request)
        typed = [
            filling.Typed(v["code"], v["value"], v["null_reason"], v["note"], v["version"])
            for v in given["values"]
        ]
        saved = filling.save_values(
            actor=request.user, report=report, typed=typed, now=timezone.now()
        )
        refused = _refused(saved)
        answer = {"written": saved.written, "errors": refused, "conflicts": [*saved.conflicts]}
        return Response(answer, status=200 if saved.is_clean else 409 if saved.conflicts else 400)

    @extend_schema(request=serializers.PlanSerializer, responses=serializers.PlanAnswerSerializer)
    @action(detail=True, methods=["post"])
    def plan(self, request: Request, pk: str) -> Response:
        """填写下年度目标：写入没有问题的，其余逐项说明原因；目标留空即删除。给出读到的 `version`，
        别人改过的不会被覆盖。"""
        report = self.get_object()
        rows = clean_input(serializers.PlanSerializer, request)["plan"]
        saved = filling.save_plan(
            actor=request.user, report=report, now=timezone.now(),
            targets={row["code"]: (row["target"], row["note"]) for row in rows},
            seen={row["code"]: row["version"] for row in rows if row["version"] is not None},
        )  # fmt: skip
        refused = _refused(saved)
        kept = planned_of(report).values()
        answer = {"plan": serializers.PlannedSerializer(kept, many=True).data, "errors": refused}
        is_changed = any(error.code == "changed" for error in saved.errors.values())
        return Response(answer, status=200 if saved.is_clean else 409 if is_changed else 400)

    @extend_schema(request=None, responses=serializers.ReportDetailSerializer)
    @action(detail=True, methods=["post"])
    def recall(self, request: Request, pk: str) -> Response:
        """审核开始前撤回修改。"""
        report = self.get_object()
        review.recall_report(actor=request.user, report=report, now=timezone.now())
        return self._shown(report)

    @extend_schema(request=None, responses=serializers.ReportDetailSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        """提交并封存；还有问题时拒绝并说明。"""
        report = self.get_object()
        review.submit_report(actor=request.user, report=report, now=timezone.now())
        return self._shown(report)
