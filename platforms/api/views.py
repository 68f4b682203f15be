"""Endpoints of platforms and what they offer: public to read, capabilities to write."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from core.api.changes import ExchangedViewSet
from core.api.input import clean_input
from platforms import filters, selectors, services
from platforms.access import PlatformAccess, access_to
from platforms.api import serializers
from platforms.models import Capability, Equipment, Expert, Line, Platform, Solution
from platforms.selectors.booking import calendar_of


class ListingViewSet(ExchangedViewSet, viewsets.ReadOnlyModelViewSet[Any]):
    """Base: public rows, and the caller's own drafts under their address."""

    read_scope = Scope.PLATFORMS_READ
    write_scope = Scope.PLATFORMS_WRITE
    lookup_field = "slug"
    ordering_fields: ClassVar[tuple[str, ...]] = ("completeness", "confirmed_at", "updated_at")
    model: ClassVar[type[Model]]

    def get_queryset(self) -> QuerySet[Any]:
        rows = access_to(self.model, self.request.user).visible()
        return self.ready(rows.shown() if self.action == "list" else rows)

    def public_rows(self) -> QuerySet[Any]:
        return access_to(self.model, AnonymousUser()).visible().shown()

    def ready(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows with what the serializer shows."""
        return selectors.resource_rows(rows)


class PlatformViewSet(ListingViewSet):
    """中试平台：公开目录；联系人信息不在开放接口内。"""

    model = Platform
    queryset = Platform.objects.none()
    serializer_class = serializers.PlatformSerializer
    filterset_class = filters.PlatformFilter
    ordering_fields = (*ListingViewSet.ordering_fields, "pinyin_key")

    def ready(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return selectors.platform_rows(rows).select_related("operation_mode")


class CapabilityViewSet(ListingViewSet):
    """中试服务能力：读取公开；持 platforms:write 的令牌可新增、修改、提交和确认。"""

    model = Capability
    queryset = Capability.objects.none()
    serializer_class = serializers.CapabilitySerializer
    filterset_class = filters.CapabilityFilter
    ordering_fields = (*ListingViewSet.ordering_fields, "title", "next_free_date")

    def ready(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return selectors.capability_in_full(selectors.capability_rows(rows))

    def answer(self, capability: Any, code: int = status.HTTP_200_OK) -> Response:
        """The capability as it is now."""
        found = self.ready(Capability.objects.filter(pk=capability.pk)).get()
        return Response(serializers.CapabilitySerializer(found).data, status=code)

    @extend_schema(
        request=serializers.CapabilityCreate, responses={201: serializers.CapabilitySerializer}
    )
    def create(self, request: Request) -> Response:
        """新增能力（草稿）。"""
        values = clean_input(serializers.CapabilityCreate, request)
        rows = PlatformAccess(request.user).visible()
        platform = get_object_or_404(rows, slug=values.pop("platform"))
        capability = services.create_listing(
            actor=request.user, model=Capability, platform=platform, values=values,
            now=timezone.now(),
        )  # fmt: skip
        return self.answer(capability, status.HTTP_201_CREATED)

    @extend_schema(request=serializers.CapabilityPatch, responses=serializers.CapabilitySerializer)
    def partial_update(self, request: Request, slug: str) -> Response:
        """修改能力中给出的各项。"""
        values = clean_input(serializers.CapabilityPatch, request, partial=True)
        version = values.pop("version", "")
        capability = services.edit_listing(
            actor=request.user, listing=self.get_object(), values=values, version=version,
            now=timezone.now(),
        )  # fmt: skip
        return self.answer(capability)

    def move(self, request: Request, name: str) -> Response:
        capability = services.move_listing(
            actor=request.user, listing=self.get_object(), name=name, now=timezone.now(),
            **clean_input(serializers.ReasonInput, request),
        )  # fmt: skip
        return self.answer(capability)

    @extend_schema(request=None, responses=serializers.CapabilitySerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, slug: str) -> Response:
        """提交审核。"""
        return self.move(request, "submit")

    @extend_schema(request=None, responses=serializers.CapabilitySerializer)
    @action(detail=True, methods=["post"])
    def recall(self, request: Request, slug: str) -> Response:
        """撤回修改。"""
        return self.move(request, "recall")

    @extend_schema(request=serializers.ReasonInput, responses=serializers.CapabilitySerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, slug: str) -> Response:
        """下架，须写明原因。"""
        return self.move(request, "withdraw")

    @extend_schema(request=None, responses=serializers.CapabilitySerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, slug: str) -> Response:
        """下架后重新编辑。"""
        return self.move(request, "reopen")

    @extend_schema(request=None, responses=serializers.CapabilitySerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, slug: str) -> Response:
        """确认内容仍然有效。"""
        capability = services.confirm_listing(
            actor=request.user, listing=self.get_object(), now=timezone.now()
        )
        return self.answer(capability)


class SharedViewSet(ListingViewSet):
    """Base: what can be booked has a public calendar."""

    @extend_schema(responses=serializers.CalendarSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def calendar(self, request: Request, slug: str) -> Response:
        """公开的预约日历：可预约期内每天被占用的时段，不含由谁占用；不接受在线预约的为 404。"""
        rows = access_to(self.model, request.user).visible().select_related("platform")
        found: Any = get_object_or_404(rows, slug=slug)
        if not found.is_bookable:
            raise Http404
        days = calendar_of(found, timezone.now())
        return Response(serializers.CalendarSerializer(days, many=True).data)


class EquipmentViewSet(SharedViewSet):
    """仪器设备。"""

    model = Equipment
    queryset = Equipment.objects.none()
    serializer_class = serializers.EquipmentSerializer
    filterset_class = filters.EquipmentFilter


class LineViewSet(SharedViewSet):
    """中试线、车间与实验室。"""

    model = Line
    queryset = Line.objects.none()
    serializer_class = serializers.LineSerializer
    filterset_class = filters.LineFilter


class ExpertViewSet(ListingViewSet):
    """专家：只含本人同意公开的。"""

    model = Expert
    queryset = Expert.objects.none()
    serializer_class = serializers.ExpertSerializer
    filterset_class = filters.ExpertFilter


class SolutionViewSet(ListingViewSet):
    """中试解决方案。"""

    model = Solution
    queryset = Solution.objects.none()
    serializer_class = serializers.SolutionSerializer
    filterset_class = filters.SolutionFilter

    def ready(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return selectors.resource_rows(rows).prefetch_related("capabilities")
