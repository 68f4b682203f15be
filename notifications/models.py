"""Messages to people, mailed as the person chose, and to systems, by webhook."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import BaseModel
from notifications.enums import PING, WebhookKind, WebhookStatus
from notifications.mail_rules import QUIET_HOURS, MailRules
from notifications.querysets import (
    NotificationQuerySet,
    WebhookDeliveryQuerySet,
    WebhookEndpointQuerySet,
)

OLD_SECRET_FOR = timedelta(hours=24)  # so long both secrets sign after a change


class Notification(models.Model):
    """One message to one person about one thing, written once per event."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    event_id = models.UUIDField(_("事件"), null=True)
    kind = models.CharField(_("类型"), max_length=60)
    title = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("内容"), blank=True)
    url = models.CharField(_("链接"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("已读时间"), null=True, blank=True)
    # when it is to be mailed, and whether with others of the day; none: not at all
    mail_at = models.DateTimeField(_("应发邮件时间"), null=True, blank=True)
    in_digest = models.BooleanField(_("并入每日一封"), default=False)
    mailed_at = models.DateTimeField(_("邮件时间"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("消息")
        indexes = [
            models.Index(fields=["user", "-created_at"]),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notif_unread"),
            models.Index(
                fields=["mail_at"],
                condition=Q(mail_at__isnull=False, mailed_at__isnull=True),
                name="notif_mail_due",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "user", "kind"],
                condition=Q(event_id__isnull=False),
                name="notifications_once",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("notifications:open", args=[self.pk])


class NotificationPreference(models.Model):
    """How a person wants mail; in-app messages are always written at once."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_preference"
    )
    choices = models.JSONField(_("邮件方式"), default=dict)  # group → choice, where one was made
    quiet_from = models.PositiveSmallIntegerField(_("免打扰开始"), default=QUIET_HOURS[0])
    quiet_until = models.PositiveSmallIntegerField(_("免打扰结束"), default=QUIET_HOURS[1])

    class Meta:
        verbose_name = verbose_name_plural = _("消息设置")

    def __str__(self) -> str:
        return f"{self.user_id}"

    @property
    def rules(self) -> MailRules:
        return MailRules(self.choices, self.quiet_from, self.quiet_until)


class WebhookEndpoint(BaseModel):
    """An address of somebody's system that is told of what happens. The secret is not kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks")
    url = models.URLField(_("接收地址"), max_length=500)
    kinds = ArrayField(
        models.CharField(max_length=40, choices=WebhookKind.choices), verbose_name=_("事件")
    )
    seed = models.CharField(_("密钥种子"), max_length=64)
    old_seed = models.CharField(_("上一密钥种子"), max_length=64, blank=True)
    rotated_at = models.DateTimeField(_("更换密钥时间"), null=True, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    stop_reason = models.CharField(_("停用原因"), max_length=200, blank=True)
    busy_until = models.DateTimeField(_("占用至"), null=True, blank=True)
    succeeded_at = models.DateTimeField(_("最近送达"), null=True, blank=True)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("推送地址")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "url"], name="notifications_webhook_url_once",
                violation_error_message=_("这个地址已经登记过了。"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.url

    def get_absolute_url(self) -> str:
        return reverse("notifications:webhook", args=[self.pk])

    def seeds(self, now: datetime) -> list[str]:
        """Those that sign now: the present one, and for a day after a change the one before."""
        if self.old_seed and self.rotated_at and now < self.rotated_at + OLD_SECRET_FOR:
            return [self.seed, self.old_seed]
        return [self.seed]

    @property
    def kind_labels(self) -> list[str]:
        """What the kinds read like."""
        return [str(WebhookKind(kind).label) for kind in self.kinds]


class WebhookDelivery(models.Model):
    """One event for one endpoint: attempted until it arrives or two days are over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries")
    event_id = models.UUIDField(_("来源事件"))
    kind = models.CharField(_("事件"), max_length=40)
    record_id = models.CharField(_("记录编号"), max_length=200)
    record_url = models.CharField(_("记录接口地址"), max_length=300)
    status = models.CharField(
        _("状态"), max_length=10, choices=WebhookStatus.choices, default=WebhookStatus.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    due_at = models.DateTimeField(_("下次尝试"), null=True)
    response_code = models.PositiveSmallIntegerField(_("响应码"), null=True)
    duration_ms = models.PositiveIntegerField(_("用时（毫秒）"), null=True)
    error = models.CharField(_("错误"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("发生时间"))
    tried_at = models.DateTimeField(_("最近尝试"), null=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("推送记录")
        indexes = [
            models.Index(fields=["endpoint", "-created_at"]),
            models.Index(
                fields=["due_at"], condition=Q(status="waiting"), name="notif_webhook_due"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "event_id", "kind", "record_id"],
                name="notifications_webhook_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}"

    @property
    def message_id(self) -> str:
        """The same at every attempt, so that the receiver can tell a repetition."""
        return f"msg_{self.pk.hex}"

    @property
    def kind_label(self) -> str:
        return "测试" if self.kind == PING else str(WebhookKind(self.kind).label)
