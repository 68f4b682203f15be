"""Endpoints of recognition: the roster of any day, batches, own applications, hours."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import HasScope
from accounts.enums import Scope
from core.api.input import clean_input
from core.workdays import a_year_before, given_day
from platforms import services
from platforms.access import (
    ApplicationAccess,
    ChallengeItemAccess,
    PlatformAccess,
    ProgrammeAccess,
    RecognitionAccess,
    UsageAccess,
)
from platforms.api import recognition_serializers as serializers
from platforms.api.consulting_serializers import (
    ConsultInput,
    MergedSerializer,
    MergeInput,
    OpinionRequestSerializer,
)
from platforms.filters import RosterChangeFilter, RosterFilter
from platforms.ladders import check_application
from platforms.models import Application, Programme, Recognition, RosterChange, UsageLog
from platforms.selectors import roster as selectors
from platforms.selectors.recognition import application_rows, programme_rows

DATE = OpenApiParameter("date", str, description="查看这一天的名册，如 2026-01-01；缺省为今天。")


@extend_schema_view(list=extend_schema(parameters=[DATE]))
class RosterViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """平台名册：任一日期在册的平台；用核验码可查到已退出的。"""

    read_scope = Scope.PLATFORMS_READ
    queryset = Recognition.objects.none()
    serializer_class = serializers.RosterSerializer
    filterset_class = RosterFilter
    lookup_field = "verification_code"
    ordering_fields = ("started_date", "certificate_number")

    def get_queryset(self) -> QuerySet[Any]:
        if self.action != "list":
            rows = RecognitionAccess(self.request.user).visible()
            return rows.select_related("platform", "scheme")
        return selectors.roster_rows(_asked_day(self.request, "date") or timezone.localdate())


@extend_schema_view(
    list=extend_schema(
        parameters=[
            OpenApiParameter("from", str, description="起始日，缺省为截止日前一年。"),
            OpenApiParameter("to", str, description="截止日，缺省为今天。"),
        ]
    )
)
class RosterChangeViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """名册进出变动：入册、警示、整改、退出及其原因。"""

    read_scope = Scope.PLATFORMS_READ
    queryset = RosterChange.objects.none()
    serializer_class = serializers.RosterChangeSerializer
    filterset_class = RosterChangeFilter
    ordering_fields = ("day",)

    def get_queryset(self) -> QuerySet[Any]:
        last = _asked_day(self.request, "to") or timezone.localdate()
        return selectors.roster_changes(
            _asked_day(self.request, "from") or a_year_before(last), last
        )


def _asked_day(request: Request, name: str) -> Any:
    """The day asked for, None for none. Raises ValidationError for anything that is no day."""
    asked = request.query_params.get(name, "")
    day = given_day(asked) if asked else None
    if asked and day is None:
        raise ValidationError({name: ["请写成 2026-01-01 这样的日期。"]})
    return day


class ProgrammeViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """申报批次。"""

    read_scope = Scope.PLATFORMS_READ
    queryset = Programme.objects.none()
    serializer_class = serializers.ProgrammeSerializer
    lookup_field = "slug"
    ordering_fields = ("opens_date", "closes_date")

    def get_queryset(self) -> QuerySet[Any]:
        return programme_rows(ProgrammeAccess(self.request.user).visible())


class ApplicationViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """申报：本单位的，或辖区内的。"""

    read_scope = Scope.PLATFORMS_READ
    write_scope = Scope.PLATFORMS_WRITE
    permission_classes = (IsAuthenticated, HasScope)
    queryset = Application.objects.none()
    serializer_class = serializers.ApplicationSerializer
    lookup_field = "number"
    ordering_fields = ("submitted_at", "status_changed_at")

    def get_queryset(self) -> QuerySet[Any]:
        return application_rows(ApplicationAccess(self.request.user).visible())

    @extend_schema(
        request=serializers.ApplicationInput, responses={201: serializers.ApplicationSerializer}
    )
    def create(self, request: Request) -> Response:
        """开始申报（草稿），平台资料自动带入。"""
        given = clean_input(serializers.ApplicationInput, request)
        programmes = ProgrammeAccess(request.user).visible().select_related("scheme__region")
        application = services.start_application(
            actor=request.user,
            programme=get_object_or_404(programmes, slug=given["programme"]),
            platform=get_object_or_404(
                PlatformAccess(request.user).visible(), slug=given["platform"]
            ),
            build_type=given["build_type"],
            challenge_item=self._item(given["challenge_item"]),
            now=timezone.now(),
        )
        body = serializers.ApplicationSerializer(application).data
        return Response(body, status=status.HTTP_201_CREATED)

    def _item(self, pk: int | None) -> Any:
        rows = ChallengeItemAccess(self.request.user).visible()
        return None if pk is None else get_object_or_404(rows, pk=pk)

    @extend_schema(responses=serializers.CheckSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def checks(self, request: Request, number: str) -> Response:
        """自评：各项条件的要求、现状和缺什么。"""
        checks = check_application(self.get_object())
        return Response(serializers.CheckSerializer(checks, many=True).data)

    @extend_schema(request=None, responses=serializers.ApplicationSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, number: str) -> Response:
        """提交申报。"""
        application = services.submit_application(
            actor=request.user, application=self.get_object(), now=timezone.now()
        )
        return Response(serializers.ApplicationSerializer(application).data)

    @extend_schema(
        request=ConsultInput, responses={201: OpinionRequestSerializer(many=True)}, filters=False
    )
    @action(detail=True, methods=["post"], pagination_class=None)
    def consult(self, request: Request, number: str) -> Response:
        """向几个部门征求书面意见，限期答复。"""
        asked = services.ask_departments(
            actor=request.user, application=self.get_object(), now=timezone.now(),
            **clean_input(ConsultInput, request),
        )  # fmt: skip
        body = OpinionRequestSerializer(asked, many=True).data
        return Response(body, status=status.HTTP_201_CREATED)

    @extend_schema(request=MergeInput, responses={201: MergedSerializer})
    @action(detail=True, methods=["post"], url_path="merge-opinions")
    def merge_opinions(self, request: Request, number: str) -> Response:
        """把各部门的答复汇总成本环节的一条意见。"""
        opinion = services.merge_opinions(
            actor=request.user, application=self.get_object(), now=timezone.now(),
            **clean_input(MergeInput, request),
        )  # fmt: skip
        body = MergedSerializer(opinion).data
        return Response(body, status=status.HTTP_201_CREATED)


class UsageViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """设备使用记录：本单位的；可由设备管理系统成批上报。"""

    read_scope = Scope.PLATFORMS_READ
    write_scope = Scope.PLATFORMS_WRITE
    permission_classes = (IsAuthenticated, HasScope)
    queryset = UsageLog.objects.none()
    serializer_class = serializers.UsageSerializer
    ordering_fields = ("start_at",)

    def get_queryset(self) -> QuerySet[Any]:
        rows = UsageAccess(self.request.user).visible().select_related("equipment")
        return rows.order_by("-start_at", "-pk")

    @extend_schema(request=serializers.UsageInput, responses={201: serializers.UsageReceipt})
    def create(self, request: Request) -> Response:
        """上报使用记录，最多 1000 条；全部写入或全不写入，重复发送不重复登记。"""
        given = clean_input(serializers.UsageInput, request)
        received = services.receive_usage(
            actor=request.user, lines=given["lines"], now=timezone.now()
        )
        body = serializers.UsageReceipt(received).data
        return Response(body, status=status.HTTP_201_CREATED)
