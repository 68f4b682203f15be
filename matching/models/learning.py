"""What people say of pairs, the weights learnt from it, and the vectors of texts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel, JobModel
from matching.enums import FeedbackSide, MismatchReason, ResourceKind, Side, Verdict
from matching.models.runs import OfResource


class Feedback(BaseModel, OfResource):
    """What somebody thinks of a demand paired with a capability, a resource or a solution.
    Outlives the match row that showed it."""

    demand = models.ForeignKey("demands.Demand", models.CASCADE, related_name="feedback")
    capability = models.ForeignKey(
        "platforms.Capability", models.CASCADE, null=True, related_name="feedback"
    )
    given_by = user_field(required=True)
    side = models.CharField(_("立场"), max_length=10, choices=FeedbackSide.choices)
    verdict = models.CharField(_("评价"), max_length=12, choices=Verdict.choices)
    reason = models.CharField(_("原因"), max_length=10, choices=MismatchReason.choices, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("匹配反馈")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "demand",
                    "capability",
                    "resource_kind",
                    "resource_id",
                    "given_by",
                    "side",
                ],
                nulls_distinct=False,
                name="matching_feedback_once",
            ),
            models.CheckConstraint(
                condition=Q(capability__isnull=False, resource_id=None)
                | (Q(capability=None, resource_id__isnull=False) & ~Q(resource_kind="")),
                name="matching_feedback_subject",
            ),
            models.CheckConstraint(
                condition=~Q(verdict="unsuitable") | ~Q(reason=""),
                name="matching_feedback_reason",
                violation_error_message=_("请选择不合适的原因。"),
            ),
        ]

    def __str__(self) -> str:
        other = self.capability_id or f"{self.resource_kind} {self.resource_id}"
        return f"{self.demand_id} ↔ {other} {self.get_verdict_display()}"


class Embedding(models.Model):
    """The vector of one text by one encoder; remade when the text's digest changes."""

    kind = models.CharField(
        _("对象"), max_length=12, choices=[*Side.choices, *ResourceKind.choices]
    )
    object_id = models.BigIntegerField(_("编号"))
    encoder = models.CharField(_("编码器"), max_length=40)
    text_digest = models.CharField(_("文本摘要"), max_length=64)
    # `updated_at` of the row whose text was read: a row that moved on is looked at again
    row_updated_at = models.DateTimeField(_("原文更新时间"))
    vector = models.BinaryField(_("向量"))  # float32, little endian
    made_at = models.DateTimeField(_("生成时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("文本向量")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "encoder"], name="matching_embedding_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class MatchWeights(BaseModel):
    """A version of the ranking's weights: staff see, compare, activate, roll back and freeze it.

    `record` is the engine's own form (`matching.engine.weights.weights_from` reads it). While a
    version is frozen nobody and nothing activates another one.
    """

    version = models.CharField(_("版本"), max_length=40, unique=True)
    record = models.JSONField(_("权重"))
    note = models.CharField(_("说明"), max_length=300, blank=True)
    trained_on = models.CharField(_("训练数据"), max_length=300, blank=True)
    figures = models.JSONField(_("评测结果"), default=dict, blank=True)
    is_active = models.BooleanField(_("使用中"), default=False)
    is_frozen = models.BooleanField(_("已冻结"), default=False)
    activated_at = models.DateTimeField(_("启用时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("匹配权重")
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="matching_one_active"
            ),
            models.CheckConstraint(
                condition=Q(is_frozen=False) | Q(is_active=True),
                name="matching_frozen_is_active",
                violation_error_message=_("只有使用中的权重可以冻结。"),
            ),
        ]

    def __str__(self) -> str:
        return self.version


class WeightsTraining(JobModel):
    """Learning new weights from what people said and did of pairs; the result is a draft version.

    `judged` holds what is already read, {demand: [[capability, level, features], …], …}, so that
    a killed worker loses one demand at most.
    """

    base_version = models.CharField(_("底本版本"), max_length=40)
    judged = models.JSONField(_("已读评价"), default=dict)
    weights = models.OneToOneField(
        MatchWeights, models.PROTECT, null=True, blank=True, related_name="training"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("权重训练")
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(status__in=["queued", "running"]),
                name="matching_one_training",
                violation_error_message=_("已有一次训练正在进行。"),
            )
        ]

    def __str__(self) -> str:
        return f"权重训练 #{self.pk}"
