"""What the API tells of code lists. Codes are the identity; database ids stay inside.

A field may be called `parent`: DRF takes declared fields off the class, which mypy cannot see.
"""

from __future__ import annotations

from rest_framework import serializers

from taxonomy.models import CodeList, Industry, Region, Term, TermMapping


class CodeListSerializer(serializers.ModelSerializer[CodeList]):
    term_count = serializers.IntegerField(read_only=True, help_text="有效词条数")

    class Meta:
        model = CodeList
        fields = ("slug", "name", "source", "edition", "note", "term_count")
        read_only_fields = fields


class TermSerializer(serializers.ModelSerializer[Term]):
    list = serializers.CharField(source="code_list_id", help_text="代码表标识")
    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent.code", default=None, help_text="上级代码"
    )

    class Meta:
        model = Term
        fields = ("list", "code", "name", "description", "parent", "order")
        read_only_fields = fields


class TermMappingSerializer(serializers.ModelSerializer[TermMapping]):
    list = serializers.CharField(source="source.code_list_id", help_text="代码表标识")
    code = serializers.CharField(source="source.code")
    name = serializers.CharField(source="source.name")
    target_list = serializers.CharField(source="target.code_list_id", default=None)
    target_code = serializers.CharField(source="target.code", default=None)
    target_name = serializers.CharField(source="target.name", default=None)
    industry = serializers.CharField(
        source="industry_id", default=None, help_text="GB/T 4754 大类代码，目标为行业时给出"
    )
    industry_name = serializers.CharField(source="industry.name", default=None)

    class Meta:
        model = TermMapping
        fields = (
            "list", "code", "name", "relation",
            "target_list", "target_code", "target_name", "industry", "industry_name",
        )  # fmt: skip
        read_only_fields = fields


class RegionSerializer(serializers.ModelSerializer[Region]):
    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent_id", allow_null=True, help_text="上级代码"
    )

    class Meta:
        model = Region
        fields = ("code", "name", "short_name", "level", "parent", "edition", "is_active")
        read_only_fields = fields


class IndustrySerializer(serializers.ModelSerializer[Industry]):
    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent_id", allow_null=True, help_text="门类代码"
    )

    class Meta:
        model = Industry
        fields = ("code", "name", "level", "parent", "is_active")
        read_only_fields = fields
