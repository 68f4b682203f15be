"""What the API takes and tells of runs and explained pairs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from matching.enums import MismatchReason, ResourceKind, Verdict
from matching.models import Feedback, MatchRun


class RunInput(serializers.Serializer[Any]):
    """One subject by slug: a demand, a capability, a resource or a solution."""

    demand = serializers.SlugField(required=False, help_text="需求编号")
    capability = serializers.SlugField(required=False, help_text="能力编号")
    equipment = serializers.SlugField(required=False, help_text="设备编号")
    line = serializers.SlugField(required=False, help_text="中试线编号")
    expert = serializers.SlugField(required=False, help_text="专家编号")
    solution = serializers.SlugField(required=False, help_text="解决方案编号")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            message = _("请给出一条需求、一项能力、一项资源或一个方案的编号。")
            raise serializers.ValidationError({"demand": [message]})
        return attrs


class RunSerializer(serializers.ModelSerializer[MatchRun]):
    """A run: poll it until `is_finished`."""

    demand = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    capability = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    is_finished = serializers.BooleanField(read_only=True)
    percent = serializers.IntegerField(read_only=True, help_text="进度，0–100")
    relevant_count = serializers.SerializerMethodField(help_text="相关且条件未见不符的数目")

    class Meta:
        model = MatchRun
        fields = (
            "id", "kind", "demand", "capability", "resource_kind", "resource_id", "status",
            "is_finished", "percent", "error",
            "relevant_count", "capability_count", "demand_count", "weights_version", "encoder",
            "created_at", "started_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_relevant_count(self, run: MatchRun) -> int | None:
        return run.result.get("relevant")


class PartyField(serializers.Serializer[Any]):
    """A side of a pair, as far as the caller may read it."""

    slug = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    url = serializers.CharField(help_text="页面路径")


class ShareField(serializers.Serializer[Any]):
    label = serializers.CharField()
    share = serializers.FloatField(help_text="占匹配度的百分比")


class CheckField(serializers.Serializer[Any]):
    label = serializers.CharField()
    result = serializers.ChoiceField(
        choices=[("met", "符合"), ("unmet", "不符合"), ("unknown", "资料不足")]
    )
    asked = serializers.CharField(help_text="需求的要求")
    offered = serializers.CharField(help_text="能力所能提供")
    hint = serializers.CharField(help_text="最近的放宽办法")


class FeedbackSerializer(serializers.ModelSerializer[Feedback]):
    """A judgement of a demand with a capability, or with a resource or solution."""

    demand = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    capability = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)

    class Meta:
        model = Feedback
        fields = (
            "demand", "capability", "resource_kind", "resource_id", "side", "verdict", "reason",
            "note", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class PhraseField(serializers.Serializer[Any]):
    asked = serializers.CharField(help_text="需求中的语句")
    offered = serializers.CharField(help_text="能力中的语句")


class ResultSerializer(serializers.Serializer[Any]):
    """One explained pair, best first; near misses follow the possible ones."""

    rank = serializers.IntegerField(source="match.rank")
    percent = serializers.IntegerField(help_text="匹配度：业内人士会认为相关的估计概率")
    is_possible = serializers.BooleanField(source="match.is_possible", help_text="条件未见不符")
    is_relevant = serializers.BooleanField()
    is_rejected = serializers.BooleanField(help_text="本方已评为不合适")
    demand = serializers.SerializerMethodField()
    capability = serializers.SerializerMethodField()
    words = serializers.ListField(child=serializers.CharField(), help_text="共同关键词")
    phrases = PhraseField(many=True, help_text="意思相近的语句")
    parts = ShareField(many=True, help_text="得分构成")
    checks = CheckField(many=True)
    feedback = FeedbackSerializer(source="own", allow_null=True)

    @extend_schema_field(PartyField)
    def get_demand(self, card: Any) -> Any:
        return _party(card.match.demand, card.demand_text)

    @extend_schema_field(PartyField)
    def get_capability(self, card: Any) -> Any:
        return _party(card.match.capability, card.capability_text)


def _party(row: Any, pieces: Any) -> Any:
    text = "".join(piece.text for piece in pieces)
    return {"slug": row.slug, "title": row.title, "text": text, "url": row.get_absolute_url()}


class OfferSerializer(serializers.Serializer[Any]):
    """A platform, resource or solution that suits the run's demand, best first."""

    kind = serializers.CharField()
    rank = serializers.IntegerField()
    percent = serializers.IntegerField(help_text="匹配度；资源文字短，只表示先后")
    slug = serializers.CharField()
    title = serializers.CharField()
    url = serializers.CharField(help_text="页面路径")
    platform = serializers.CharField(help_text="所属平台编号")
    capability = serializers.CharField(help_text="平台最合适的能力编号；其他类别为空")
    count = serializers.IntegerField(help_text="平台相关能力数；其他类别为 1")
    words = serializers.ListField(child=serializers.CharField(), help_text="共同关键词")
    checks = CheckField(many=True)
    unknown = serializers.ListField(child=serializers.CharField(), help_text="资料不足的条件")
    is_rejected = serializers.BooleanField(help_text="需求方已评为不合适")
    feedback = FeedbackSerializer(source="own", allow_null=True)


class SuitedSerializer(serializers.Serializer[Any]):
    """A demand that the run's resource or solution suits, best first."""

    percent = serializers.IntegerField()
    demand = serializers.SerializerMethodField()
    checks = CheckField(many=True)
    is_rejected = serializers.BooleanField(help_text="平台方已评为不合适")
    feedback = FeedbackSerializer(source="own", allow_null=True)

    @extend_schema_field(PartyField)
    def get_demand(self, fit: Any) -> Any:
        row = fit.demand
        return {
            "slug": row.slug, "title": row.title, "text": fit.text, "url": row.get_absolute_url(),
        }  # fmt: skip


class FeedbackInput(serializers.Serializer[Any]):
    """A judgement of one result of the run."""

    counterpart = serializers.SlugField(help_text="结果中对方的编号")
    offer = serializers.ChoiceField(
        choices=[("capability", "能力"), *ResourceKind.choices], required=False,
        default="capability", help_text="需求的任务里，对方是哪一类",
    )  # fmt: skip
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reason = serializers.ChoiceField(
        choices=MismatchReason.choices, required=False, default="", allow_blank=True,
        help_text="不合适时必填",
    )  # fmt: skip
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=300)
