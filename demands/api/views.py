"""REST over demands: read as far as public, written with a token of scope demands:write."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from core.api.changes import ExchangedViewSet
from core.api.input import clean_input
from core.errors import DomainError, Refused
from demands import selectors, services
from demands.access import DemandAccess, promise_required
from demands.api import serializers
from demands.filters import DemandFilter
from demands.models import Demand

SLUG = OpenApiParameter("slug", str, OpenApiParameter.PATH, description="需求编号")


@extend_schema_view(
    list=extend_schema(summary="需求列表"), retrieve=extend_schema(summary="一条需求")
)
class DemandViewSet(ExchangedViewSet, viewsets.ReadOnlyModelViewSet[Demand]):
    """中试需求。只公开摘要的需求，全文为 null；有权阅读者用 full 读取，每次都有记录。"""

    queryset = Demand.objects.none()
    serializer_class = serializers.DemandSerializer
    filterset_class = DemandFilter
    ordering_fields = ("published_at", "expires_date", "updated_at")
    lookup_field = "slug"
    read_scope = Scope.DEMANDS_READ
    write_scope = Scope.DEMANDS_WRITE

    @cached_property
    def access(self) -> DemandAccess:
        """One a request, so that what it looks up is looked up once."""
        return DemandAccess(self.request.user)

    def get_queryset(self) -> QuerySet[Demand]:
        rows = self.access.visible().for_list().select_related("hazard_class")
        return rows.prefetch_related("service_types", "certificates").newest_first()

    def public_rows(self) -> QuerySet[Demand]:
        return Demand.objects.public()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "access": self.access}

    @extend_schema(summary="阅读全文", parameters=[SLUG])
    @action(detail=True, methods=["get"])
    def full(self, request: Request, slug: str) -> Response:
        """公开需求与详情相同。保密需求记入查看记录，需求单位看得到；本单位已获同意而还没有接受
        保密承诺时为 403 promise_required，写明到哪里接受。"""
        demand = self.get_object()
        if not self.access.full_text_visible(demand):
            own = selectors.own_disclosures(self.access, demand)
            granted = [row for row in own if row.is_standing]
            reason = self.access.can("read_full", demand).reason
            raise promise_required(granted[0]) if granted else Refused(reason)
        is_noted = services.note_full_reading(actor=request.user, demand=demand, now=timezone.now())
        context = {**self.get_serializer_context(), "is_noted": is_noted}
        return Response(serializers.DemandSerializer(demand, context=context).data)

    @extend_schema(
        summary="新建需求草稿",
        request=serializers.NewDemandInput,
        responses={201: serializers.DemandSerializer},
    )
    def create(self, request: Request) -> Response:
        """建成草稿；再调用 submit 提交审核。"""
        given = clean_input(serializers.NewDemandInput, request, partial=True)
        organisation = given.pop("organisation", None) or self._only_organisation()
        demand = services.create_draft(
            actor=request.user, organisation=organisation, values=given, now=timezone.now()
        )
        return self._answer(demand, status.HTTP_201_CREATED)

    @extend_schema(
        summary="修改需求",
        request=serializers.DemandInput,
        responses=serializers.DemandSerializer,
    )
    def partial_update(self, request: Request, slug: str) -> Response:
        """草稿直接保存；征集中的需求改后重新匹配。"""
        demand = self.get_object()
        given = clean_input(serializers.DemandInput, request, partial=True)
        write = services.amend_demand if demand.is_open else services.save_draft
        write(actor=request.user, demand=demand, values=given, now=timezone.now())
        return self._answer(demand)

    @extend_schema(
        summary="提交审核",
        parameters=[SLUG],
        request=serializers.DemandSubmitInput,
        responses=serializers.DemandSerializer,
    )
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, slug: str) -> Response:
        """须声明已作保密核对（is_secrecy_confirmed）。"""
        return self._move("submit", **clean_input(serializers.DemandSubmitInput, request))

    @extend_schema(
        summary="撤回需求",
        parameters=[SLUG],
        request=serializers.DemandReasonInput,
        responses=serializers.DemandSerializer,
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, slug: str) -> Response:
        """须写明原因。"""
        return self._move("withdraw", **clean_input(serializers.DemandReasonInput, request))

    @extend_schema(
        summary="重新编辑",
        parameters=[SLUG],
        request=None,
        responses=serializers.DemandSerializer,
    )
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, slug: str) -> Response:
        """把撤回或到期的需求变回草稿。"""
        return self._move("reopen")

    @extend_schema(
        summary="审核通过并发布",
        parameters=[SLUG],
        request=None,
        responses=serializers.DemandSerializer,
    )
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, slug: str) -> Response:
        """管辖部门或技术经理人可用；发布后自动匹配。"""
        return self._move("publish")

    @extend_schema(
        summary="退回修改",
        parameters=[SLUG],
        request=serializers.DemandReasonInput,
        responses=serializers.DemandSerializer,
    )
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, slug: str) -> Response:
        """管辖部门或技术经理人可用；须写明原因。"""
        return self._move("return", **clean_input(serializers.DemandReasonInput, request))

    def _only_organisation(self) -> Any:
        mine = self.access.organisations
        self.access.require("create")
        if len(mine) != 1:
            raise DomainError("organisation", "您代表多家单位，请指明发布单位。", "organisation")
        return mine[0]

    def _move(self, name: str, **given: Any) -> Response:
        demand = self.get_object()
        services.move_demand(
            actor=self.request.user, demand=demand, name=name, now=timezone.now(), **given
        )
        return self._answer(demand)

    def _answer(self, demand: Demand, code: int = status.HTTP_200_OK) -> Response:
        fresh = self.get_queryset().get(pk=demand.pk)
        return Response(self.get_serializer(fresh).data, code)
