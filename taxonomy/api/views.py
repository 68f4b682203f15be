"""Read-only endpoints over code lists: active rows; a withdrawn code is still found by itself."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins, viewsets

from taxonomy import selectors
from taxonomy.api import serializers
from taxonomy.filters import IndustryFilter, RegionFilter, TermFilter, TermMappingFilter
from taxonomy.models import CodeList, Industry, Region, Term, TermMapping


class TaxonomyViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """Base: public to read; a service token needs taxonomy:read."""

    read_scope = "taxonomy:read"  # accounts.enums.Scope lies above this app


class CodeListViewSet(mixins.RetrieveModelMixin, TaxonomyViewSet):
    """代码表：名称、来源、版本与词条数。"""

    queryset = CodeList.objects.none()
    serializer_class = serializers.CodeListSerializer
    ordering_fields = ("slug", "name")

    def get_queryset(self) -> QuerySet[CodeList]:
        return selectors.code_lists()


class TermViewSet(TaxonomyViewSet):
    """词条：按代码表标识 `list` 查询，依表内次序。"""

    queryset = (
        Term.objects.filter(is_active=True)
        .select_related("parent")
        .order_by("code_list", "order", "code", "pk")
    )
    serializer_class = serializers.TermSerializer
    filterset_class = TermFilter
    ordering_fields = ("code", "name", "order")


class TermMappingViewSet(TaxonomyViewSet):
    """词条对应：一个代码表的词条与另一个代码表或国民经济行业的关系。"""

    queryset = (
        TermMapping.objects.filter(source__is_active=True)
        .select_related("source", "target", "industry")
        .order_by("source__code_list", "source__order", "pk")
    )
    serializer_class = serializers.TermMappingSerializer
    filterset_class = TermMappingFilter
    ordering_fields = ("relation",)


class RegionViewSet(mixins.RetrieveModelMixin, TaxonomyViewSet):
    """行政区划：列表只含有效代码；已撤销的代码仍可按代码读取。"""

    queryset = Region.objects.order_by("code")
    serializer_class = serializers.RegionSerializer
    filterset_class = RegionFilter
    ordering_fields = ("code", "pinyin_key")
    lookup_value_regex = r"\d{6}"

    def get_queryset(self) -> QuerySet[Region]:
        rows = super().get_queryset()
        return rows if self.action == "retrieve" else rows.filter(is_active=True)


class IndustryViewSet(mixins.RetrieveModelMixin, TaxonomyViewSet):
    """国民经济行业：门类与大类。"""

    queryset = Industry.objects.order_by("code")
    serializer_class = serializers.IndustrySerializer
    filterset_class = IndustryFilter
    ordering_fields = ("code",)
    lookup_value_regex = r"[A-Z]|\d{2}"

    def get_queryset(self) -> QuerySet[Industry]:
        rows = super().get_queryset()
        return rows if self.action == "retrieve" else rows.filter(is_active=True)
