"""REST endpoints of service vouchers: programmes for everybody, vouchers for who takes part."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, viewsets

from accounts.enums import Scope
from cases import selectors
from cases.access import VoucherAccess, VoucherProgrammeAccess
from cases.filters import VoucherFilter, VoucherProgrammeFilter
from cases.models import Voucher, VoucherProgramme


class VoucherProgrammeSerializer(serializers.ModelSerializer[VoucherProgramme]):
    region = serializers.CharField(source="region_id", help_text="出资地区代码")
    size_classes = serializers.ListField(child=serializers.CharField(), help_text="空为不限")
    modes = serializers.ListField(child=serializers.CharField())
    issued = serializers.IntegerField(help_text="已发放张数")
    paid_yuan = serializers.DecimalField(
        source="paid", max_digits=14, decimal_places=2, help_text="已兑付金额"
    )

    class Meta:
        model = VoucherProgramme
        fields = (
            "id", "name", "region", "document_number", "notice", "budget_yuan", "share_percent",
            "voucher_cap_yuan", "yearly_cap_yuan", "size_classes", "needs_demand", "reach",
            "modes", "opens_date", "closes_date", "valid_days", "audit_workdays", "status",
            "issued", "paid_yuan", "is_demo",
        )  # fmt: skip
        read_only_fields = fields


class VoucherSerializer(serializers.ModelSerializer[Voucher]):
    programme = serializers.IntegerField(source="programme_id", help_text="方案编号")
    enterprise = serializers.CharField(source="enterprise.uscc", help_text="统一社会信用代码")
    enquiry = serializers.CharField(source="project.number", default=None, help_text="对接编号")
    platform = serializers.CharField(
        source="project.platform.slug", default=None, help_text="平台编号"
    )
    is_demo = serializers.BooleanField()

    class Meta:
        model = Voucher
        fields = (
            "number", "programme", "enterprise", "enquiry", "platform", "mode", "face_yuan",
            "amount_yuan", "issued_at", "valid_until_date", "requested_at", "audit_due_at",
            "paid_date", "payment_reference", "status", "status_changed_at", "is_demo",
        )  # fmt: skip
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(summary="服务券方案"), retrieve=extend_schema(summary="一个服务券方案")
)
class VoucherProgrammeViewSet(viewsets.ReadOnlyModelViewSet[VoucherProgramme]):
    """各地的中试服务券：规则、预算与进展。"""

    queryset = VoucherProgramme.objects.none()
    serializer_class = VoucherProgrammeSerializer
    filterset_class = VoucherProgrammeFilter
    ordering_fields = ("closes_date", "budget_yuan")
    read_scope = Scope.CASES_READ

    def get_queryset(self) -> QuerySet[VoucherProgramme]:
        return selectors.programme_rows(VoucherProgrammeAccess(self.request.user).visible())


@extend_schema_view(
    list=extend_schema(summary="我能看到的服务券"), retrieve=extend_schema(summary="一张服务券")
)
class VoucherViewSet(viewsets.ReadOnlyModelViewSet[Voucher]):
    """企业本单位的、平台合同上的、管辖地区的服务券。"""

    queryset = Voucher.objects.none()
    serializer_class = VoucherSerializer
    filterset_class = VoucherFilter
    ordering_fields = ("issued_at", "paid_date")
    lookup_field = "number"
    read_scope = Scope.CASES_READ

    def get_queryset(self) -> QuerySet[Voucher]:
        return selectors.voucher_rows(VoucherAccess(self.request.user).visible())
