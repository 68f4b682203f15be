"""What the API tells of indicators, cycles and reports."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reporting.enums import NullReason
from reporting.models import AnnualReport, Indicator, PlanTarget, ReportCycle
from reporting.rules import Finding
from reporting.selectors.sheets import Line, lines_of, planned_of
from reporting.services.filling import Typed
from reporting.values import as_json


class IndicatorSerializer(serializers.ModelSerializer[Indicator]):
    """A version of an indicator; `code` with `is_current` is the definition in force."""

    class Meta:
        model = Indicator
        fields = (
            "code", "version", "is_current", "part", "group", "group_name", "name", "unit", "kind",
            "fill", "period", "definition", "note", "sources", "is_own", "formula", "query",
            "options", "digest",
        )  # fmt: skip
        read_only_fields = fields


class CycleSerializer(serializers.ModelSerializer[ReportCycle]):
    region = serializers.CharField(source="region_id", help_text="行政区划代码")

    class Meta:
        model = ReportCycle
        fields = ("id", "year", "region", "status", "opens_date", "due_date", "coverage",
                  "reviewers", "notice", "is_demo")  # fmt: skip
        read_only_fields = fields


class ReportSerializer(serializers.ModelSerializer[AnnualReport]):
    """A report without its values."""

    cycle = serializers.IntegerField(source="cycle_id")
    year = serializers.IntegerField(source="cycle.year")
    platform = serializers.CharField(source="platform.slug", help_text="平台编号")
    is_demo = serializers.BooleanField(source="platform.is_demo", help_text="演示数据")
    due_date = serializers.DateField()

    class Meta:
        model = AnnualReport
        fields = ("id", "cycle", "year", "platform", "is_demo", "status", "chain", "due_date",
                  "problem_count", "burden_percent", "computed_at", "submitted_at")  # fmt: skip
        read_only_fields = fields


class FindingSerializer(serializers.Serializer[Finding]):
    rule = serializers.IntegerField()
    level = serializers.ChoiceField(choices=["error", "warning"])
    message = serializers.CharField()
    advice = serializers.CharField()
    blocks = serializers.BooleanField()


class ReportValueSerializer(serializers.Serializer[Line]):
    """One value: numbers are exact text, lists are rows, nothing is null with a reason."""

    code = serializers.CharField(source="indicator.code")
    indicator_version = serializers.IntegerField(source="indicator.version")
    name = serializers.CharField(source="indicator.name")
    unit = serializers.CharField(source="indicator.unit")
    fill = serializers.CharField(source="indicator.fill")
    value = serializers.SerializerMethodField()
    last_value = serializers.SerializerMethodField()
    words = serializers.CharField()
    null_reason = serializers.CharField(source="row.null_reason", default="")
    note = serializers.CharField(source="row.note", default="")
    detail = serializers.JSONField(source="row.detail", default=dict)
    version = serializers.IntegerField(source="row.version", default=0)
    findings = FindingSerializer(many=True)

    @extend_schema_field(serializers.JSONField(allow_null=True))
    def get_value(self, line: Line) -> Any:
        return as_json(line.value)

    @extend_schema_field(serializers.JSONField(allow_null=True))
    def get_last_value(self, line: Line) -> Any:
        return as_json(line.last.effective) if line.last else None


class PlannedSerializer(serializers.Serializer[PlanTarget]):
    """A target for the year after, and how it is to be reached."""

    code = serializers.CharField()
    target = serializers.DecimalField(max_digits=20, decimal_places=4)
    note = serializers.CharField()
    version = serializers.CharField()


class ReportDetailSerializer(ReportSerializer):
    values = serializers.SerializerMethodField()  # type: ignore[assignment]
    plan = serializers.SerializerMethodField()

    class Meta(ReportSerializer.Meta):
        fields = (*ReportSerializer.Meta.fields, "values", "plan")
        read_only_fields = fields

    @extend_schema_field(ReportValueSerializer(many=True))
    def get_values(self, report: AnnualReport) -> list[dict[str, Any]]:
        return list(ReportValueSerializer(lines_of(report), many=True).data)

    @extend_schema_field(PlannedSerializer(many=True))
    def get_plan(self, report: AnnualReport) -> list[dict[str, Any]]:
        return list(PlannedSerializer(planned_of(report).values(), many=True).data)


class TargetInputSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=8)
    target = serializers.CharField(allow_blank=True, allow_null=True, max_length=30)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
    version = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=40, default=None,
        help_text="读到的 version；原来没有目标的为空文本。缺省不检查。",
    )  # fmt: skip


class PlanSerializer(serializers.Serializer[Any]):
    plan = TargetInputSerializer(many=True)


class TypedSerializer(serializers.Serializer[Typed]):
    """What is written for one indicator. `version` as read guards against overwriting."""

    code = serializers.CharField(max_length=8)
    value = serializers.JSONField(required=False, allow_null=True, default=None)
    null_reason = serializers.ChoiceField(
        choices=NullReason.choices, required=False, allow_blank=True, default=""
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")
    version = serializers.IntegerField(required=False, allow_null=True, default=None)


class WriteSerializer(serializers.Serializer[Any]):
    values = TypedSerializer(many=True)  # type: ignore[assignment]


class RefusalSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class WrittenSerializer(serializers.Serializer[Any]):
    """Codes that were written; the others with the reason, by code."""

    written = serializers.ListField(child=serializers.CharField())
    errors = serializers.DictField(child=RefusalSerializer())  # type: ignore[assignment]
    conflicts = serializers.ListField(child=serializers.CharField())


class PlanAnswerSerializer(serializers.Serializer[Any]):
    """The plan as it stands now; what was refused, by code."""

    plan = PlannedSerializer(many=True)
    errors = serializers.DictField(child=RefusalSerializer())  # type: ignore[assignment]
