"""REST over public content: read only; a token needs policies:read."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import viewsets

from accounts.enums import Scope
from policies.access import (
    ContentAccess,
    DocumentAccess,
    InterpretationAccess,
    NewsAccess,
    TopicAccess,
)
from policies.api import serializers
from policies.filters import ContentFilter, DocumentFilter, TopicFilter
from policies.models import Interpretation, News, PolicyDocument, Topic
from policies.querysets import ContentQuerySet
from policies.selectors import pieces_by_topic


class ContentViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """Base: what is published, newest first."""

    lookup_field = "slug"
    read_scope = Scope.POLICIES_READ
    ordering_fields = ("published_at", "updated_at")
    access: type[ContentAccess]

    def get_queryset(self) -> ContentQuerySet:
        rows = self.access(self.request.user).visible().published()
        return rows.for_list().order_by("-day", "-pk")


@extend_schema_view(
    list=extend_schema(summary="政策文件列表"), retrieve=extend_schema(summary="一份政策文件")
)
class PolicyDocumentViewSet(ContentViewSet):
    """政策文件：文号、发文机关、各日期与当日有效性。"""

    queryset = PolicyDocument.objects.none()
    serializer_class = serializers.PolicyDocumentSerializer
    filterset_class = DocumentFilter
    access = DocumentAccess

    def get_queryset(self) -> ContentQuerySet:
        rows = super().get_queryset().with_validity(today=timezone.localdate())
        return rows.select_related("supersedes").prefetch_related("interpretations")


@extend_schema_view(
    list=extend_schema(summary="政策解读列表"), retrieve=extend_schema(summary="一篇政策解读")
)
class InterpretationViewSet(ContentViewSet):
    """政策解读，及其解读的文件。"""

    queryset = Interpretation.objects.none()
    serializer_class = serializers.InterpretationSerializer
    filterset_class = ContentFilter
    access = InterpretationAccess

    def get_queryset(self) -> ContentQuerySet:
        return super().get_queryset().prefetch_related("documents")


@extend_schema_view(
    list=extend_schema(summary="行业动态列表"), retrieve=extend_schema(summary="一条行业动态")
)
class NewsViewSet(ContentViewSet):
    """行业动态。"""

    queryset = News.objects.none()
    serializer_class = serializers.NewsSerializer
    filterset_class = ContentFilter
    access = NewsAccess


@extend_schema_view(
    list=extend_schema(summary="专题列表"), retrieve=extend_schema(summary="一个专题")
)
class TopicViewSet(ContentViewSet):
    """专题，及其中已公开的内容。"""

    queryset = Topic.objects.none()
    serializer_class = serializers.TopicSerializer
    filterset_class = TopicFilter
    access = TopicAccess

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """With the published pieces of all topics of the answer, read at once."""
        found = args[0] if kwargs.get("many") else args[:1]
        context = self.get_serializer_context()
        context["pieces"] = pieces_by_topic(found, published=True) if found else {}
        return super().get_serializer(*args, **kwargs | {"context": context})
