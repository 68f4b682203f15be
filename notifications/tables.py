"""Columns of the inbox, shown as cards."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from notifications.models import Notification


class NotificationTable(tables.Table):
    title = tables.Column(verbose_name=_("标题"))
    body = tables.Column(verbose_name=_("内容"))
    created_at = tables.Column(verbose_name=_("时间"))

    class Meta:
        model = Notification
        fields = ("title", "body", "created_at")
        orderable = False
