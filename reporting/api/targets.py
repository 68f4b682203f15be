"""REST endpoint of the policy targets."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import mixins, serializers, viewsets

from accounts.enums import Scope
from reporting.selectors.monitoring import Progress, policy_targets


class TargetSerializer(serializers.Serializer[Progress]):
    """A number that a policy promises, and where it stands. Demo data never counts."""

    code = serializers.CharField(source="target.code")
    name = serializers.CharField(source="target.name")
    scope = serializers.CharField(
        source="target.scope", help_text="空为本地区目标，national 为列出供对照的全国目标"
    )
    minimum = serializers.IntegerField(source="target.minimum")
    maximum = serializers.IntegerField(source="target.maximum", allow_null=True)
    unit = serializers.CharField(source="target.unit")
    year = serializers.IntegerField(source="target.year")
    measure = serializers.CharField(source="target.measure")
    source = serializers.CharField(source="target.source")
    body = serializers.CharField(source="target.body", help_text="责任单位；空为本地区的主管部门")
    value = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    is_met = serializers.BooleanField()
    is_computed = serializers.BooleanField(help_text="由平台记录计算；否则为登记的数值或未统计")
    note = serializers.CharField(help_text="没有数值的原因")
    figure_source = serializers.CharField(source="figure.source", default=None, allow_null=True)
    figure_date = serializers.DateField(source="figure.as_of_date", default=None, allow_null=True)


class TargetViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Any]):
    """政策目标：文件写明的数量目标与目前的数值。公开读取。"""

    serializer_class = TargetSerializer
    read_scope = Scope.REPORTS_READ
    filter_backends: ClassVar[list[Any]] = []  # computed, not rows

    def get_queryset(self) -> Any:
        return policy_targets(today=timezone.localdate())
