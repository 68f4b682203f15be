"""REST endpoints of reporting."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from reporting.access import IndicatorAccess
from reporting.api import serializers
from reporting.filters import IndicatorFilter
from reporting.models import Indicator


class IndicatorViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]
):
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
