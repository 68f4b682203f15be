"""REST endpoint of the analysis."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.enums import Scope
from reporting.analysis import DIMENSIONS, Analysis, Figure, Group, Pair
from reporting.forms.analysis import AnalysisForm
from reporting.selectors.analysis import TERM_LISTS, answer_to

YEAR = "年度填报编号，缺省为能看到已归档报告的最近一年；留空为今天公开的平台家数。"
PLACE = "行政区划代码；缺省为本人管辖的或本门户的地区，留空不限。"
METHOD = "合计方法：sum formula yes；facts median 不合计"
PARAMETERS = [
    OpenApiParameter("by", str, enum=list(DIMENSIONS), description="按什么分组，缺省按地区。"),
    OpenApiParameter("cycle", OpenApiTypes.INT, description=YEAR),
    OpenApiParameter("indicator", str, description="指标代码，如 SRV-02；要有年度。"),
    OpenApiParameter("region", str, description=PLACE),
    *(OpenApiParameter(name, str, description=f"代码表 {slug} 中的代码")
      for name, slug in TERM_LISTS.items()),
]  # fmt: skip


class FigureSerializer(serializers.Serializer[Figure]):
    """应报、已归档、有这项数值的家数，合计（不能合计的指标为空）与各平台中位数。"""

    reports = serializers.IntegerField(help_text="应报家数；没有年度时为今天公开的平台家数")
    accepted = serializers.IntegerField()
    n = serializers.IntegerField()
    total = serializers.DecimalField(max_digits=24, decimal_places=4, allow_null=True)
    median = serializers.DecimalField(
        source="middle", max_digits=24, decimal_places=4, allow_null=True
    )


class PairSerializer(serializers.Serializer[Pair]):
    """两年都有这项数值的同一批平台。"""

    now = FigureSerializer()
    before = FigureSerializer()


class GroupSerializer(serializers.Serializer[Group]):
    """一个地区、领域、类别、模式或层级；code 空为未注明。"""

    code = serializers.CharField()
    name = serializers.CharField()
    now = FigureSerializer()
    before = FigureSerializer(allow_null=True, help_text="上年")
    pair = PairSerializer(allow_null=True, help_text="两年都有数的平台，可比")


class YearSerializer(FigureSerializer):
    year = serializers.IntegerField()


class AnalysisSerializer(serializers.Serializer[Analysis]):
    """统计分析：各组当年与上年的数，全部的历年数。只计调用者能看到的已归档年度报告。"""

    year = serializers.IntegerField(source="question.cycle.year", default=None, allow_null=True)
    by = serializers.CharField(source="question.by")
    indicator = serializers.CharField(source="question.code", help_text="空为平台家数")
    method = serializers.CharField(source="measure.method", default="", help_text=METHOD)
    unit = serializers.CharField(source="measure.unit", default="家")
    groups = GroupSerializer(many=True)
    whole = GroupSerializer(help_text="全部")
    years = serializers.SerializerMethodField()

    def get_years(self, found: Analysis) -> list[dict[str, Any]]:
        rows = [vars(figure) | {"year": year} for year, figure in found.years.items()]
        return list(YearSerializer(rows, many=True).data)


class AnalysisView(APIView):
    """统计分析：公开平台家数任何人可查；年度指标按调用者的权限范围统计。"""

    read_scope = Scope.REPORTS_READ

    @extend_schema(parameters=PARAMETERS, responses=AnalysisSerializer)
    def get(self, request: Request) -> Response:
        form = AnalysisForm(request.query_params, user=request.user)
        question = form.question
        if form.errors:
            raise ValidationError(form.errors)
        if request.query_params.get("cycle") and question.cycle is None:
            raise ValidationError({"cycle": ["没有这个年度，或您看不到其中的报告。"]})
        found = answer_to(question, form.chosen, user=request.user)
        return Response(AnalysisSerializer(found).data)
