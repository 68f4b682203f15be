"""What the API tells of the forms of other governments."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reporting.selectors.outside import FilledForm, FilledRow


class FilledRowSerializer(serializers.Serializer[FilledRow]):
    """One row: value in words, indicator code or register, day; `url` where to fill it in."""

    label = serializers.CharField(source="row.label")
    code = serializers.CharField(source="row.code", help_text="指标代码，取自登记信息的为空")
    minimum = serializers.FloatField(source="row.minimum", allow_null=True)
    words = serializers.CharField()
    is_filled = serializers.BooleanField()
    is_met = serializers.BooleanField(allow_null=True)
    origin = serializers.CharField(source="source")
    day = serializers.DateField(allow_null=True)
    url = serializers.CharField()


class FilledFormSerializer(serializers.Serializer[FilledForm]):
    """A form somebody else asks for. `example`: no document prints its layout."""

    slug = serializers.CharField(source="form.slug")
    name = serializers.CharField(source="form.name")
    issuer = serializers.CharField(source="form.issuer")
    basis = serializers.CharField(source="form.source")
    example = serializers.BooleanField(source="form.example")
    filled_count = serializers.IntegerField()
    rows = serializers.SerializerMethodField()

    @extend_schema_field(FilledRowSerializer(many=True))
    def get_rows(self, filled: FilledForm) -> list[dict[str, Any]]:
        return list(FilledRowSerializer(filled.rows, many=True).data)
