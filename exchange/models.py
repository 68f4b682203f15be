"""Portals next to this one, what was pulled from them, and the work of pulling."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import BaseModel, JobModel
from exchange.enums import Kind
from taxonomy.term_fields import region_field


class Peer(BaseModel):
    """A portal whose public records are read over its open interface."""

    name = models.CharField(
        _("门户名称"), max_length=60, help_text=_("显示在同步来的记录上，例如“中山市平台”。")
    )
    base_url = models.URLField(
        _("网址"), max_length=200, unique=True, help_text=_("对方首页的网址，以 https:// 开头。"),
        error_messages={"unique": _("这个门户已经登记。")},
    )  # fmt: skip
    region = region_field(_("取哪个地区的记录"), required=True)
    is_active = models.BooleanField(_("每小时同步"), default=True)
    # kind → `updated_after` of the next page
    cursors = models.JSONField(_("续取位置"), default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("相邻门户")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("exchange:peer", args=[self.pk])

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def token(self) -> str:
        """The key for its interface, which the operator of this portal keeps in EXCHANGE_TOKENS."""
        return str(settings.EXCHANGE_TOKENS.get(self.host, ""))


class PulledRecordQuerySet(models.QuerySet[Any]):
    def conflicting(self) -> PulledRecordQuerySet:
        """Records changed on both sides, which wait for somebody's decision."""
        return self.exclude(conflicts=[])


class PulledRecord(BaseModel):
    """One record of a peer: what it said, and the row here that it is the same as."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="records")
    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    remote_id = models.CharField(_("对方编号"), max_length=80)
    label = models.CharField(_("名称"), max_length=200, blank=True)
    remote_url = models.CharField(_("对方页面"), max_length=500, blank=True)
    # the row here, by the kind's model; none where it is not taken
    local_id = models.PositiveBigIntegerField(_("本站记录"), null=True, blank=True)
    # the pull made the row; otherwise it was here before and was found to be the same
    is_made_here = models.BooleanField(_("由同步建立"), default=False)
    # values both sides agreed on last, and those it told last
    base = models.JSONField(_("上次一致的内容"), default=dict)
    theirs = models.JSONField(_("对方最近的内容"), default=dict)
    conflicts = models.JSONField(_("冲突的字段"), default=list, blank=True)
    note = models.CharField(_("不取的原因"), max_length=200, blank=True)
    error = models.CharField(_("未能同步的原因"), max_length=300, blank=True)
    remote_updated_at = models.DateTimeField(_("对方更新时间"), null=True, blank=True)
    last_seen_at = models.DateTimeField(_("最近读到"), null=True, blank=True)
    gone_at = models.DateTimeField(_("对方撤下时间"), null=True, blank=True)

    objects = PulledRecordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("同步记录")
        constraints = [
            models.UniqueConstraint(
                fields=["peer", "kind", "remote_id"], name="exchange_record_once"
            ),
            models.UniqueConstraint(
                fields=["peer", "kind", "local_id"],
                condition=Q(local_id__isnull=False),
                name="exchange_row_once",
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.remote_id


class PullJob(JobModel):
    """One pull from a peer: resumed where it ended, listing what could not be taken."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="jobs")
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("同步任务")
        constraints = [
            models.UniqueConstraint(
                fields=["peer"],
                condition=Q(status__in=["queued", "running"]),
                name="exchange_pull_once",
                violation_error_message=_("正在同步。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.peer}"
