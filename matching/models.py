"""Runs of the engine, explained matches, feedback, and the text features behind them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import BaseModel, JobModel
from matching.enums import ChunkStatus, MismatchReason, RunKind, Verdict
from matching.querysets import MatchQuerySet


class MatchRun(JobModel):
    """One run of the engine: for a demand, for a capability, or over everything in chunks."""

    kind = models.CharField(_("类型"), max_length=12, choices=RunKind.choices)
    demand = models.ForeignKey(
        "demands.Demand", models.CASCADE, null=True, blank=True, related_name="match_runs"
    )
    capability = models.ForeignKey(
        "platforms.Capability", models.CASCADE, null=True, blank=True, related_name="match_runs"
    )
    engine_version = models.CharField(_("引擎版本"), max_length=40, blank=True)
    weights_version = models.CharField(_("权重版本"), max_length=40, blank=True)
    encoder = models.CharField(_("语义编码"), max_length=40, blank=True)
    capability_count = models.PositiveIntegerField(_("参与能力数"), default=0)
    cancel_requested_at = models.DateTimeField(_("要求取消时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("匹配任务")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="full", demand=None, capability=None)
                | Q(kind="demand", demand__isnull=False, capability=None)
                | Q(kind="capability", demand=None, capability__isnull=False),
                name="matching_run_subject",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"


class MatchChunk(models.Model):
    """A slice of a full run: demands with ids first_id … last_id. Done once, whoever does it."""

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField(_("序号"))
    first_id = models.BigIntegerField(_("起"))
    last_id = models.BigIntegerField(_("止"))
    demand_count = models.PositiveIntegerField(_("需求数"))
    status = models.CharField(
        _("状态"), max_length=8, choices=ChunkStatus.choices, default=ChunkStatus.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    queued_at = models.DateTimeField(_("入队时间"), null=True)
    done_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("匹配分片")
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="matching_chunk_once")
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"


class Match(models.Model):
    """One explained pair. The latest run that looked at the demand owns it; pairs never double.

    `features` are the numbers that ranked (name → share of the score), `checks` the constraints
    with both values and met / not_met / unknown, exactly as the engine gave them.
    """

    demand = models.ForeignKey("demands.Demand", models.CASCADE, related_name="matches")
    capability = models.ForeignKey("platforms.Capability", models.CASCADE, related_name="matches")
    run = models.ForeignKey(MatchRun, models.PROTECT, related_name="matches")
    rank = models.PositiveIntegerField(_("名次"))
    score = models.FloatField(_("相关度"))
    is_possible = models.BooleanField(_("条件均可满足"))
    features = models.JSONField(_("得分构成"), default=dict)
    checks = models.JSONField(_("条件核对"), default=list)
    matched_at = models.DateTimeField(_("匹配时间"))

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("匹配")
        constraints = [
            models.UniqueConstraint(fields=["demand", "capability"], name="matching_pair_once")
        ]
        indexes = [
            models.Index(fields=["demand", "rank"]),
            models.Index(fields=["capability", "-score"]),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} ↔ {self.capability_id}"


class Feedback(BaseModel):
    """What somebody thinks of a pair. Outlives the match row that showed it."""

    demand = models.ForeignKey("demands.Demand", models.CASCADE, related_name="feedback")
    capability = models.ForeignKey("platforms.Capability", models.CASCADE, related_name="feedback")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verdict = models.CharField(_("评价"), max_length=12, choices=Verdict.choices)
    reason = models.CharField(_("原因"), max_length=10, choices=MismatchReason.choices, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("匹配反馈")
        constraints = [
            models.UniqueConstraint(
                fields=["demand", "capability", "given_by"], name="matching_feedback_once"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="unsuitable") | ~Q(reason=""),
                name="matching_feedback_reason",
                violation_error_message=_("请选择不合适的原因。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} ↔ {self.capability_id} {self.get_verdict_display()}"


class Embedding(models.Model):
    """The vector of one text by one encoder; remade when the text's digest changes."""

    kind = models.CharField(_("对象"), max_length=12)  # demand, capability
    object_id = models.BigIntegerField(_("编号"))
    encoder = models.CharField(_("编码器"), max_length=40)
    text_digest = models.CharField(_("文本摘要"), max_length=64)
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
