"""Columns of demand lists; also what an export holds (never what is confidential)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from demands.models import Demand

# rows that came in at one moment keep one order on every page
BY_NUMBER = "pk"


class DemandTable(tables.Table):
    """The public list. Sorted by `?sort=-published_at` or `?sort=expires_date`."""

    slug = tables.Column(verbose_name=_("编号"), orderable=False)
    title = tables.Column(orderable=False)
    organisation = tables.Column(
        accessor="shown_organisation", verbose_name=_("需求单位"), orderable=False
    )
    field = tables.Column(accessor="field__name", verbose_name=_("领域"), orderable=False)
    region = tables.Column(accessor="region__name", verbose_name=_("地区"), orderable=False)
    stage = tables.Column(accessor="stage__name", verbose_name=_("阶段"), orderable=False)
    text = tables.Column(accessor="public_text", verbose_name=_("公开内容"), orderable=False)
    published_at = tables.DateColumn(
        format="Y-m-d", verbose_name=_("发布日期"), order_by=("published_at", BY_NUMBER)
    )
    expires_date = tables.DateColumn(
        format="Y-m-d", verbose_name=_("有效期至"), order_by=("expires_date", BY_NUMBER)
    )
    status = tables.Column(accessor="get_status_display", verbose_name=_("状态"), orderable=False)
    source = tables.Column(accessor="source_title", verbose_name=_("来源"), orderable=False)

    class Meta:
        order_by = ("-published_at",)
        default = ""

    def value_published_at(self, value: datetime) -> str:
        return timezone.localdate(value).isoformat()


class OwnDemandTable(tables.Table):
    """An organisation's own demands, the last touched first."""

    title = tables.Column(orderable=False)
    status = tables.Column(accessor="get_status_display", verbose_name=_("状态"), orderable=False)
    updated_at = tables.DateColumn(
        format="Y-m-d", verbose_name=_("最近修改"), order_by=("updated_at", BY_NUMBER)
    )
    expires_date = tables.DateColumn(
        format="Y-m-d", verbose_name=_("有效期至"), order_by=("expires_date", BY_NUMBER)
    )

    class Meta:
        order_by = ("-updated_at",)
        default = ""

    def value_title(self, record: Demand) -> Any:
        return str(record)


class ReviewTable(OwnDemandTable):
    """The review queue, the longest waiting first."""

    waiting = tables.DateTimeColumn(
        accessor="status_changed_at",
        verbose_name=_("提交时间"),
        order_by=("status_changed_at", BY_NUMBER),
    )
    organisation = tables.Column(accessor="organisation__name", verbose_name=_("需求单位"))
    field = tables.Column(accessor="field__name", verbose_name=_("领域"))

    class Meta:
        order_by = ("waiting",)
        default = ""
