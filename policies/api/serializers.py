"""What the API tells of public content."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from policies.models import Content, Interpretation, News, PolicyDocument, Topic

COMMON = (
    "slug", "title", "summary", "body", "region", "region_text", "issuer", "date", "url",
    "published_at", "updated_at", "source_title", "source_url", "source_date", "source_kind",
)  # fmt: skip


class ContentSerializer(serializers.ModelSerializer[Any]):
    """What every kind shares. `date` is as precise as known: a year, a month or a day."""

    region = serializers.CharField(source="region_id", allow_null=True, help_text="行政区划代码")
    date = serializers.CharField(source="shown_date", help_text="2024、2024-05 或 2024-05-20")
    url = serializers.CharField(source="get_absolute_url", help_text="页面路径")
    source_url = serializers.SerializerMethodField(help_text="来源网址；转载页不给出")

    @extend_schema_field(serializers.CharField())
    def get_source_url(self, content: Content) -> str:
        return content.source_url if content.source_is_linkable else ""


class PolicyDocumentSerializer(ContentSerializer):
    validity = serializers.CharField(source="validity_now", help_text="当日有效性")
    supersedes = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    interpretations = serializers.SerializerMethodField(help_text="解读的编号")

    class Meta:
        model = PolicyDocument
        fields = (
            *COMMON, "doc_number", "index_number", "signed_date", "issued_date",
            "effective_date", "expiry_date", "validity", "topic", "genre", "audience",
            "keywords", "publicity", "supersedes", "interpretations",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_interpretations(self, document: PolicyDocument) -> list[str]:
        return [row.slug for row in document.interpretations.all() if row.is_published]


class InterpretationSerializer(ContentSerializer):
    documents = serializers.SerializerMethodField(help_text="解读的文件的编号")

    class Meta:
        model = Interpretation
        fields = (*COMMON, "documents")
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_documents(self, interpretation: Interpretation) -> list[str]:
        return [row.slug for row in interpretation.documents.all() if row.is_published]


class NewsSerializer(ContentSerializer):
    class Meta:
        model = News
        fields = COMMON
        read_only_fields = fields


class PieceSerializer(serializers.Serializer[Any]):
    """A piece of a topic: where it is, not what it says."""

    kind = serializers.CharField(
        source="kind_label", help_text="政策文件、政策解读、行业动态或典型案例"
    )
    slug = serializers.CharField()
    title = serializers.CharField()
    url = serializers.CharField(source="get_absolute_url", help_text="页面路径")


class TopicSerializer(ContentSerializer):
    pieces = serializers.SerializerMethodField(help_text="专题内容，按次序")

    class Meta:
        model = Topic
        fields = (
            "slug", "title", "summary", "body", "region", "date", "url", "published_at",
            "updated_at", "pieces",
        )  # fmt: skip
        read_only_fields = fields

    source_url = None  # a topic is the portal's own

    @extend_schema_field(PieceSerializer(many=True))
    def get_pieces(self, topic: Topic) -> Any:
        pieces = self.context["pieces"].get(topic.pk, [])
        return PieceSerializer(pieces, many=True).data
