"""Ranked lists and their explained entries."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from matching.enums import ResourceKind
from matching.models.runs import MatchRun
from matching.querysets import MatchQuerySet


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
    # of all that the list says: one that is found again as it is keeps its rows
    digest = models.CharField(_("内容摘要"), max_length=64, blank=True)
    relevant_count = models.PositiveIntegerField(_("相关且条件允许"), default=0)
    possible_count = models.PositiveIntegerField(_("条件允许"), default=0)
    near_count = models.PositiveIntegerField(_("差一点"), default=0)
    best_score = models.FloatField(_("最高相关度"), null=True)
    # that the list of a demand holds something suitable; null where the engine gives none
    chance = models.FloatField(_("有人能做的可能"), null=True)
    # what of the demand's title none of the best says
    missing = models.JSONField(_("没有写明的词"), default=list)
    # token → weight: what the subject's text asks for; highlighting comes from these numbers
    terms = models.JSONField(_("检索词"), default=dict)
    relaxations = models.JSONField(_("放宽建议"), default=list)
    # best first: {"platform", "capability" (its best), "score", "count" (its relevant ones)}
    platforms = models.JSONField(_("平台"), default=list)

    class Meta:
        verbose_name = verbose_name_plural = _("匹配清单")
        indexes = [
            # what the gap atlas counts, without the words of the lists
            models.Index(
                fields=["demand"],
                include=["relevant_count", "chance"],
                condition=Q(demand__isnull=False),
                name="matching_list_counted",
            )
        ]
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

    # the pair's constraint is its index
    match_list = models.ForeignKey(
        MatchList, models.CASCADE, related_name="matches", db_index=False
    )
    demand = models.ForeignKey("demands.Demand", models.CASCADE, related_name="matches")
    capability = models.ForeignKey("platforms.Capability", models.CASCADE, related_name="matches")
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

    # the resource's constraint is its index
    match_list = models.ForeignKey(
        MatchList, models.CASCADE, related_name="resources", db_index=False
    )
    demand = models.ForeignKey("demands.Demand", models.CASCADE, related_name="resource_matches")
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
