"""Columns of register entries: what is sorted and exported."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from platforms.models import RegisterEntry
from platforms.tables.listings import FactColumn


class OpenEntryTable(tables.Table):
    """What everybody may take away."""

    kind = FactColumn(accessor="get_kind_display", verbose_name=_("类别"))
    title = FactColumn(orderable=True, order_by=("title", "pk"))
    platform = tables.Column(order_by=("platform__pinyin_key", "pk"))
    region = FactColumn(accessor="platform__region_display", verbose_name=_("所在地区"))
    number = FactColumn()
    started_date = tables.Column(order_by=("started_date", "pk"))
    ended_date = FactColumn()
    link = FactColumn()
    note = FactColumn()

    class Meta:
        model = RegisterEntry
        fields = ()


class RegisterTable(OpenEntryTable):
    """The keeper's list, with what is not public."""

    level = FactColumn(accessor="get_level_display", verbose_name=_("级别"))
    patent = FactColumn(accessor="patent__number", verbose_name=_("被许可的专利号"))
    end_reason = FactColumn()

    class Meta(OpenEntryTable.Meta):
        sequence = ("kind", "title", "level", "patent", "...")
