"""Shapes of departments' opinions over REST."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import Organisation
from platforms.enums import Stance
from platforms.models import OpinionRequest, ReviewOpinion


class OpinionRequestSerializer(serializers.ModelSerializer[OpinionRequest]):
    """向一个部门征求的意见和它的答复。department 为统一社会信用代码。"""

    application = serializers.SlugRelatedField(slug_field="number", read_only=True)
    platform = serializers.CharField(source="application.platform.slug", read_only=True)
    department = serializers.SlugRelatedField(slug_field="uscc", read_only=True)
    department_name = serializers.CharField(source="department.name", read_only=True)
    is_on_time = serializers.BooleanField(read_only=True, allow_null=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = OpinionRequest
        fields = (
            "id", "application", "platform", "stage", "department", "department_name",
            "question", "due_at", "stance", "body", "answered_at", "is_on_time", "status",
            "url",
        )  # fmt: skip


class ConsultInput(serializers.Serializer[Any]):
    departments = serializers.SlugRelatedField(
        slug_field="uscc", many=True, queryset=Organisation.objects.all(), allow_empty=False
    )
    question = serializers.CharField(max_length=2000)
    workdays = serializers.IntegerField(min_value=1, max_value=60, default=5)


class AnswerInput(serializers.Serializer[Any]):
    stance = serializers.ChoiceField(choices=Stance.choices)
    body = serializers.CharField(max_length=3000, required=False, default="", allow_blank=True)


class WithdrawInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class MergeInput(serializers.Serializer[Any]):
    body = serializers.CharField(max_length=3000)


class MergedSerializer(serializers.ModelSerializer[ReviewOpinion]):
    """汇总成的意见。"""

    class Meta:
        model = ReviewOpinion
        fields = ("id", "stage", "kind", "department", "body", "created_at")
