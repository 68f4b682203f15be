"""Columns of the list of bodies that must enter the register."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from platforms.tables.listings import FactColumn


class CoverageTable(tables.Table):
    name = tables.Column(order_by=("name", "pk"))
    uscc = FactColumn()
    region = FactColumn()
    basis = FactColumn()
    fund = FactColumn()
    source = FactColumn()
    is_entered = tables.BooleanColumn(
        verbose_name=_("已纳入"), yesno="是,否", order_by=("is_entered", "name", "pk")
    )
    platform_name = FactColumn(verbose_name=_("平台"))
    is_demo = tables.BooleanColumn(verbose_name=_("演示数据"), yesno="是,否", orderable=False)
