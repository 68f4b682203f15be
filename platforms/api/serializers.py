"""What the API tells of platforms and takes for capabilities."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.api.changes import OriginField
from platforms.models import (
    Capability,
    CapabilityParameter,
    Equipment,
    Expert,
    Line,
    Platform,
    Solution,
)
from taxonomy.models import Term

LISTING_FIELDS = (
    "slug", "status", "confirmed_at", "completeness", "created_at", "updated_at", "url",
)  # fmt: skip


class TermField(serializers.SlugRelatedField[Term]):
    """An entry of one code list by its code."""

    def __init__(self, code_list: str, **kwargs: Any) -> None:
        self.code_list = code_list
        if not kwargs.get("read_only"):
            kwargs["queryset"] = Term.objects.none()
        kwargs.setdefault("help_text", f"代码表 {code_list} 的代码")
        super().__init__(slug_field="code", **kwargs)

    def get_queryset(self) -> Any:
        return Term.objects.of(self.code_list)


class ListingSerializer(serializers.ModelSerializer[Any]):
    """Base: `url` is the page for people."""

    url = serializers.CharField(source="get_absolute_url", read_only=True, help_text="页面路径")


class PlatformSerializer(ListingSerializer):
    """A platform. Contacts of people are not part of the open interface."""

    operator = serializers.CharField(source="operator_display", help_text="运营单位")
    operator_uscc = serializers.CharField(
        source="organisation.uscc", default="", help_text="运营单位的统一社会信用代码；未认领的为空"
    )
    region = serializers.CharField(source="region_id", help_text="行政区划代码")
    region_name = serializers.CharField(source="region_display")
    kind = TermField("platform-kind", read_only=True)
    level = TermField("platform-level", read_only=True)
    host_type = TermField("host-type", read_only=True)
    operation_mode = TermField("operation-mode", read_only=True)
    run_status = TermField("run-status", read_only=True)
    fields_of_service = TermField("field-data", source="fields", many=True, read_only=True)
    capability_count = serializers.IntegerField(read_only=True)
    origin = OriginField()

    class Meta:
        model = Platform
        fields = (
            *LISTING_FIELDS,
            "name", "operator", "operator_uscc", "region", "region_name", "address", "kind",
            "level", "level_text", "host_type", "host_type_text", "operation_mode", "run_status",
            "stage_text", "fields_of_service", "niche", "summary", "website", "floor_area_sqm",
            "is_open", "external_share_percent", "capability_count", "is_demo",
            "source_title", "source_url", "source_date", "source_kind", "origin",
        )  # fmt: skip
        read_only_fields = fields


class ParameterSerializer(serializers.ModelSerializer[CapabilityParameter]):
    class Meta:
        model = CapabilityParameter
        fields = ("name", "low", "high", "unit", "text")


class CapabilitySerializer(ListingSerializer):
    platform = serializers.CharField(source="platform.slug", help_text="平台编号")
    platform_name = serializers.CharField(source="platform.name")
    region = serializers.CharField(source="platform.region_id", help_text="行政区划代码")
    field = TermField("field-data", read_only=True)
    process_kind = TermField("process-kind", read_only=True)
    hazard_class = TermField("hazard-class", read_only=True)
    ip_terms = TermField("ip-terms", read_only=True)
    service_types = TermField("service-type", many=True, read_only=True)
    service_modes = TermField("service-mode", many=True, read_only=True)
    verification_types = TermField("verification-type", many=True, read_only=True)
    certificates = TermField("certificate", many=True, read_only=True)
    equipment = serializers.SlugRelatedField("slug", many=True, read_only=True)
    parameters = ParameterSerializer(many=True, read_only=True)
    origin = OriginField()

    class Meta:
        model = Capability
        fields = (
            *LISTING_FIELDS,
            "title", "description", "platform", "platform_name", "region", "field", "industry",
            "process", "process_kind", "materials", "service_types", "service_modes",
            "verification_types", "scale_low", "scale_high", "scale_unit", "scale_text", "trl_low",
            "trl_high", "standards", "certificates", "hazard_class", "price_model",
            "price_low_yuan", "price_high_yuan", "price_unit", "price_note", "sme_price_note",
            "lead_days_low", "lead_days_high", "next_free_date", "is_open", "ip_terms", "equipment",
            "equipment_names", "parameters", "origin",
        )  # fmt: skip
        read_only_fields = fields


class CapabilityInput(serializers.ModelSerializer[Capability]):
    """What a partner system writes; rules are the service's."""

    field = TermField("field-data", required=False, allow_null=True)
    hazard_class = TermField("hazard-class", required=False, allow_null=True)
    ip_terms = TermField("ip-terms", required=False, allow_null=True)
    service_types = TermField("service-type", many=True, required=False)
    service_modes = TermField("service-mode", many=True, required=False)
    verification_types = TermField("verification-type", many=True, required=False)
    certificates = TermField("certificate", many=True, required=False)
    parameters = ParameterSerializer(many=True, required=False)

    class Meta:
        model = Capability
        fields = (
            "title", "description", "field", "industry", "process", "materials",
            "service_types", "service_modes", "verification_types", "scale_low", "scale_high",
            "scale_unit", "scale_text", "trl_low", "trl_high", "standards", "certificates",
            "hazard_class", "price_model", "price_low_yuan", "price_high_yuan", "price_unit",
            "price_note", "sme_price_note", "lead_days_low", "lead_days_high", "next_free_date",
            "is_open", "ip_terms", "parameters",
        )  # fmt: skip


class CapabilityCreate(CapabilityInput):
    platform = serializers.SlugField(help_text="平台编号")

    class Meta(CapabilityInput.Meta):
        fields = ("platform", *CapabilityInput.Meta.fields)


class CapabilityPatch(CapabilityInput):
    version = serializers.CharField(
        required=False, default="", help_text="读到的 updated_at；内容已被他人修改时返回 409"
    )

    class Meta(CapabilityInput.Meta):
        fields = ("version", *CapabilityInput.Meta.fields)


class ReasonInput(serializers.Serializer[Any]):
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class OfferSerializer(ListingSerializer):
    platform = serializers.CharField(source="platform.slug", help_text="平台编号")
    platform_name = serializers.CharField(source="platform.name")
    region = serializers.CharField(source="platform.region_id", help_text="行政区划代码")


OFFER_FIELDS = (*LISTING_FIELDS, "platform", "platform_name", "region")


class EquipmentSerializer(OfferSerializer):
    class Meta:
        model = Equipment
        fields = (
            *OFFER_FIELDS,
            "name", "model_number", "maker", "origin", "quantity", "acquired_date",
            "renewal_year", "specification", "is_open", "takes_bookings", "hourly_price_yuan",
            "open_hours_yearly",
        )  # fmt: skip
        read_only_fields = fields


class LineSerializer(OfferSerializer):
    class Meta:
        model = Line
        fields = (
            *OFFER_FIELDS,
            "name", "kind", "description", "scale_text", "floor_area_sqm", "is_digital", "is_open",
            "takes_bookings",
        )  # fmt: skip
        read_only_fields = fields


class SpanSerializer(serializers.Serializer[Any]):
    """一天中被占用的一段；共 `units` 台，占用 `taken` 台。"""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    taken = serializers.IntegerField(help_text="占用几台")
    units = serializers.IntegerField(help_text="共几台")


class CalendarSerializer(serializers.Serializer[Any]):
    """占用情况相同的连续几天；spans 为空即全天空闲。"""

    first = serializers.DateField()
    last = serializers.DateField()
    is_full = serializers.BooleanField(help_text="全天没有空闲")
    spans = SpanSerializer(many=True)


class ExpertSerializer(OfferSerializer):
    class Meta:
        model = Expert
        fields = (
            *OFFER_FIELDS,
            "name", "title", "employer", "expertise", "engagement_modes", "availability",
        )  # fmt: skip
        read_only_fields = fields


class SolutionSerializer(OfferSerializer):
    capabilities = serializers.SlugRelatedField("slug", many=True, read_only=True)

    class Meta:
        model = Solution
        fields = (
            *OFFER_FIELDS,
            "title", "problem", "summary", "capabilities", "deliverables", "price_note",
            "lead_days_low", "lead_days_high",
        )  # fmt: skip
        read_only_fields = fields
