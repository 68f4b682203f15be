"""What the API tells of projects, outcomes and cases, and what it takes. Nothing here saves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Organisation
from cases.access import ENTERPRISE_ROLES, ProjectAccess
from cases.enums import DeclineReason
from cases.models import Case, CaseCall, Message, Outcome, Project, Quote, Receipt
from core.api.fields import FilesField
from core.models import StoredFile
from demands.access import DemandAccess
from demands.models import Demand
from platforms.models import Capability, Platform

MAX_YUAN = Decimal("999999999999.99")


class MoneyField(serializers.DecimalField):
    """Yuan, more than nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_digits=14, decimal_places=2, min_value=Decimal("0.01"), max_value=MAX_YUAN,
            **options,
        )  # fmt: skip


class FileSerializer(serializers.ModelSerializer[StoredFile]):
    url = serializers.CharField(source="get_absolute_url", help_text="下载路径，须有权查看项目")

    class Meta:
        model = StoredFile
        fields = ("name", "content_type", "size_bytes", "sha256", "url")
        read_only_fields = fields


class MessageSerializer(serializers.ModelSerializer[Message]):
    author = serializers.CharField(source="author.name")
    organisation = serializers.CharField(source="organisation.name", default=None)
    files = serializers.SerializerMethodField()

    class Meta:
        model = Message
        fields = ("id", "author", "organisation", "body", "sent_at", "files")
        read_only_fields = fields

    @extend_schema_field(FileSerializer(many=True))
    def get_files(self, message: Message) -> Any:
        files = self.context["files"].get(str(message.pk), [])
        return FileSerializer(files, many=True).data


class QuoteSerializer(serializers.ModelSerializer[Quote]):
    class Meta:
        model = Quote
        fields = ("id", "amount_yuan", "lead_days", "valid_until_date", "scope", "quoted_at")
        read_only_fields = fields


class OutcomeSerializer(serializers.ModelSerializer[Outcome]):
    enquiry = serializers.CharField(source="project.number", help_text="对接编号")

    class Meta:
        model = Outcome
        fields = (
            "id", "enquiry", "kind", "description", "product_name", "trl_before", "trl_after",
            "achieved_date", "evidence_grade", "status", "status_changed_at", "satisfaction",
            "amount_yuan", "party_name", "document_number",
        )  # fmt: skip
        read_only_fields = fields


class ReceiptSerializer(serializers.ModelSerializer[Receipt]):
    enquiry = serializers.CharField(source="project.number", help_text="对接编号")

    class Meta:
        model = Receipt
        fields = (
            "id", "enquiry", "amount_yuan", "received_date", "voucher_yuan", "voucher_number",
            "note", "status", "status_changed_at",
        )  # fmt: skip
        read_only_fields = fields


class EnquirySerializer(serializers.ModelSerializer[Project]):
    """A project, from its enquiry on. `actions` is what the reader may do now."""

    platform = serializers.CharField(source="platform.slug", help_text="平台编号")
    platform_name = serializers.CharField(source="platform.name")
    capability = serializers.CharField(source="capability.slug", default=None)
    demand = serializers.CharField(source="demand.slug", default=None)
    enterprise = serializers.CharField(source="enterprise.uscc", help_text="统一社会信用代码")
    enterprise_name = serializers.CharField(source="enterprise.name")
    status_name = serializers.CharField(source="get_status_display", help_text="状态名称")
    is_overdue = serializers.SerializerMethodField(help_text="超过承诺时限仍未回复")
    quotes = QuoteSerializer(many=True)
    outcomes = OutcomeSerializer(many=True)
    receipts = ReceiptSerializer(many=True)
    actions = serializers.SerializerMethodField(help_text="当前可以执行的操作")

    class Meta:
        model = Project
        fields = (
            "number", "title", "status", "status_name", "status_changed_at", "platform",
            "platform_name", "capability", "demand", "enterprise", "enterprise_name", "asked_at",
            "reply_due_at", "first_replied_at", "is_overdue", "decline_reason",
            "contract_amount_yuan", "contract_date", "promised_date", "started_date",
            "delivered_date", "is_demo", "quotes", "outcomes", "receipts", "actions",
        )  # fmt: skip
        read_only_fields = fields

    def get_is_overdue(self, project: Project) -> bool:
        return project.is_overdue(self.context["now"])

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_actions(self, project: Project) -> list[str]:
        access: ProjectAccess = self.context["access"]
        rows = [row.name for row in access.transitions(project) if row.name != "answer"]
        own = [name for name in ("message", "claim_outcome") if access.can(name, project)]
        return [*rows, *own]


class CaseSerializer(serializers.ModelSerializer[Case]):
    """A published case with its source; a re-post's address is not given."""

    platform = serializers.CharField(source="platform.slug", default=None, help_text="平台编号")
    platform_name = serializers.CharField(source="shown_platform")
    field = serializers.CharField(source="field.code", default=None, help_text="field-data 的代码")
    region = serializers.CharField(source="region_id", allow_null=True, help_text="行政区划代码")
    source_url = serializers.SerializerMethodField(help_text="来源网址；转载页不给出")
    is_demo = serializers.BooleanField()
    url = serializers.CharField(source="get_absolute_url", help_text="页面路径")

    class Meta:
        model = Case
        fields = (
            "slug", "title", "platform", "platform_name", "client_name", "field", "region",
            "summary", "result", "published_at", "consented_at", "is_demo", "source_title",
            "source_url", "source_date", "source_kind", "url",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.CharField())
    def get_source_url(self, case: Case) -> str:
        return case.source_url if case.source_is_linkable else ""


class OwnField(serializers.SlugRelatedField[Any]):
    """A record of the actor's own: another's is as unknown as one that does not exist."""

    def get_queryset(self) -> QuerySet[Any]:
        user = self.context["request"].user
        if self.queryset.model is Demand:
            return DemandAccess(user).owned()
        mine = user.organisation_ids(*ENTERPRISE_ROLES)
        return Organisation.objects.filter(pk__in=mine)


class EnquiryMessageInput(serializers.Serializer[Any]):
    body = serializers.CharField(max_length=5000)
    files = FilesField()


class EnquiryInput(EnquiryMessageInput):
    platform = serializers.SlugRelatedField("slug", queryset=Platform.objects.published())
    capability = serializers.SlugRelatedField(
        "slug", queryset=Capability.objects.shown(), required=False, allow_null=True
    )
    demand = OwnField("slug", queryset=Demand.objects.all(), required=False, allow_null=True)
    enterprise = OwnField(
        "uscc",
        queryset=Organisation.objects.all(),
        required=False,
        help_text="本单位的统一社会信用代码；只代表一家单位时可省略",
    )


class EnquiryQuoteInput(serializers.Serializer[Any]):
    amount_yuan = MoneyField()
    lead_days = serializers.IntegerField(min_value=1, max_value=3650)
    valid_until_date = serializers.DateField()
    scope = serializers.CharField(max_length=2000)


class EnquiryDeclineInput(serializers.Serializer[Any]):
    decline_reason = serializers.ChoiceField(choices=DeclineReason.choices)
    reason = serializers.CharField(max_length=500)


class EnquiryContractInput(serializers.Serializer[Any]):
    contract_amount_yuan = MoneyField()
    contract_date = serializers.DateField()
    promised_date = serializers.DateField()


class EnquiryReasonInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class OutcomeInput(serializers.ModelSerializer[Outcome]):
    trl_before = serializers.IntegerField(min_value=1, max_value=9, required=False, allow_null=True)
    trl_after = serializers.IntegerField(min_value=1, max_value=9, required=False, allow_null=True)
    evidence_grade = serializers.ChoiceField(
        choices=Outcome._meta.get_field("evidence_grade").choices
    )
    files = FilesField()

    class Meta:
        model = Outcome
        fields = (
            "kind", "description", "product_name", "trl_before", "trl_after", "achieved_date",
            "evidence_grade", "files", "amount_yuan", "party_name", "document_number",
        )  # fmt: skip


class ReceiptInput(serializers.Serializer[Any]):
    amount_yuan = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=Decimal("0.01")
    )
    received_date = serializers.DateField()
    voucher_yuan = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=Decimal("0.01"), required=False,
        allow_null=True, default=None, help_text="其中服务券抵用，不超过到账金额",
    )  # fmt: skip
    voucher_number = serializers.CharField(
        required=False, allow_blank=True, max_length=80, default="", help_text="服务券编号"
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    files = FilesField()


class OutcomeConfirmInput(serializers.Serializer[Any]):
    satisfaction = serializers.IntegerField(
        min_value=1, max_value=5, required=False, allow_null=True
    )


class CriterionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="名称")
    marks = serializers.IntegerField(help_text="满分")


class CaseCallSerializer(serializers.ModelSerializer[CaseCall]):
    region = serializers.CharField(source="region_id", help_text="地区代码")
    criteria = CriterionSerializer(many=True)
    selected = serializers.SerializerMethodField(help_text="入选案例的编号")

    class Meta:
        model = CaseCall
        fields = (
            "id", "title", "region", "notice", "criteria", "opens_date", "due_date", "status",
            "selected",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_selected(self, call: CaseCall) -> list[str]:
        return [entry.case.slug for entry in getattr(call, "chosen", [])]
