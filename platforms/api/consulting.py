"""Endpoints of departments' opinions: read, answered, taken back."""

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
from platforms import services
from platforms.api.consulting_serializers import (
    AnswerInput,
    OpinionRequestSerializer,
    WithdrawInput,
)
from platforms.filters import OpinionRequestFilter
from platforms.models import OpinionRequest
from platforms.selectors.consulting import opinion_request_rows


class OpinionRequestViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """征求部门意见：本部门被征求的，或辖区内发出的。"""

    read_scope = Scope.PLATFORMS_READ
    write_scope = Scope.PLATFORMS_WRITE
    permission_classes = (IsAuthenticated, HasScope)
    queryset = OpinionRequest.objects.none()
    serializer_class = OpinionRequestSerializer
    filterset_class = OpinionRequestFilter
    ordering_fields = ("due_at", "answered_at")

    def get_queryset(self) -> QuerySet[Any]:
        return opinion_request_rows(self.request.user)

    @extend_schema(request=AnswerInput, responses=OpinionRequestSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """提交或（汇总前）修改本部门的意见。"""
        answered = services.answer_request(
            actor=request.user, request=self.get_object(), now=timezone.now(),
            **clean_input(AnswerInput, request),
        )  # fmt: skip
        return Response(OpinionRequestSerializer(answered).data)

    @extend_schema(request=WithdrawInput, responses=OpinionRequestSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """撤回征求。"""
        withdrawn = services.withdraw_request(
            actor=request.user, request=self.get_object(), now=timezone.now(),
            **clean_input(WithdrawInput, request),
        )  # fmt: skip
        return Response(OpinionRequestSerializer(withdrawn).data)
