"""Columns of the inbox, shown as cards, and of what was sent to other systems."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from notifications.models import Notification, WebhookDelivery


class NotificationTable(tables.Table):
    title = tables.Column(verbose_name=_("标题"))
    body = tables.Column(verbose_name=_("内容"))
    created_at = tables.Column(verbose_name=_("时间"))

    class Meta:
        model = Notification
        fields = ("title", "body", "created_at")
        orderable = False


class DeliveryTable(tables.Table):
    created_at = tables.DateTimeColumn(verbose_name=_("发生时间"))
    kind = tables.Column(verbose_name=_("事件"))
    record_id = tables.Column(verbose_name=_("记录编号"))
    status = tables.Column(verbose_name=_("状态"))
    attempts = tables.Column(verbose_name=_("尝试次数"))
    response_code = tables.Column(verbose_name=_("响应码"))
    duration_ms = tables.Column(verbose_name=_("用时（毫秒）"))
    error = tables.Column(verbose_name=_("错误"))

    class Meta:
        model = WebhookDelivery
        fields = (
            "created_at", "kind", "record_id", "status", "attempts", "response_code",
            "duration_ms", "error",
        )  # fmt: skip
        orderable = False
