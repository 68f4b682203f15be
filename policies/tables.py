"""Columns of content lists and their exports."""

from __future__ import annotations

from datetime import datetime

import django_tables2 as tables
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from policies.models import Content


class ContentTable(tables.Table):
    """A public list, newest first by the day of the piece."""

    title = tables.Column(verbose_name=_("标题"), orderable=False)
    issuer = tables.Column(verbose_name=_("发布单位"), orderable=False)
    region = tables.Column(accessor="region__name", verbose_name=_("地区"), orderable=False)
    day = tables.Column(verbose_name=_("日期"), order_by=("day", "pk"))
    summary = tables.Column(verbose_name=_("摘要"), orderable=False)
    source_url = tables.Column(verbose_name=_("来源网址"), orderable=False)

    class Meta:
        order_by = ("-day",)
        default = ""

    def value_source_url(self, record: Content) -> str:
        return record.source_url if record.source_is_linkable else record.source_host


class DocumentTable(ContentTable):
    doc_number = tables.Column(verbose_name=_("文号"), orderable=False)
    validity = tables.Column(
        accessor="get_validity_display", verbose_name=_("有效性"), orderable=False
    )

    class Meta(ContentTable.Meta):
        sequence = ("title", "doc_number", "issuer", "region", "day", "validity", "...")


class TopicTable(ContentTable):
    issuer = None
    source_url = None

    class Meta(ContentTable.Meta):
        pass


class EditingTable(tables.Table):
    """An editor's list, the last touched first."""

    title = tables.Column(orderable=False)
    updated_at = tables.Column(verbose_name=_("最近修改"), order_by=("updated_at", "pk"))

    class Meta:
        order_by = ("-updated_at",)
        default = ""

    def value_updated_at(self, value: datetime) -> str:
        return timezone.localdate(value).isoformat()
