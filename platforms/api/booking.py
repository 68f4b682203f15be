"""Endpoints of bookings: asked for, withdrawn, answered, used."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import HasScope
from accounts.enums import Scope
from accounts.models import Organisation
from platforms import services
from platforms.access import access_to
from platforms.enums import BookingRefusal
from platforms.filters import BookingFilter
from platforms.models import Booking, Equipment, Line
from platforms.selectors.booking import booking_rows


class BookingSerializer(serializers.ModelSerializer[Booking]):
    """一件预约。equipment 和 line 为编号，二者有其一；organisation 为统一社会信用代码。"""

    platform = serializers.CharField(source="platform.slug", read_only=True)
    equipment = serializers.SlugRelatedField("slug", read_only=True)
    line = serializers.SlugRelatedField("slug", read_only=True)
    organisation = serializers.SlugRelatedField("uscc", read_only=True)
    organisation_name = serializers.CharField(source="organisation.name", read_only=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Booking
        fields = (
            "id", "platform", "equipment", "line", "unit", "organisation", "organisation_name",
            "start_at", "end_at", "purpose", "asked_at", "reply_due_at", "accepted_at",
            "decline_reason", "used_hours", "status", "is_demo", "url",
        )  # fmt: skip
        read_only_fields = fields


class BookingInput(serializers.Serializer[Any]):
    equipment = serializers.SlugField(required=False, help_text="设备编号；与 line 二选一")
    line = serializers.SlugField(required=False, help_text="中试线编号")
    organisation = serializers.SlugRelatedField(
        "uscc", queryset=Organisation.objects.all(), help_text="以哪个单位的名义"
    )
    start_at = serializers.DateTimeField(help_text="整点")
    end_at = serializers.DateTimeField(help_text="整点；一次最长 14 天")
    purpose = serializers.CharField(max_length=200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("equipment" in attrs) == ("line" in attrs):
            raise serializers.ValidationError({"equipment": ["请给出 equipment 或 line 之一。"]})
        return attrs


class BookingDeclineInput(serializers.Serializer[Any]):
    decline_reason = serializers.ChoiceField(choices=BookingRefusal.choices)
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class BookingUseInput(serializers.Serializer[Any]):
    hours = serializers.DecimalField(max_digits=6, decimal_places=2)


class BookingCancelInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class BookingViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]
):
    """预约：本单位申请的，或本单位平台收到的。"""

    read_scope = Scope.PLATFORMS_READ
    write_scope = Scope.PLATFORMS_WRITE
    permission_classes = (IsAuthenticated, HasScope)
    queryset = Booking.objects.none()
    serializer_class = BookingSerializer
    filterset_class = BookingFilter
    ordering_fields = ("start_at", "asked_at", "reply_due_at")

    def get_queryset(self) -> QuerySet[Any]:
        return booking_rows(self.request.user)

    @extend_schema(request=BookingInput, responses={201: BookingSerializer})
    def create(self, request: Request) -> Response:
        """申请预约；平台应在承诺的时限内答复。"""
        given = _clean(BookingInput, request)
        model = Equipment if "equipment" in given else Line
        slug = given.pop("equipment", "") or given.pop("line", "")
        rows = access_to(model, request.user).visible()
        booking = services.ask_booking(
            actor=request.user, resource=get_object_or_404(rows, slug=slug), now=timezone.now(),
            **given,
        )  # fmt: skip
        return Response(BookingSerializer(booking).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=BookingSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """申请单位撤回，开始以前。"""
        return self._do(services.move_booking, name="withdraw")

    @extend_schema(request=None, responses=BookingSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """平台受理，占用一台。"""
        return self._do(services.accept_booking)

    @extend_schema(request=BookingDeclineInput, responses=BookingSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """平台婉拒，须说明原因。"""
        return self._do(services.decline_booking, **_clean(BookingDeclineInput, request))

    @extend_schema(request=BookingUseInput, responses=BookingSerializer)
    @action(detail=True, methods=["post"])
    def use(self, request: Request, pk: str) -> Response:
        """平台登记或更正实际使用的小时数；设备的计入使用记录，一件预约只计一次。"""
        return self._do(services.confirm_use, **_clean(BookingUseInput, request))

    @extend_schema(request=BookingCancelInput, responses=BookingSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """平台取消，或登记没有使用。"""
        given = _clean(BookingCancelInput, request)
        return self._do(services.move_booking, name="cancel", **given)

    def _do(self, service: Any, **given: Any) -> Response:
        booking = service(
            actor=self.request.user, booking=self.get_object(), now=timezone.now(), **given
        )
        return Response(BookingSerializer(booking).data)


def _clean(serializer_class: Any, request: Request) -> dict[str, Any]:
    """Checked input as the arguments of a service."""
    given = serializer_class(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)
