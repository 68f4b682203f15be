"""Endpoints of runs: start one, poll it, read its explained results, judge them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from core.api.input import clean_input
from core.errors import DomainError
from demands.models import Demand
from demands.services import note_full_readings
from matching.access import (
    CapabilityMatchesAccess,
    DemandMatchesAccess,
    MatchRunAccess,
    ResourceMatchesAccess,
)
from matching.api import serializers
from matching.enums import ResourceKind, RunKind, Side
from matching.filters import MatchRunFilter
from matching.kinds import MODEL_OF
from matching.models import MatchRun
from matching.selectors.offers import PLATFORM, demands_suited, offer_lines
from matching.selectors.results import capability_page, demand_page
from matching.services.feedback import give_feedback
from matching.services.runs import start_capability_run, start_demand_run, start_resource_run

OFFER_KINDS = [PLATFORM, *ResourceKind.values]


class MatchRunViewSet(viewsets.ReadOnlyModelViewSet[MatchRun]):
    """匹配任务：持 matching:write 的令牌发起、评价；持 matching:read 的令牌查询进度与结果。"""

    queryset = MatchRun.objects.none()
    serializer_class = serializers.RunSerializer
    filterset_class = MatchRunFilter
    read_scope = Scope.MATCHING_READ
    write_scope = Scope.MATCHING_WRITE
    ordering_fields = ("created_at", "finished_at")

    def get_queryset(self) -> QuerySet[MatchRun]:
        rows = MatchRunAccess(self.request.user).visible()
        return rows.select_related("demand", "capability").order_by("-pk")

    @extend_schema(request=serializers.RunInput, responses={201: serializers.RunSerializer})
    def create(self, request: Request) -> Response:
        """为一条需求或一项能力发起匹配；已在排队的任务会被沿用。"""
        run = self.start(request, **clean_input(serializers.RunInput, request))
        answer = serializers.RunSerializer(self.get_queryset().get(pk=run.pk))
        return Response(answer.data, status=status.HTTP_201_CREATED)

    def start(
        self, request: Request, demand: str = "", capability: str = "", **resource: str
    ) -> MatchRun:
        now = timezone.now()
        for kind, slug in resource.items():
            platforms = ResourceMatchesAccess(request.user).visible()
            rows = MODEL_OF[kind]._default_manager.filter(platform__in=platforms)
            row = get_object_or_404(rows.select_related("platform"), slug=slug)
            return start_resource_run(actor=request.user, resource=row, now=now)
        if demand:
            rows = DemandMatchesAccess(request.user).visible()
            found = get_object_or_404(rows, slug=demand)
            return start_demand_run(actor=request.user, demand=found, now=now)
        offers = CapabilityMatchesAccess(request.user).visible()
        offer = get_object_or_404(offers.select_related("platform"), slug=capability)
        return start_capability_run(actor=request.user, capability=offer, now=now)

    def single_run(self) -> MatchRun:
        """The run of one subject; a full run has no results of its own."""
        run = self.get_object()
        if run.kind == RunKind.FULL:
            raise DomainError("no_results", "全量重算的结果请按需求或能力分别查询。")
        if run.kind == RunKind.RESOURCE:
            raise DomainError("no_results", "资源与方案的结果请用 suited 查询。")
        return run

    def note(self, demands: list[Demand]) -> None:
        """Note who reads of confidential demands more than their teaser (D08)."""
        note_full_readings(actor=self.request.user, demands=demands, now=timezone.now())

    @extend_schema(
        parameters=[OpenApiParameter("offer", enum=OFFER_KINDS, required=True)],
        responses=serializers.OfferSerializer(many=True),
        filters=False,
    )
    @action(detail=True, methods=["get"])
    def offers(self, request: Request, pk: str) -> Response:
        """该需求适合的平台、设备、中试线、专家或解决方案，与能力用同一套规则排列。"""
        run, kind = self.single_run(), request.query_params.get("offer", "")
        if run.demand is None or kind not in OFFER_KINDS:
            raise DomainError("unknown_kind", "请给出类别，且只有需求的任务有这种结果。", "offer")
        self.note([run.demand])
        rows = self.paginate_queryset(offer_lines(request.user, run.demand, kind))  # type: ignore[arg-type]
        return self.get_paginated_response(serializers.OfferSerializer(rows, many=True).data)

    @extend_schema(responses=serializers.SuitedSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def suited(self, request: Request, pk: str) -> Response:
        """该资源或方案适合的征集中需求；只公开摘要的需求只给摘要。"""
        run = self.get_object()
        if run.kind != RunKind.RESOURCE:
            raise DomainError("no_results", "需求与能力的结果请用 results 查询。")
        listing = self.subject(run)
        fits = self.paginate_queryset(demands_suited(request.user, listing))  # type: ignore[arg-type]
        self.note([fit.demand for fit in fits or [] if fit.is_full])
        return self.get_paginated_response(serializers.SuitedSerializer(fits, many=True).data)

    @extend_schema(responses=serializers.ResultSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def results(self, request: Request, pk: str) -> Response:
        """该需求或能力当前的匹配结果，每条都有理由与条件核对。"""
        run = self.single_run()
        if run.demand:
            page = demand_page(user=request.user, demand=run.demand)
        else:
            page = capability_page(user=request.user, capability=run.capability)
        rows = self.paginate_queryset(page.cards)  # type: ignore[arg-type]
        full = [card for card in rows or [] if card.is_full_text]
        self.note([run.demand] if run.demand else [card.match.demand for card in full])
        return self.get_paginated_response(serializers.ResultSerializer(rows, many=True).data)

    @extend_schema(
        request=serializers.FeedbackInput, responses={201: serializers.FeedbackSerializer}
    )
    @action(detail=True, methods=["post"])
    def feedback(self, request: Request, pk: str) -> Response:
        """评价一条结果是否合适（能力、设备、中试线、专家、方案都可以）；可以改，重新匹配后仍然有效。"""
        values = clean_input(serializers.FeedbackInput, request)
        pair = self.pair(self.get_object(), values.pop("counterpart"), values.pop("offer"))
        found = give_feedback(actor=request.user, now=timezone.now(), **pair, **values)
        answer = serializers.FeedbackSerializer(found)
        return Response(answer.data, status=status.HTTP_201_CREATED)

    def pair(self, run: MatchRun, counterpart: str, offer: str) -> dict[str, Any]:
        if run.kind == RunKind.FULL:
            raise DomainError("no_results", "全量重算没有自己的结果，请按需求或能力评价。")
        if run.demand:
            shown = MODEL_OF[offer]._default_manager.shown()
            other = get_object_or_404(shown, slug=counterpart)
            return {"side": Side.DEMAND, "demand": run.demand, "offer": other}
        demand = get_object_or_404(Demand.objects.open(), slug=counterpart)
        return {"side": Side.CAPABILITY, "demand": demand, "offer": self.subject(run)}

    def subject(self, run: MatchRun) -> Any:
        """What the run is for: a capability, resource or solution."""
        if run.kind != RunKind.RESOURCE:
            return run.capability
        rows = MODEL_OF[run.resource_kind]._default_manager.select_related("platform")
        return get_object_or_404(rows, pk=run.resource_id)
