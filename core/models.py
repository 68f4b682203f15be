"""Kernel records: base classes, the activity log, the event outbox, files and jobs."""

from __future__ import annotations

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.querysets import EventQuerySet


class BaseModel(models.Model):
    """Rows that remember when they were made and last changed (services pass `updated_at`)."""

    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: Any) -> Any:  # noqa: N802 -- the name Django calls
        """The word for a choice; Django's own translates every choice to find one."""
        value = getattr(self, field.attname)
        return next((str(name) for key, name in field.flatchoices if key == value), value)


class SourcedModel(models.Model):
    """Facts that come from a public source carry it; rows people type leave these empty."""

    source_title = models.CharField(_("来源标题"), max_length=300, blank=True)
    source_url = models.URLField(_("来源网址"), max_length=500, blank=True)
    source_date = models.CharField(_("来源日期"), max_length=10, blank=True)  # 2024, 2024-05 or day
    source_kind = models.CharField(_("来源类型"), max_length=20, blank=True)  # gov, media, mirror …
    source_ref = models.CharField(_("来源索引"), max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def source_is_linkable(self) -> bool:
        """Mirrors and code indexes are named as text: their address is not the publisher's."""
        return bool(self.source_url) and self.source_kind not in {"mirror", "code"}


class SearchableModel(models.Model):
    """Rows found by words: `search` holds rjieba words, weighted, kept by the writing service.

    PostgreSQL has no Chinese parser, so `core.search` cuts the text before it is stored.
    """

    search = SearchVectorField(null=True, editable=False)

    class Meta:
        abstract = True
        indexes = [GinIndex(fields=["search"], name="%(app_label)s_%(class)s_srch")]


class ActivityLog(models.Model):
    """Who did what to what and why. Append-only (a trigger refuses changes) and hash-chained.

    Source: GB/T 22239-2019 level 3, security audit: each user's key actions, not deletable.
    """

    at = models.DateTimeField(_("时间"), db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("操作人"),
    )
    actor_name = models.CharField(_("操作人姓名"), max_length=100)
    action = models.CharField(_("动作"), max_length=80, db_index=True)
    target_type = models.CharField(_("对象类型"), max_length=60)
    target_id = models.CharField(_("对象编号"), max_length=80)
    target_label = models.CharField(_("对象名称"), max_length=300)
    reason = models.TextField(_("原因"), blank=True)
    data = models.JSONField(_("数据"), default=dict)
    request_id = models.CharField(_("请求编号"), max_length=64, blank=True)
    ip_address = models.GenericIPAddressField(_("网络地址"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("操作记录")
        indexes = [models.Index(fields=["target_type", "target_id", "-at"])]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.target_label}"


class ActivitySeal(models.Model):
    """A link of the hash chain over the activity log: SHA-256 of the last seal and new rows."""

    first_id = models.BigIntegerField(_("起始记录"))
    last_id = models.BigIntegerField(_("截止记录"), unique=True)
    count = models.PositiveIntegerField(_("条数"))
    digest = models.CharField(_("摘要"), max_length=64)
    sealed_at = models.DateTimeField(_("封存时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("操作记录封存")
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id}"


class Event(models.Model):
    """Transactional outbox: written with the change, delivered after commit, at least once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("事件"), max_length=80, db_index=True)
    payload = models.JSONField(_("内容"), default=dict)
    created_at = models.DateTimeField(_("发生时间"), auto_now_add=True)
    completed_at = models.DateTimeField(_("全部送达时间"), null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("事件")
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(completed_at__isnull=True),
                name="core_event_open",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One reaction to one event: done once, retried until then, given up after ten attempts."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    reaction = models.CharField(_("反应"), max_length=100)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    last_error = models.TextField(_("最近错误"), blank=True)
    done_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("事件送达")
        constraints = [
            models.UniqueConstraint(fields=["event", "reaction"], name="core_delivery_once")
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.reaction}"


class DayCount(models.Model):
    """How often something happened on a day: searches, answers to partners, visits of the probe.

    Numbers only; who it was is not kept.
    """

    day = models.DateField(_("日期"))
    name = models.CharField(_("事项"), max_length=40)
    subject = models.CharField(_("对象"), max_length=200, blank=True)
    count = models.BigIntegerField(_("次数"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("按日计数")
        constraints = [
            models.UniqueConstraint(fields=["day", "name", "subject"], name="core_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name} {self.count}"


class StoredFile(BaseModel):
    """An uploaded file. Its type is checked by content; downloads go through the owner's access."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(_("文件"), upload_to="%Y/%m/")
    name = models.CharField(_("文件名"), max_length=200)
    # which of the materials that were asked for it is; empty: none in particular
    label = models.CharField(_("材料"), max_length=120, blank=True)
    content_type = models.CharField(_("类型"), max_length=100)
    size_bytes = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField(_("摘要"), max_length=64)
    uploaded_by = user_field(_("上传人"), required=True)
    # what it belongs to: "<app>.<model>" and its pk; `core.files` asks that model's access object
    target_type = models.CharField(_("所属类型"), max_length=60)
    target_id = models.CharField(_("所属编号"), max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = _("文件")
        indexes = [models.Index(fields=["target_type", "target_id"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("core:file", args=[self.pk])


class JobStatus(models.TextChoices):
    QUEUED = "queued", _("等待中")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成")
    CANCELLED = "cancelled", _("已取消")


class JobModel(BaseModel):
    """Long work is a row: owner, state, progress, result, error; safe to run twice."""

    owner = user_field(_("发起人"))
    status = models.CharField(
        _("状态"), max_length=12, choices=JobStatus.choices, default=JobStatus.QUEUED
    )
    total_count = models.PositiveIntegerField(_("总数"), default=0)
    done_count = models.PositiveIntegerField(_("已完成数"), default=0)
    result = models.JSONField(_("结果"), default=dict, blank=True)
    error = models.TextField(_("错误"), blank=True)
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("最近活动"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def percent(self) -> int:
        """Progress, 0–100."""
        if self.status == JobStatus.DONE:
            return 100
        return int(100 * self.done_count / self.total_count) if self.total_count else 0

    @property
    def is_finished(self) -> bool:
        return self.status in {JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED}
