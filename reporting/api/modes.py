"""REST endpoint of the statistics by mode of operation."""

from __future__ import annotations

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.exceptions import ValidationError

from accounts.enums import Scope
from reporting.selectors.modes import (
    NUMBERS,
    ModeLine,
    cycles_of_modes,
    mode_lines,
)
from taxonomy.models import Region

REGION = OpenApiParameter("region", str, description="行政区划代码，如 440000；缺省不限。")
CYCLE = OpenApiParameter(
    "cycle", OpenApiTypes.INT, description="年度填报编号；只对能看到已通过报告的政府工作人员有效。"
)


class ModeSerializer(serializers.Serializer[ModeLine]):
    """一种运营模式。numbers 为当年已通过报告的合计，按指标代码；一个平台可有几种，不可相加。"""

    code = serializers.CharField(help_text="空为未注明")
    name = serializers.CharField()
    platforms = serializers.IntegerField(help_text="今天公开的平台家数")
    reports = serializers.IntegerField(allow_null=True)
    numbers = serializers.SerializerMethodField()

    def get_numbers(self, line: ModeLine) -> dict[str, str | None]:
        pairs = zip(NUMBERS, line.numbers, strict=True)
        return {code: None if value is None else str(value) for code, value in pairs}


@extend_schema_view(list=extend_schema(parameters=[REGION, CYCLE]))
class ModeViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """运营模式统计：各模式的平台家数（公开），和当年业绩（主管部门）。"""

    serializer_class = ModeSerializer
    read_scope = Scope.REPORTS_READ
    filter_backends: ClassVar[list[Any]] = []  # computed, not rows

    def get_queryset(self) -> Any:
        asked = self.request.query_params
        code, number = asked.get("region", ""), asked.get("cycle", "")
        region = Region.objects.filter(pk=code).first() if code else None
        if code and region is None:
            raise ValidationError({"region": ["没有这个行政区划。"]})
        if number and not number.isdigit():
            raise ValidationError({"cycle": ["请填年度填报的编号。"]})
        cycles = cycles_of_modes(self.request.user)
        cycle = get_object_or_404(cycles, pk=int(number)) if number else None
        prefix = region.prefix if region else ""
        return mode_lines(prefix=prefix, cycle=cycle, user=self.request.user)
