"""Columns of neighbours and of what was pulled."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _


class PeerTable(tables.Table):
    name = tables.Column(order_by=("name", "pk"))
    base_url = tables.Column(orderable=False, verbose_name=_("网址"))
    region = tables.Column(orderable=False, verbose_name=_("取哪个地区的记录"))
    is_active = tables.BooleanColumn(verbose_name=_("每小时同步"), yesno="是,否", orderable=False)
    last_at = tables.DateTimeColumn(verbose_name=_("最近同步"), order_by=("-last_at", "pk"))
    record_count = tables.Column(verbose_name=_("对应本站记录"), orderable=False)
    conflict_count = tables.Column(verbose_name=_("冲突"), orderable=False)


class RecordTable(tables.Table):
    label = tables.Column(verbose_name=_("名称"), order_by=("label", "pk"))
    kind = tables.Column(orderable=False, verbose_name=_("类别"))
    remote_id = tables.Column(orderable=False, verbose_name=_("对方编号"))
    remote_url = tables.Column(orderable=False, verbose_name=_("对方页面"))
    is_made_here = tables.BooleanColumn(
        verbose_name=_("由同步建立"), yesno="是,否", orderable=False
    )
    remote_updated_at = tables.DateTimeColumn(
        verbose_name=_("对方更新时间"), order_by=("remote_updated_at", "pk")
    )
    last_seen_at = tables.DateTimeColumn(verbose_name=_("最近读到"), orderable=False)
    gone_at = tables.DateTimeColumn(verbose_name=_("对方撤下时间"), orderable=False)
    note = tables.Column(verbose_name=_("不取的原因"), order_by=("note",))
    error = tables.Column(verbose_name=_("未能同步的原因"), orderable=False)
