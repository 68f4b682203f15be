"""What the API takes and gives. Codes are the identity of list entries; nothing here saves."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Organisation
from core.api.changes import OriginField
from demands.models import Demand
from taxonomy.models import Region, Term

# what a reader without the right to the full text gets as null
CONFIDENTIAL = (
    "description", "background", "target_figures", "materials", "scale_low", "scale_high",
    "scale_unit", "budget_low_yuan", "budget_high_yuan", "budget_text",
)  # fmt: skip
CONTACT = ("contact_name", "contact_phone")


class TermField(serializers.SlugRelatedField[Term]):
    """An entry of one code list by its code."""

    def __init__(self, list_slug: str, **options: Any) -> None:
        self.list_slug = list_slug
        if not options.get("read_only"):
            options["queryset"] = Term.objects.all()
        options.setdefault("help_text", f"代码表 {list_slug} 的代码")
        super().__init__(slug_field="code", **options)

    def get_queryset(self) -> QuerySet[Term]:
        return Term.objects.of(self.list_slug)  # type: ignore[no-any-return]


class DemandSerializer(serializers.ModelSerializer[Demand]):
    """A demand as far as the reader may see it; `is_full` tells whether that is all of it.

    What is confidential goes to its owner; to others by `full/` alone, where it is noted.
    """

    status_name = serializers.CharField(source="get_status_display", help_text="状态名称")
    organisation = serializers.SerializerMethodField(help_text="需求单位；匿名时不给出名称")
    organisation_uscc = serializers.SerializerMethodField(
        help_text="需求单位的统一社会信用代码；匿名或未登记的为空"
    )
    field = TermField("field-data", read_only=True)
    field_label = serializers.CharField(source="field.name", default=None)
    process_kind = TermField(
        "process-kind", read_only=True, help_text="工艺类别，代码表 process-kind 的代码"
    )
    is_process_recognised = serializers.BooleanField(
        read_only=True, help_text="工艺类别由系统识别，而非填报"
    )
    stage = TermField("stage", read_only=True)
    hazard_class = TermField("hazard-class", read_only=True)
    service_types = TermField("service-type", read_only=True, many=True)
    certificates = TermField("certificate", read_only=True, many=True)
    region = serializers.CharField(source="region_id", allow_null=True, help_text="行政区划代码")
    wanted_region = serializers.CharField(source="wanted_region_id", allow_null=True)
    is_full = serializers.SerializerMethodField(help_text="是否给出全文")
    source_url = serializers.SerializerMethodField(help_text="来源网址；转载页不给出")
    origin = OriginField()

    class Meta:
        model = Demand
        fields = (
            "slug", "title", "status", "status_name", "organisation", "organisation_uscc",
            "is_anonymous",
            "confidentiality", "is_full", "teaser", "description", "background", "field",
            "field_label", "process_kind", "is_process_recognised", "stage", "stage_text",
            "trl_current", "trl_target", "scale_low", "scale_high", "scale_unit",
            "target_figures", "materials", "service_types",
            "certificates", "hazard_class", "budget_low_yuan", "budget_high_yuan", "budget_text",
            "deadline_date", "region", "wanted_region", "contact_name", "contact_phone",
            "published_at", "expires_date", "updated_at", "is_demo", "source_title", "source_url",
            "source_date", "source_kind", "origin",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.CharField())
    def get_organisation(self, demand: Demand) -> str:
        if self._may("read_contact", demand) and demand.organisation:
            return demand.organisation.name
        return demand.shown_organisation

    @extend_schema_field(serializers.CharField())
    def get_organisation_uscc(self, demand: Demand) -> str:
        is_named = bool(demand.organisation) and not demand.is_anonymous
        return demand.organisation.uscc if is_named and demand.organisation else ""

    @extend_schema_field(serializers.BooleanField())
    def get_is_full(self, demand: Demand) -> bool:
        access = self.context["access"]
        is_asked = self.context.get("is_noted", False) or not demand.is_confidential
        is_own = bool(access.organisation_ids) and demand.organisation_id in access.organisation_ids
        return bool((is_asked or is_own) and access.full_text_visible(demand))

    @extend_schema_field(serializers.CharField())
    def get_source_url(self, demand: Demand) -> str:
        return demand.source_url if demand.source_is_linkable else ""

    def _may(self, action: str, demand: Demand) -> bool:
        return bool(self.context["access"].can(action, demand))

    def to_representation(self, instance: Demand) -> dict[str, Any]:
        """Null for what the reader may not see."""
        shown = super().to_representation(instance)
        hidden = () if shown["is_full"] else CONFIDENTIAL
        is_withheld = instance.is_confidential and not shown["is_full"]
        if is_withheld or not self._may("read_contact", instance):
            hidden = (*hidden, *CONTACT)
        return shown | dict.fromkeys(hidden)


class DemandInput(serializers.ModelSerializer[Demand]):
    """What may be written; every field is optional, because drafts may be incomplete."""

    field = TermField("field-data", required=False, allow_null=True)
    stated_process_kind = TermField(
        "process-kind", required=False, allow_null=True,
        help_text="工艺类别，代码表 process-kind 的代码；不填由系统识别",
    )  # fmt: skip
    stage = TermField("stage", required=False, allow_null=True)
    hazard_class = TermField("hazard-class", required=False, allow_null=True)
    service_types = TermField("service-type", required=False, many=True)
    certificates = TermField("certificate", required=False, many=True)
    region = serializers.PrimaryKeyRelatedField(
        queryset=Region.objects.active(),
        required=False,
        allow_null=True,
        pk_field=serializers.CharField(),
        help_text="行政区划代码",
    )
    wanted_region = serializers.PrimaryKeyRelatedField(
        queryset=Region.objects.active(),
        required=False,
        allow_null=True,
        pk_field=serializers.CharField(),
        help_text="限定平台地区的行政区划代码",
    )

    class Meta:
        model = Demand
        fields: tuple[str, ...] = (
            "title", "description", "background", "field", "stated_process_kind", "stage",
            "trl_current", "trl_target", "scale_low", "scale_high", "scale_unit",
            "target_figures", "materials", "service_types", "certificates", "hazard_class",
            "budget_low_yuan",
            "budget_high_yuan", "deadline_date", "region", "wanted_region", "confidentiality",
            "teaser", "promise_note", "is_anonymous", "contact_name", "contact_phone",
            "expires_date",
        )  # fmt: skip


class NewDemandInput(DemandInput):
    organisation = serializers.SlugRelatedField(
        slug_field="uscc",
        queryset=Organisation.objects.all(),
        required=False,
        help_text="发布单位的统一社会信用代码；只代表一家单位时可省略",
    )

    class Meta(DemandInput.Meta):
        fields = (*DemandInput.Meta.fields, "organisation")


class DemandSubmitInput(serializers.Serializer[Any]):
    is_secrecy_confirmed = serializers.BooleanField(
        default=False, help_text="已核对内容不涉及国家秘密，也不含他人的商业秘密"
    )


class DemandReasonInput(serializers.Serializer[Any]):
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=500, help_text="原因"
    )
