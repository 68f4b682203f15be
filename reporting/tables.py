"""Columns of the lists: what is sorted and exported."""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from reporting.models import AnnualReport, ReportCycle, ReportingJob


class ReportTable(tables.Table):
    platform = tables.Column(order_by=("platform__pinyin_key", "pk"), verbose_name=_("平台"))
    region = tables.Column(accessor="platform__region", orderable=False, verbose_name=_("地区"))
    year = tables.Column(accessor="cycle__year", verbose_name=_("年度"))
    status = tables.Column()
    due = tables.DateColumn(accessor="due_date", orderable=False, format="Y-m-d",
                            verbose_name=_("截止日期"))  # fmt: skip
    problem_count = tables.Column(verbose_name=_("待处理(处)"))
    burden_percent = tables.Column(verbose_name=_("自动采集占比(%)"))
    submitted_at = tables.DateTimeColumn(format="Y-m-d H:i", verbose_name=_("提交时间"))

    class Meta:
        model = AnnualReport
        fields = ("platform", "region", "year", "status", "due", "problem_count",
                  "burden_percent", "submitted_at")  # fmt: skip

    def order_status(self, rows: QuerySet[Any], is_descending: bool) -> tuple[Any, bool]:
        return rows.order_by("-status" if is_descending else "status", "pk"), True


class CycleTable(tables.Table):
    class Meta:
        model = ReportCycle
        fields: ClassVar = ("year", "region", "status", "opens_date", "due_date")


class JobTable(tables.Table):
    class Meta:
        model = ReportingJob
        fields: ClassVar = ("kind", "cycle", "status", "owner", "created_at", "finished_at")
