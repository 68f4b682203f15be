"""Runs of the engine, for one subject or in chunks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import JobModel
from matching.enums import ChunkStatus, ResourceKind, RunKind, Side
from matching.querysets import MatchChunkQuerySet, MatchRunQuerySet


class OfResource(models.Model):
    """A row about equipment, a line, an expert or a solution, named by kind and key; or not."""

    resource_kind = models.CharField(
        _("资源类型"), max_length=12, choices=ResourceKind.choices, blank=True
    )
    resource_id = models.BigIntegerField(_("资源编号"), null=True, blank=True)

    class Meta:
        abstract = True


class MatchRun(JobModel, OfResource):
    """One run of the engine: for a demand, for a capability, or over everything in chunks."""

    kind = models.CharField(_("类型"), max_length=12, choices=RunKind.choices)
    demand = models.ForeignKey(
        "demands.Demand", models.CASCADE, null=True, blank=True, related_name="match_runs"
    )
    capability = models.ForeignKey(
        "platforms.Capability", models.CASCADE, null=True, blank=True, related_name="match_runs"
    )
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
        """What was matched, in words, of a row of `matching.selectors.runs.named_runs`."""
        if self.resource_id is not None:
            name = getattr(self, "resource_name", "") or f"#{self.resource_id}"
            return f"{self.get_resource_kind_display()}：{name}"
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
