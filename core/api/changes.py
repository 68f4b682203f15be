"""What neighbours need of a list: what changed since, what is public now, where a row began."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from core.origins import Origin, origin_of

MAX_IDS = 5000
PARAMETER = "updated_after"


class UpdatedAfter(BaseFilterBackend):
    """`?updated_after=` puts a list into the order of its changes, after a given point.

    Empty: from the beginning. A moment: what changed then or later. `moment~slug`, made of the
    last row that was read: what follows that row, so that nothing is missed or read twice although
    rows change meanwhile.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        """Raises ValidationError at `updated_after` for what is no moment."""
        if PARAMETER not in request.query_params:
            return queryset
        moment, _tilde, slug = request.query_params[PARAMETER].partition("~")
        rows = queryset.order_by("updated_at", "slug")
        if not moment:
            return rows
        try:
            since = parse_datetime(moment)
        except ValueError:
            since = None
        if since is None or since.tzinfo is None:
            message = "请用带时区的时间，例如 2026-11-22T10:00:00+08:00。"
            raise ValidationError({PARAMETER: [message]})
        return rows.filter(Q(updated_at__gt=since) | Q(updated_at=since, slug__gt=slug))

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        text = "只取这一时刻及以后更新的，按更新时间排列；“时刻~编号”从该条之后续取；留空从头取"
        return [
            {
                "name": PARAMETER,
                "in": "query",
                "required": False,
                "description": text,
                "schema": {"type": "string"},
            }
        ]


class OriginSerializer(serializers.Serializer[Any]):
    portal = serializers.CharField(help_text="首次登记的门户网址")
    id = serializers.CharField(help_text="在该门户的编号")
    url = serializers.CharField(help_text="在该门户的页面")


@extend_schema_field(OriginSerializer)
class OriginField(serializers.Field):  # type: ignore[type-arg]
    """Where the row began; a portal never takes back what began with it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(source="*", read_only=True, **options)

    def to_representation(self, value: Any) -> Origin:
        return origin_of(value)


class IdsSerializer(serializers.Serializer[Any]):
    ids = serializers.ListField(child=serializers.CharField(), help_text="公开记录的编号")
    next = serializers.CharField(help_text="续取时的 after；空为取完")


class ExchangedViewSet:
    """Base of viewsets whose public rows other portals pull."""

    filter_backends = (*api_settings.DEFAULT_FILTER_BACKENDS, UpdatedAfter)

    def public_rows(self) -> QuerySet[Any]:
        """What anybody may read, whoever asks."""
        raise NotImplementedError

    @extend_schema(
        summary="公开记录的编号",
        parameters=[OpenApiParameter("after", str, description="从这一编号之后取")],
        responses=IdsSerializer,
    )
    @action(detail=False, pagination_class=None, filter_backends=())
    def ids(self, request: Request) -> Response:
        """全部公开记录的编号，每次至多 5000 个；不在其中的即已撤下。"""
        after = request.query_params.get("after", "")
        rows = self.public_rows().filter(slug__gt=after).order_by("slug")
        ids = list(rows.values_list("slug", flat=True)[:MAX_IDS])
        return Response({"ids": ids, "next": ids[-1] if len(ids) == MAX_IDS else ""})
