"""Endpoints of webhooks: what was sent to the caller's own addresses."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers, viewsets
from rest_framework.permissions import IsAuthenticated

from accounts.api.permissions import HasScope
from accounts.enums import Scope
from notifications.filters import DeliveryFilter
from notifications.models import WebhookDelivery
from notifications.selectors import deliveries_of


class DeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    """一次推送。message_id 即请求头 webhook-id，重发时不变；record_url 是该记录的接口地址。"""

    endpoint = serializers.CharField(source="endpoint.url", read_only=True)
    message_id = serializers.CharField(read_only=True)

    class Meta:
        model = WebhookDelivery
        fields = (
            "id", "message_id", "endpoint", "kind", "record_id", "record_url", "status",
            "attempts", "due_at", "response_code", "duration_ms", "error", "created_at",
            "tried_at",
        )  # fmt: skip
        read_only_fields = fields


class DeliveryViewSet(viewsets.ReadOnlyModelViewSet[WebhookDelivery]):
    """推送记录：送到调用者自己登记的推送地址的事件，保留 30 天。"""

    read_scope = Scope.WEBHOOKS_READ
    permission_classes = (IsAuthenticated, HasScope)
    queryset = WebhookDelivery.objects.none()
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
    ordering_fields = ("created_at", "tried_at")

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        return deliveries_of(self.request.user)
