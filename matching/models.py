"""Runs of the engine, explained matches, feedback, and the text features behind them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import BaseModel, JobModel
from matching.enums import (
    ChunkStatus,
    FeedbackSide,
    MismatchReason,
    ResourceKind,
    RunKind,
    Side,
    Verdict,
)
from matching.querysets import MatchChunkQuerySet, MatchQuerySet, MatchRunQuerySet
from taxonomy.term_fields import term_field


class MatchRun(JobModel):
    """One run of the engine: for a demand, for a capability, or over everything in chunks."""

    kind = models.CharField(_("类型"), max_length=12, choices=RunKind.choices)
    demand = models.ForeignKey(
        "demands.Demand", models.CASCADE, null=True, blank=True, related_name="match_runs"
    )
    capability = models.ForeignKey(
        "platforms.Capability", models.CASCADE, null=True, blank=True, related_name="match_runs"
    )
    # a run for a resource: equipment, line, expert or solution, by kind and key
    resource_kind = models.CharField(
        _("资源类型"), max_length=12, choices=ResourceKind.choices, blank=True
    )
    resource_id = models.BigIntegerField(_("资源编号"), null=True, blank=True)
    weights_version = models.CharField(_("权重版本"), max_length=40, blank=True)
    encoder = models.CharField(_("语义编码"), max_length=40, blank=True)
    capability_count = models.PositiveIntegerField(_("参与能力数"), default=0)
    demand_count = models.PositiveIntegerField(_("参与需求数"), default=0)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("匹配任务")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="full", demand=None, capability=None, resource_id=None)
                | Q(kind="demand", demand__isnull=False, capability=None, resource_id=None)
                | Q(kind="capability", demand=None, capability__isnull=False, resource_id=None)
                | (
                    Q(kind="resource", demand=None, capability=None, resource_id__isnull=False)
                    & ~Q(resource_kind="")
                ),
                name="matching_run_subject",
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind="full", status__in=["queued", "running"]),
                name="matching_one_full_run",
                violation_error_message=_("已有一次全量重算正在进行。"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["heartbeat_at"],
                condition=Q(status__in=["queued", "running"]),
                name="matching_run_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("matching:run", args=[self.pk])

    @property
    def subject(self) -> str:
        """What was matched, in words; select the demand and the capability."""
        if self.resource_id is not None:
            return f"{self.get_resource_kind_display()} #{self.resource_id}"
        return str(self.demand or self.capability or "全部公开能力与征集中的需求")


class MatchChunk(models.Model):
    """A slice of a full run: subjects of one side with ids first_id … last_id.

    Done once, whoever does it: its lists are replaced in the transaction that marks it done.
    """

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField(_("序号"))
    side = models.CharField(_("方向"), max_length=10, choices=Side.choices)
    first_id = models.BigIntegerField(_("起"))
    last_id = models.BigIntegerField(_("止"))
    subject_count = models.PositiveIntegerField(_("条数"))
    status = models.CharField(
        _("状态"), max_length=8, choices=ChunkStatus.choices, default=ChunkStatus.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    queued_at = models.DateTimeField(_("入队时间"), null=True)
    done_at = models.DateTimeField(_("完成时间"), null=True)

    objects = MatchChunkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("匹配分片")
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="matching_chunk_once")
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"


class MatchList(models.Model):
    """The ranked list of one subject: the capabilities of a demand or the demands of a capability.

    One row a subject; the run that looked last owns it. `looked_at` is when the rows it was made
    from were read, so a slower run never overwrites what a later reading found.
    """

    demand = models.OneToOneField(
        "demands.Demand", models.CASCADE, null=True, related_name="match_list"
    )
    capability = models.OneToOneField(
        "platforms.Capability", models.CASCADE, null=True, related_name="match_list"
    )
    run = models.ForeignKey(MatchRun, models.PROTECT, related_name="lists")
    looked_at = models.DateTimeField(_("匹配时间"))
    relevant_count = models.PositiveIntegerField(_("相关且条件允许"), default=0)
    possible_count = models.PositiveIntegerField(_("条件允许"), default=0)
    near_count = models.PositiveIntegerField(_("差一点"), default=0)
    best_score = models.FloatField(_("最高相关度"), null=True)
    # token → weight: what the subject's text asks for; highlighting comes from these numbers
    terms = models.JSONField(_("检索词"), default=dict)
    relaxations = models.JSONField(_("放宽建议"), default=list)
    # best first: {"platform", "capability" (its best), "score", "count" (its relevant ones)}
    platforms = models.JSONField(_("平台"), default=list)

    class Meta:
        verbose_name = verbose_name_plural = _("匹配清单")
        constraints = [
            models.CheckConstraint(
                condition=Q(demand__isnull=False, capability=None)
                | Q(demand=None, capability__isnull=False),
                name="matching_list_subject",
            )
        ]

    def __str__(self) -> str:
        return f"{self.demand_id or self.capability_id}"


class Match(models.Model):
    """One explained entry of a list; a pair stands once in each list.

    `features` are the numbers that ranked, `shares` what each of them brought to the score,
    `checks` the constraints with both values and met / not_met / unknown: as the engine gave them.
    """

    match_list = models.ForeignKey(MatchList, models.CASCADE, related_name="matches")
    demand = models.ForeignKey("demands.Demand", models.CASCADE, related_name="matches")
    capability = models.ForeignKey("platforms.Capability", models.CASCADE, related_name="matches")
    run = models.ForeignKey(MatchRun, models.PROTECT, related_name="matches")
    rank = models.PositiveIntegerField(_("名次"))
    score = models.FloatField(_("相关度"))
    is_possible = models.BooleanField(_("条件均可满足"))
    features = models.JSONField(_("特征值"), default=dict)
    shares = models.JSONField(_("得分构成"), default=dict)
    checks = models.JSONField(_("条件核对"), default=list)
    phrases = models.JSONField(_("相近语句"), default=list)

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("匹配")
        constraints = [
            models.UniqueConstraint(
                fields=["match_list", "demand", "capability"], name="matching_pair_once"
            )
        ]
        indexes = [models.Index(fields=["match_list", "rank"])]

    def __str__(self) -> str:
        return f"{self.demand_id} ↔ {self.capability_id}"


class ResourceMatch(models.Model):
    """A resource or solution in a demand's list, explained like a capability.

    Ranked on the scale of the demand's capabilities, so that a score means the same. Read from both
    ends: what suits a demand, and the demands that something suits.
    """

    match_list = models.ForeignKey(MatchList, models.CASCADE, related_name="resources")
    demand = models.ForeignKey("demands.Demand", models.CASCADE, related_name="resource_matches")
    run = models.ForeignKey(MatchRun, models.PROTECT, related_name="resource_matches")
    kind = models.CharField(_("类型"), max_length=12, choices=ResourceKind.choices)
    object_id = models.BigIntegerField(_("编号"))
    platform = models.ForeignKey("platforms.Platform", models.CASCADE, related_name="+")
    rank = models.PositiveIntegerField(_("名次"))
    score = models.FloatField(_("相关度"))
    shares = models.JSONField(_("得分构成"), default=dict)
    checks = models.JSONField(_("条件核对"), default=list)

    class Meta:
        verbose_name = verbose_name_plural = _("资源匹配")
        constraints = [
            models.UniqueConstraint(
                fields=["match_list", "kind", "object_id"], name="matching_resource_once"
            )
        ]
        indexes = [models.Index(fields=["kind", "object_id", "-score"])]

    def __str__(self) -> str:
        return f"{self.demand_id} ↔ {self.kind} {self.object_id}"


class Feedback(BaseModel):
    """What somebody thinks of a pair. Outlives the match row that showed it."""

    demand = models.ForeignKey("demands.Demand", models.CASCADE, related_name="feedback")
    capability = models.ForeignKey("platforms.Capability", models.CASCADE, related_name="feedback")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    side = models.CharField(_("立场"), max_length=10, choices=FeedbackSide.choices)
    verdict = models.CharField(_("评价"), max_length=12, choices=Verdict.choices)
    reason = models.CharField(_("原因"), max_length=10, choices=MismatchReason.choices, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("匹配反馈")
        constraints = [
            models.UniqueConstraint(
                fields=["demand", "capability", "given_by", "side"],
                name="matching_feedback_once",
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


class Subscription(BaseModel):
    """A wish to be told: of new capabilities for a demand, new demands for a capability, or new
    capabilities that hold the words (and lie in the field and region) of a saved search."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="match_subscriptions"
    )
    demand = models.ForeignKey("demands.Demand", models.CASCADE, null=True, related_name="+")
    capability = models.ForeignKey(
        "platforms.Capability", models.CASCADE, null=True, related_name="+"
    )
    words = models.CharField(_("关键词"), max_length=100, blank=True)
    field = term_field("field-data", _("领域"))
    region = models.ForeignKey(
        "taxonomy.Region",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("平台地区"),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("匹配订阅")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "demand", "capability", "words", "field", "region"],
                nulls_distinct=False,
                name="matching_subscription_once",
                violation_error_message=_("您已经订阅过了。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.demand_id or self.capability_id or self.words}"
