"""REST endpoints of what is published: editions with their definitions, numbered lists."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from core.files import files_of
from reporting.access import PublicationAccess, PublishedListAccess
from reporting.enums import ListStatus, PublicationStatus
from reporting.models import Publication, PublishedList, PublishedListRow
from reporting.selectors.published_lists import rows_of


class EditionFileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    url = serializers.CharField(source="get_absolute_url")
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()


class PublicationSerializer(serializers.ModelSerializer[Publication]):
    """An edition without its content."""

    region = serializers.CharField(source="region_id", help_text="行政区划代码")
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = Publication
        fields = ("id", "kind", "title", "region", "year", "edition", "note", "is_demo",
                  "frozen_at", "published_at", "sha256", "content_sha256", "url")  # fmt: skip
        read_only_fields = fields


class PublicationDetailSerializer(PublicationSerializer):
    """An edition with its numbers, their definitions, its chapters, texts and files."""

    snapshot = serializers.JSONField(
        help_text="numbers：数值（精确文本）、上年值、有数平台；definitions：封存时的口径；"
        "chapters：章节的数字、图表和表格。"
    )
    texts = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()

    class Meta(PublicationSerializer.Meta):
        fields = (*PublicationSerializer.Meta.fields, "snapshot", "texts", "files")
        read_only_fields = fields

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_texts(self, row: Publication) -> dict[str, str]:
        return {section.chapter: section.text for section in row.sections.order_by("order")}

    @extend_schema_field(EditionFileSerializer(many=True))
    def get_files(self, row: Publication) -> list[dict[str, Any]]:
        return list(EditionFileSerializer(files_of(row), many=True).data)


class ListSerializer(serializers.ModelSerializer[PublishedList]):
    """An edition of a list; its rows are at `rows`."""

    region = serializers.CharField(source="region_id", help_text="行政区划代码")
    previous = serializers.IntegerField(source="previous.number", default=None, allow_null=True,
                                        help_text="上一期的期号")  # fmt: skip
    columns = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = PublishedList
        fields = ("id", "kind", "number", "title", "note", "region", "criteria_words", "columns",
                  "row_count", "previous", "added_count", "removed_count", "changed_count",
                  "is_demo", "frozen_at", "published_at", "sha256", "url")  # fmt: skip
        read_only_fields = fields


class ListDetailSerializer(ListSerializer):
    """An edition with its files as they were printed: PDF and workbook."""

    files = serializers.SerializerMethodField()

    class Meta(ListSerializer.Meta):
        fields = (*ListSerializer.Meta.fields, "files")
        read_only_fields = fields

    @extend_schema_field(EditionFileSerializer(many=True))
    def get_files(self, row: PublishedList) -> list[dict[str, Any]]:
        return list(EditionFileSerializer(files_of(row), many=True).data)


class ListRowSerializer(serializers.ModelSerializer[PublishedListRow]):
    """One line: `data` by column; `key` names the same thing in every edition."""

    data = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = PublishedListRow
        fields = ("order", "key", "url", "is_demo", "data", "digest")
        read_only_fields = fields


class PublicationViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """已发布的年度发展报告、能力手册和案例汇编。公开读取。"""

    queryset = Publication.objects.none()
    read_scope = Scope.REPORTS_READ
    filterset_fields = ("kind", "year", "region")
    ordering_fields = ("published_at", "year")

    def get_queryset(self) -> QuerySet[Any]:
        rows = PublicationAccess(self.request.user).visible()
        rows = rows.filter(status=PublicationStatus.PUBLISHED)
        if self.action == "list":
            rows = rows.defer("snapshot")
        return rows.order_by("-published_at", "-pk")

    def get_serializer_class(self) -> Any:
        return PublicationSerializer if self.action == "list" else PublicationDetailSerializer


class ListViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """已发布的编号清单；`rows` 分页给出条目，`files` 给出 PDF 和 Excel 的地址。公开读取。"""

    queryset = PublishedList.objects.none()
    serializer_class = ListDetailSerializer
    read_scope = Scope.REPORTS_READ
    filterset_fields = ("kind", "number", "region")
    ordering_fields = ("published_at", "number")

    def get_queryset(self) -> QuerySet[Any]:
        rows = PublishedListAccess(self.request.user).visible()
        rows = rows.filter(status=ListStatus.PUBLISHED).select_related("previous")
        return rows.order_by("-published_at", "-pk")

    @extend_schema(responses=ListRowSerializer(many=True), filters=False)
    @action(detail=True)
    def rows(self, request: Request, pk: str) -> Response:
        """这一期的条目，按序号。"""
        page = self.paginate_queryset(rows_of(self.get_object()))
        return self.get_paginated_response(ListRowSerializer(page, many=True).data)

    def get_serializer_class(self) -> Any:
        return ListSerializer if self.action == "list" else ListDetailSerializer
