"""Shapes of recognition over REST: output apart from input, none that saves."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from platforms.enums import RecognitionStatus
from platforms.models import (
    Application,
    Equipment,
    Programme,
    Recognition,
    RosterChange,
    UsageLog,
)


class RosterSerializer(serializers.ModelSerializer[Recognition]):
    """认定与其在所查日期的状态。"""

    platform = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    platform_name = serializers.CharField(source="platform.name", read_only=True)
    scheme = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    scheme_name = serializers.CharField(source="scheme.name", read_only=True)
    level = serializers.CharField(source="scheme.level", read_only=True)
    region = serializers.CharField(source="platform.region_id", read_only=True)
    status_on_day = serializers.SerializerMethodField()
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Recognition
        fields = (
            "verification_code", "certificate_number", "platform", "platform_name", "scheme",
            "scheme_name", "level", "region", "batch", "build_type", "decided_date",
            "started_date", "ended_date", "valid_until", "status", "status_on_day", "reason",
            "is_demo", "url",
        )  # fmt: skip

    @extend_schema_field(serializers.ChoiceField(choices=RecognitionStatus.choices))
    def get_status_on_day(self, row: Recognition) -> str:
        return str(getattr(row, "status_on_day", row.status))


class RosterChangeSerializer(serializers.ModelSerializer[RosterChange]):
    """名册的一次变动。"""

    verification_code = serializers.CharField(
        source="recognition.verification_code", read_only=True
    )
    certificate_number = serializers.CharField(
        source="recognition.certificate_number", read_only=True
    )
    platform = serializers.CharField(source="recognition.platform.slug", read_only=True)
    platform_name = serializers.CharField(source="recognition.platform.name", read_only=True)
    scheme = serializers.CharField(source="recognition.scheme.slug", read_only=True)
    is_demo = serializers.BooleanField(source="recognition.is_demo", read_only=True)
    word = serializers.CharField(read_only=True)

    class Meta:
        model = RosterChange
        fields = (
            "day", "word", "status", "reason", "document_number", "verification_code",
            "certificate_number", "platform", "platform_name", "scheme", "is_demo",
        )  # fmt: skip


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    scheme = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    scheme_name = serializers.CharField(source="scheme.name", read_only=True)
    application_count = serializers.IntegerField(read_only=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Programme
        fields = (
            "slug", "title", "scheme", "scheme_name", "year", "opens_date", "closes_date",
            "publicity_workdays", "notice", "document_number", "status", "application_count",
            "is_demo", "url",
        )  # fmt: skip


class CheckSerializer(serializers.Serializer[Any]):
    """自评的一项：passed 为 null 表示还缺数据。"""

    name = serializers.CharField(source="label")
    passed = serializers.BooleanField(allow_null=True)
    found = serializers.CharField()
    wanted = serializers.CharField()
    advice = serializers.CharField()


class ApplicationSerializer(serializers.ModelSerializer[Application]):
    programme = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    platform = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Application
        fields = (
            "number", "programme", "platform", "challenge_item", "build_type", "statement",
            "declared", "wants_funding", "status", "status_changed_at", "stage_due_at",
            "submitted_at", "path", "publicity_ends_at", "decision_number", "url",
        )  # fmt: skip


class ApplicationInput(serializers.Serializer[Any]):
    programme = serializers.SlugField()
    platform = serializers.SlugField()
    build_type = serializers.CharField(required=False, default="")
    challenge_item = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="批次有榜单时必填。"
    )


class UsageSerializer(serializers.ModelSerializer[UsageLog]):
    equipment = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = UsageLog
        fields = (
            "id", "equipment", "start_at", "hours", "is_external", "client_name", "purpose",
            "source", "external_id",
        )  # fmt: skip


class UsageLine(serializers.ModelSerializer[UsageLog]):
    """一次使用：equipment 为设备编号；external_id 为来源系统的编号，重复发送不会重复登记。"""

    equipment = serializers.SlugRelatedField(
        slug_field="slug", queryset=Equipment.objects.select_related("platform__organisation")
    )
    external_id = serializers.CharField(max_length=80)

    class Meta:
        model = UsageLog
        fields = (
            "equipment", "start_at", "hours", "is_external", "client_name", "purpose",
            "external_id",
        )  # fmt: skip
        validators: list[Any] = []


class UsageInput(serializers.Serializer[Any]):
    lines = UsageLine(many=True, allow_empty=False, max_length=1000)


class UsageReceipt(serializers.Serializer[Any]):
    """新登记的条数，和以前已经登记过的条数。"""

    created = serializers.IntegerField()
    repeated = serializers.IntegerField()
