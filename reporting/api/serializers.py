"""What the API tells of indicators, cycles and reports."""

from __future__ import annotations

from rest_framework import serializers

from reporting.models import Indicator


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
