"""REST endpoint of receipts: money of a contract that arrived."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from cases import services
from cases.access import ReceiptAccess
from cases.api.serializers import EnquiryReasonInput, ReceiptSerializer
from cases.models import Receipt
from core.api.input import clean_input


@extend_schema_view(
    list=extend_schema(summary="我能看到的到账"), retrieve=extend_schema(summary="一笔到账")
)
class ReceiptViewSet(viewsets.ReadOnlyModelViewSet[Receipt]):
    """到账：平台登记，企业确认或不认可。登记见 `enquiries/{number}/receipts/`。"""

    queryset = Receipt.objects.none()
    serializer_class = ReceiptSerializer
    filterset_fields = ("status",)
    ordering_fields = ("received_date", "status_changed_at")
    read_scope = Scope.CASES_READ
    write_scope = Scope.CASES_WRITE

    def get_queryset(self) -> QuerySet[Receipt]:
        rows = ReceiptAccess(self.request.user).visible().select_related("project")
        return rows.order_by("-received_date", "-pk")

    @extend_schema(summary="确认已付", request=None, responses=ReceiptSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """企业确认。"""
        return self._answer("confirm")

    @extend_schema(summary="不认可", request=EnquiryReasonInput, responses=ReceiptSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str) -> Response:
        """企业不认可，须写明理由。"""
        return self._answer("reject", **clean_input(EnquiryReasonInput, request))

    def _answer(self, name: str, **given: Any) -> Response:
        receipt = services.answer_receipt(
            actor=self.request.user, receipt=self.get_object(), name=name, now=timezone.now(),
            **given,
        )  # fmt: skip
        return Response(self.get_serializer(receipt).data)
