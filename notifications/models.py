"""Messages to people: one row each, read in the portal, mailed as the person chose."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notifications.querysets import NotificationQuerySet


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
    mailed_at = models.DateTimeField(_("邮件时间"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("消息")
        indexes = [
            models.Index(fields=["user", "-created_at"]),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notif_unread"),
            models.Index(
                fields=["created_at"], condition=Q(mailed_at__isnull=True), name="notif_unmailed"
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
    """Whether a person wants mail; in-app messages are always written."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_preference"
    )
    wants_mail = models.BooleanField(_("同时发送邮件"), default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("消息设置")

    def __str__(self) -> str:
        return f"{self.user_id}"
