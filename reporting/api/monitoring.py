"""REST endpoints of monitoring: the portal's running indicators, and the alerts they raise."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import HasScope
from accounts.enums import Scope
from core.api.fields import FilesField
from core.files import files_of
from reporting.access import AlertAccess, PortalValueAccess
from reporting.api.publications import EditionFileSerializer
from reporting.filters import AlertFilter, IndicatorFilter
from reporting.models import Alert
from reporting.selectors import monitoring as selectors
from reporting.selectors.history import PERIODS, Point, history_of
from reporting.services import alerts as services

D20 = {"max_digits": 20, "decimal_places": 4, "allow_null": True}


class RunningSerializer(serializers.Serializer[selectors.Running]):
    """A running indicator with its latest value; its whole definition: `indicators/{code}/`."""

    code = serializers.CharField(source="indicator.code")
    version = serializers.IntegerField(source="indicator.version", help_text="口径的版本")
    name = serializers.CharField(source="indicator.name")
    unit = serializers.CharField(source="indicator.unit")
    definition = serializers.CharField(source="indicator.definition")
    alert_above = serializers.JSONField(
        source="indicator.options.alert_above", default=None, help_text="高于它即预警；空为不设"
    )
    alert_below = serializers.JSONField(
        source="indicator.options.alert_below", default=None, help_text="低于它即预警；空为不设"
    )
    day = serializers.DateField(source="latest.day", default=None, allow_null=True)
    computed_at = serializers.DateTimeField(
        source="latest.computed_at", default=None, allow_null=True
    )
    value = serializers.DecimalField(
        source="latest.value", default=None, help_text="演示数据不计入", **D20
    )
    detail = serializers.JSONField(
        source="latest.detail", default=dict,
        help_text="明细：rows 各行、n 样本数；demo 为演示数据另计的数值",
    )  # fmt: skip


class PointSerializer(serializers.Serializer[Point]):
    """The last value of a day, week (from Monday) or month."""

    start = serializers.DateField(help_text="时段的第一天")
    day = serializers.DateField(help_text="取值的那一天")
    value = serializers.DecimalField(**D20)
    change = serializers.DecimalField(help_text="比前一期", **D20)
    demo = serializers.DecimalField(help_text="演示数据另计的数值", **D20)
    lines = serializers.ListField(child=serializers.CharField(), help_text="明细")


class AlertSerializer(serializers.ModelSerializer[Alert]):
    """A running indicator out of its bounds: who sees to it, by when, what was done."""

    indicator = serializers.CharField(source="indicator.code")
    name = serializers.CharField(source="indicator.name")
    owner = serializers.CharField(source="owner.name", default=None, allow_null=True)
    closed_by = serializers.CharField(
        source="closed_by.name", default=None, allow_null=True,
        help_text="空而已办结的，是数值恢复后自动办结",
    )  # fmt: skip
    is_overdue = serializers.BooleanField()
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = Alert
        fields = ("id", "indicator", "name", "message", "day", "due_date", "is_overdue", "status",
                  "status_changed_at", "owner", "closed_by", "answer", "recovered_at",
                  "url")  # fmt: skip
        read_only_fields = fields


class AlertDetailSerializer(AlertSerializer):
    """With what was shown at closing it."""

    files = serializers.SerializerMethodField()

    class Meta(AlertSerializer.Meta):
        fields = (*AlertSerializer.Meta.fields, "files")
        read_only_fields = fields

    @extend_schema_field(EditionFileSerializer(many=True))
    def get_files(self, alert: Alert) -> list[dict[str, Any]]:
        return list(EditionFileSerializer(files_of(alert), many=True).data)


class AlertTakeInput(serializers.Serializer[Any]):
    due_date = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="不写则期限不变"
    )


class AlertReasonInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class AlertCloseInput(AlertReasonInput):
    files = FilesField()


class RunningViewSet(viewsets.GenericViewSet[Any]):
    """运行指标：每日自动计算的门户指标和历史数值。政府工作人员可读。"""

    permission_classes = [IsAuthenticated, HasScope]
    read_scope = Scope.MONITORING_READ
    serializer_class = RunningSerializer
    filterset_class = IndicatorFilter
    ordering_fields = ("code",)
    lookup_field = "code"
    lookup_value_regex = r"[A-Z]{3}-\d{2}[A-Za-z]?"

    def get_queryset(self) -> QuerySet[Any]:
        rows = selectors.running_indicators()
        return rows if PortalValueAccess(self.request.user).can("view") else rows.none()

    def _values(self) -> QuerySet[Any]:
        return PortalValueAccess(self.request.user).visible()

    def list(self, request: Request) -> Response:
        """现行指标和最近一次的数值。"""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        rows = selectors.running(self._values(), page)
        return self.get_paginated_response(RunningSerializer(rows, many=True).data)

    def retrieve(self, request: Request, code: str) -> Response:
        """一项指标和最近一次的数值。"""
        [row] = selectors.running(self._values(), [self.get_object()])
        return Response(RunningSerializer(row).data)

    @extend_schema(
        responses=PointSerializer(many=True), filters=False,
        parameters=[OpenApiParameter("by", str, enum=[*PERIODS], description="缺省按日")],
    )  # fmt: skip
    @action(detail=True)
    def history(self, request: Request, code: str) -> Response:
        """按日、周或月，每个时段最后一次的数值，新的在前。"""
        by = request.query_params.get("by", "day")
        if by not in PERIODS:
            raise ValidationError({"by": [f"可用：{'、'.join(PERIODS)}。"]})
        points = history_of(self._values(), self.get_object(), by=by, everything=True)
        page = self.paginate_queryset(points)  # type: ignore[arg-type]  # a list pages as well
        return self.get_paginated_response(PointSerializer(page, many=True).data)


class AlertViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]):
    """运行预警：领取、办结（附证明材料）、重新打开。政府工作人员可读可办。"""

    queryset = Alert.objects.none()
    permission_classes = [IsAuthenticated, HasScope]
    read_scope = Scope.MONITORING_READ
    write_scope = Scope.MONITORING_WRITE
    filterset_class = AlertFilter
    ordering_fields = ("due_date", "day", "status_changed_at")

    def get_queryset(self) -> QuerySet[Any]:
        rows = AlertAccess(self.request.user).visible().select_related("closed_by")
        return selectors.alert_rows(rows)

    def get_serializer_class(self) -> Any:
        return AlertSerializer if self.action == "list" else AlertDetailSerializer

    @extend_schema(request=AlertTakeInput, responses=AlertDetailSerializer)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, pk: str) -> Response:
        """领取：由调用者负责，可另定期限。"""
        return self._do(services.assign_alert, AlertTakeInput, owner=request.user)

    @extend_schema(request=AlertCloseInput, responses=AlertDetailSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """办结：写明做了什么并附证明材料（multipart/form-data）；次日数值仍超出界限的会重新打开。"""
        return self._do(services.close_alert, AlertCloseInput)

    @extend_schema(request=AlertReasonInput, responses=AlertDetailSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """办结不算数，写明原因后重新打开。"""
        return self._do(services.reopen_alert, AlertReasonInput)

    def _do(self, service: Any, taken: type[serializers.Serializer[Any]], **known: Any) -> Response:
        given = taken(data=self.request.data)
        given.is_valid(raise_exception=True)
        data = dict(given.validated_data)
        if "files" in data:
            data["uploads"] = data.pop("files")
        alert = service(
            actor=self.request.user, alert=self.get_object(), now=timezone.now(), **known, **data
        )
        return Response(AlertDetailSerializer(self.get_queryset().get(pk=alert.pk)).data)
