"""Columns of the roster, of change reports and of the ledger of money."""

from __future__ import annotations

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from platforms.enums import RecognitionStatus
from platforms.tables.listings import FactColumn


class RosterTable(tables.Table):
    certificate_number = tables.Column(order_by=("certificate_number", "pk"))
    platform = tables.Column(order_by=("platform__pinyin_key", "pk"))
    scheme = FactColumn()
    level = FactColumn(accessor="scheme__get_level_display", verbose_name=_("级别"))
    region = FactColumn(accessor="platform__region_display", verbose_name=_("所在地区"))
    batch = FactColumn()
    build_type = FactColumn()
    started_date = tables.Column(order_by=("started_date", "pk"))
    valid_until = FactColumn()
    status_on_day = tables.Column(verbose_name=_("当日状态"), orderable=False)

    def render_status_on_day(self, value: str) -> str:
        return str(RecognitionStatus(value).label)


class RosterChangeTable(tables.Table):
    day = FactColumn(orderable=True, order_by=("day", "pk"))
    platform = tables.Column(
        accessor="recognition__platform", order_by=("recognition__platform__pinyin_key", "pk")
    )
    certificate_number = FactColumn(
        accessor="recognition__certificate_number", verbose_name=_("证书编号")
    )
    scheme = FactColumn(accessor="recognition__scheme", verbose_name=_("认定办法"))
    word = FactColumn(verbose_name=_("变动"))
    status = FactColumn(verbose_name=_("变动后状态"))
    reason = FactColumn()
    document_number = FactColumn()


class ApplicationTable(tables.Table):
    number = tables.Column(order_by=("number",))
    platform = tables.Column(order_by=("platform__pinyin_key", "pk"))
    programme = FactColumn()
    region = FactColumn(accessor="platform__region_display", verbose_name=_("所在地区"))
    build_type = FactColumn()
    status = FactColumn()
    status_changed_at = FactColumn(orderable=True, order_by=("status_changed_at", "pk"))
    stage_due_at = FactColumn(orderable=True, order_by=("stage_due_at", "pk"))
    submitted_at = FactColumn()


class ChangeTable(tables.Table):
    platform = tables.Column(order_by=("platform__pinyin_key", "pk"))
    kind = FactColumn()
    subject = tables.Column(orderable=False, default="")
    is_detected = FactColumn()
    happened_date = tables.Column(order_by=("happened_date", "pk"))
    before = FactColumn()
    after = FactColumn()
    note = FactColumn()
    status = FactColumn()


class FundingTable(tables.Table):
    platform = tables.Column(order_by=("platform__pinyin_key", "pk"))
    year = tables.Column(order_by=("year", "pk"))
    level = FactColumn()
    kind = FactColumn()
    fund = FactColumn()
    amount_yuan = tables.Column(order_by=("amount_yuan", "pk"))
    department = FactColumn()
    document_number = FactColumn()
    paid_date = FactColumn()
    exception_reason = FactColumn()


class TicketTable(tables.Table):
    number = tables.Column(order_by=("number",))
    platform = tables.Column(order_by=("platform__pinyin_key", "pk"))
    kind = FactColumn()
    title = FactColumn()
    department = FactColumn()
    created_at = FactColumn(orderable=True, order_by=("created_at", "pk"))
    due_at = FactColumn(orderable=True, order_by=("due_at", "pk"))
    answered_at = FactColumn()
    is_on_time = FactColumn()
    is_satisfied = FactColumn()
    status = FactColumn()


class OpinionRequestTable(tables.Table):
    number = tables.Column(accessor="application__number", verbose_name=_("申报编号"))
    platform = tables.Column(
        accessor="application__platform", order_by=("application__platform__pinyin_key", "pk")
    )
    stage = FactColumn()
    department = tables.Column(order_by=("department__name", "pk"))
    question = FactColumn()
    created_at = FactColumn(
        verbose_name=_("征求时间"), orderable=True, order_by=("created_at", "pk")
    )
    due_at = FactColumn(orderable=True, order_by=("due_at", "pk"))
    answered_at = FactColumn()
    is_on_time = FactColumn(verbose_name=_("按期答复"))
    stance = FactColumn()
    body = FactColumn()
    status = FactColumn()


class AssessmentTable(tables.Table):
    platform = tables.Column(
        accessor="recognition__platform", order_by=("recognition__platform__pinyin_key", "pk")
    )
    scheme = FactColumn(accessor="recognition__scheme", verbose_name=_("认定办法"))
    kind = FactColumn()
    due_date = FactColumn(orderable=True, order_by=("due_date", "pk"))
    extension_asked_date = FactColumn()
    requested_at = FactColumn()
    held_date = FactColumn()
    total = FactColumn()
    result = FactColumn()
    rectify_by = FactColumn()
    conclusion = FactColumn()


class SubsidyTable(tables.Table):
    platform = tables.Column(
        accessor="plan__platform", order_by=("plan__platform__pinyin_key", "pk")
    )
    level = FactColumn(accessor="plan__get_level_display", verbose_name=_("资金级别"))
    fund = FactColumn(accessor="plan__fund", verbose_name=_("补贴名称"))
    base_yuan = FactColumn(accessor="plan__base_yuan", verbose_name=_("首年基数（元）"))
    year = tables.Column(order_by=("year", "pk"))
    rate_percent = FactColumn()
    planned_yuan = tables.Column(order_by=("planned_yuan", "pk"))
    gate = FactColumn(accessor="plan__gate", verbose_name=_("拨付条件"))
    basis = FactColumn()
    status = FactColumn()
    paid_yuan = FactColumn(verbose_name=_("已拨付（元）"))
    paid_date = FactColumn(accessor="funding__paid_date", verbose_name=_("拨付日期"))
    document_number = FactColumn(accessor="plan__document_number", verbose_name=_("批复文号"))


class TaxTable(tables.Table):
    platform = tables.Column(order_by=("platform__pinyin_key", "pk"))
    region = FactColumn(accessor="platform__region_display", verbose_name=_("所在地区"))
    operator = FactColumn(accessor="platform__operator_display", verbose_name=_("运营单位"))
    document_number = FactColumn()
    started_date = tables.Column(order_by=("started_date", "pk"))
    valid_until = FactColumn()
    ended_date = FactColumn()
    end_reason = FactColumn()
    verification_code = FactColumn()
