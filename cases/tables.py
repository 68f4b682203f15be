"""Columns of the lists: what is sorted and exported."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

UNKNOWN = "未注明"


class ProjectTable(tables.Table):
    """Projects; without `?sort=` the overdue ones come first."""

    number = tables.Column(verbose_name=_("编号"), orderable=False)
    title = tables.Column(verbose_name=_("事项"), orderable=False)
    enterprise = tables.Column(verbose_name=_("企业"), orderable=False)
    platform = tables.Column(verbose_name=_("平台"), orderable=False)
    status = tables.Column(accessor="get_status_display", verbose_name=_("状态"), orderable=False)
    asked_at = tables.DateTimeColumn(
        format="Y-m-d H:i", verbose_name=_("咨询时间"), order_by=("asked_at", "pk")
    )
    reply_due_at = tables.DateTimeColumn(
        format="Y-m-d H:i", verbose_name=_("应回复时间"), order_by=("reply_due_at", "pk")
    )
    first_replied_at = tables.DateTimeColumn(
        format="Y-m-d H:i", verbose_name=_("首次回复"), orderable=False
    )
    contract_amount_yuan = tables.Column(verbose_name=_("合同额（元）"), orderable=False)
    contract_date = tables.DateColumn(format="Y-m-d", verbose_name=_("签约日期"), orderable=False)
    promised_date = tables.DateColumn(
        format="Y-m-d", verbose_name=_("承诺交付"), order_by=("promised_date", "pk")
    )
    delivered_date = tables.DateColumn(format="Y-m-d", verbose_name=_("交付日期"), orderable=False)

    class Meta:
        default = ""


class ClearanceTable(tables.Table):
    """The ledger of EIA and safety."""

    project = tables.Column(verbose_name=_("项目"), orderable=False)
    platform = tables.Column(accessor="project__platform", verbose_name=_("平台"), orderable=False)
    enterprise = tables.Column(
        accessor="project__enterprise", verbose_name=_("企业"), orderable=False
    )
    kind = tables.Column(accessor="get_kind_display", verbose_name=_("手续"), orderable=False)
    stage = tables.Column(accessor="get_stage_display", verbose_name=_("办理情况"), orderable=False)
    approval_number = tables.Column(verbose_name=_("批复文号"), orderable=False)
    approved_date = tables.DateColumn(format="Y-m-d", verbose_name=_("批复日期"), orderable=False)
    officer_name = tables.Column(verbose_name=_("服务专员"), orderable=False)
    hazard_class = tables.Column(verbose_name=_("危险类别"), orderable=False)
    note = tables.Column(verbose_name=_("说明"), orderable=False)

    class Meta:
        default = UNKNOWN


class InspectionTable(tables.Table):
    """Safety inspections of projects."""

    project = tables.Column(verbose_name=_("项目"), orderable=False)
    platform = tables.Column(accessor="project__platform", verbose_name=_("平台"), orderable=False)
    held_date = tables.DateColumn(
        format="Y-m-d", verbose_name=_("检查日期"), order_by=("held_date", "pk")
    )
    inspector = tables.Column(verbose_name=_("检查人员"), orderable=False)
    findings = tables.Column(verbose_name=_("检查情况"), orderable=False)
    found_count = tables.Column(verbose_name=_("发现问题（项）"), orderable=False)
    mended_count = tables.Column(verbose_name=_("已整改（项）"), orderable=False)
    rectify_by = tables.DateColumn(
        format="Y-m-d", verbose_name=_("整改期限"), order_by=("rectify_by", "pk")
    )
    rectification = tables.Column(verbose_name=_("整改情况"), orderable=False)

    class Meta:
        default = UNKNOWN


class CaseTable(tables.Table):
    """Public cases with their sources."""

    title = tables.Column(verbose_name=_("案例"), orderable=False)
    shown_platform = tables.Column(verbose_name=_("平台"), orderable=False)
    client_name = tables.Column(verbose_name=_("服务企业"), orderable=False)
    field = tables.Column(accessor="field__name", verbose_name=_("领域"), orderable=False)
    region = tables.Column(accessor="region__name", verbose_name=_("地区"), orderable=False)
    summary = tables.Column(verbose_name=_("案例内容"), orderable=False)
    result = tables.Column(verbose_name=_("取得成效"), orderable=False)
    year = tables.Column(verbose_name=_("年份"), order_by=("told_on", "pk"))
    source_url = tables.Column(verbose_name=_("来源网址"), orderable=False)
    source_date = tables.Column(verbose_name=_("来源日期"), orderable=False)

    class Meta:
        default = UNKNOWN


class CallTable(tables.Table):
    """Calls for cases."""

    title = tables.Column(verbose_name=_("征集"), orderable=False)
    region = tables.Column(verbose_name=_("地区"), orderable=False)
    opens_date = tables.DateColumn(format="Y-m-d", verbose_name=_("开始日期"), orderable=False)
    due_date = tables.DateColumn(
        format="Y-m-d", verbose_name=_("截止日期"), order_by=("due_date", "pk")
    )
    status = tables.Column(accessor="get_status_display", verbose_name=_("状态"), orderable=False)
    entered = tables.Column(verbose_name=_("报名案例（个）"), orderable=False)

    class Meta:
        default = UNKNOWN


class EntryTable(tables.Table):
    """Own entries in calls."""

    case = tables.Column(verbose_name=_("案例"), orderable=False)
    platform = tables.Column(
        accessor="case__shown_platform", verbose_name=_("平台"), orderable=False
    )
    call = tables.Column(verbose_name=_("征集"), orderable=False)
    status = tables.Column(
        accessor="call__get_status_display", verbose_name=_("征集状态"), orderable=False
    )
    is_selected = tables.BooleanColumn(verbose_name=_("入选"), yesno="是,否", orderable=False)
    entered_at = tables.DateTimeColumn(
        format="Y-m-d H:i", verbose_name=_("报名时间"), order_by=("entered_at", "pk")
    )

    class Meta:
        default = UNKNOWN


class RankingTable(tables.Table):
    """Entries of one call by their mean mark."""

    case = tables.Column(verbose_name=_("案例"), orderable=False)
    platform = tables.Column(
        accessor="case__shown_platform", verbose_name=_("平台"), orderable=False
    )
    client_name = tables.Column(
        accessor="case__client_name", verbose_name=_("服务企业"), orderable=False
    )
    mean = tables.Column(verbose_name=_("平均分"), orderable=False)
    lowest = tables.Column(verbose_name=_("最低分"), orderable=False)
    highest = tables.Column(verbose_name=_("最高分"), orderable=False)
    scored = tables.Column(verbose_name=_("评分人数"), orderable=False)
    comments = tables.Column(accessor="given", verbose_name=_("评语"), orderable=False)
    is_selected = tables.BooleanColumn(verbose_name=_("入选"), yesno="是,否", orderable=False)

    class Meta:
        default = ""

    def value_mean(self, value: Any) -> float:
        return round(float(value), 1)

    def value_comments(self, value: Any) -> str:
        return "；".join(f"{row.reviewer} {row.total} 分：{row.comment}" for row in value)


class ReviewTable(tables.Table):
    """Cases that wait for a decision, the longest waiting first."""

    title = tables.Column(verbose_name=_("案例"), orderable=False)
    platform = tables.Column(verbose_name=_("平台"), orderable=False)
    waiting = tables.DateTimeColumn(
        accessor="status_changed_at",
        verbose_name=_("提交时间"),
        order_by=("status_changed_at", "pk"),
    )

    class Meta:
        order_by = ("waiting",)


class VoucherProgrammeTable(tables.Table):
    """Programmes of service vouchers with what came of them."""

    name = tables.Column(verbose_name=_("方案"), orderable=False)
    region = tables.Column(verbose_name=_("出资地区"), orderable=False)
    document_number = tables.Column(verbose_name=_("文号"), orderable=False)
    budget_yuan = tables.Column(verbose_name=_("预算（元）"), order_by=("budget_yuan", "pk"))
    share_percent = tables.Column(verbose_name=_("抵用比例（%）"), orderable=False)
    voucher_cap_yuan = tables.Column(verbose_name=_("每张最高（元）"), orderable=False)
    size_classes = tables.Column(accessor="size_words", verbose_name=_("企业规模"), orderable=False)
    reach = tables.Column(accessor="get_reach_display", verbose_name=_("可用平台"), orderable=False)
    modes = tables.Column(accessor="mode_words", verbose_name=_("兑付方式"), orderable=False)
    opens_date = tables.DateColumn(format="Y-m-d", verbose_name=_("申领开始"), orderable=False)
    closes_date = tables.DateColumn(
        format="Y-m-d", verbose_name=_("申领截止"), order_by=("closes_date", "pk")
    )
    status = tables.Column(accessor="get_status_display", verbose_name=_("状态"), orderable=False)
    issued = tables.Column(verbose_name=_("已发放（张）"), orderable=False)
    paid = tables.Column(verbose_name=_("已兑付（元）"), orderable=False)

    class Meta:
        default = UNKNOWN


class VoucherTable(tables.Table):
    """Vouchers."""

    number = tables.Column(verbose_name=_("服务券编号"), orderable=False)
    programme = tables.Column(verbose_name=_("方案"), orderable=False)
    enterprise = tables.Column(verbose_name=_("企业"), orderable=False)
    project = tables.Column(accessor="project__number", verbose_name=_("对接项目"),
                            orderable=False)  # fmt: skip
    platform = tables.Column(accessor="project__platform", verbose_name=_("平台"), orderable=False)
    mode = tables.Column(accessor="get_mode_display", verbose_name=_("兑付方式"), orderable=False)
    face_yuan = tables.Column(verbose_name=_("面额（元）"), orderable=False)
    amount_yuan = tables.Column(verbose_name=_("兑付金额（元）"), orderable=False)
    issued_at = tables.DateTimeColumn(
        format="Y-m-d", verbose_name=_("发放日期"), order_by=("issued_at", "pk")
    )
    valid_until_date = tables.DateColumn(
        format="Y-m-d", verbose_name=_("有效期至"), order_by=("valid_until_date", "pk")
    )
    audit_due_at = tables.DateTimeColumn(
        format="Y-m-d", verbose_name=_("应审核日"), order_by=("audit_due_at", "pk")
    )
    paid_date = tables.DateColumn(
        format="Y-m-d", verbose_name=_("拨付日期"), order_by=("paid_date", "pk")
    )
    payment_reference = tables.Column(verbose_name=_("拨付凭证号"), orderable=False)
    status = tables.Column(accessor="get_status_display", verbose_name=_("状态"), orderable=False)

    class Meta:
        default = ""


class ChallengeTable(tables.Table):
    """Challenges; amounts in 万元."""

    title = tables.Column(accessor="demand", verbose_name=_("揭榜项目"), orderable=False)
    listing = tables.Column(verbose_name=_("榜单"), orderable=False)
    field = tables.Column(accessor="demand__field", verbose_name=_("领域"), orderable=False)
    region = tables.Column(verbose_name=_("地区"), orderable=False)
    organisation = tables.Column(
        accessor="demand__shown_organisation", verbose_name=_("需求单位"), orderable=False
    )
    bounty_wan = tables.Column(verbose_name=_("榜金（万元）"), order_by=("bounty_wan", "pk"))
    payer = tables.Column(verbose_name=_("出资方"), orderable=False)
    due_date = tables.DateColumn(
        format="Y-m-d", verbose_name=_("揭榜截止日"), order_by=("due_date", "pk")
    )
    status = tables.Column(accessor="get_status_display", verbose_name=_("状态"), orderable=False)
    winner = tables.Column(accessor="chosen", verbose_name=_("中选单位"), orderable=False)

    class Meta:
        default = UNKNOWN

    def value_winner(self, value: Any) -> str:
        return "、".join(str(bid) for bid in value)


class BidTable(tables.Table):
    """Own bids."""

    challenge = tables.Column(verbose_name=_("揭榜项目"), orderable=False)
    platform = tables.Column(verbose_name=_("承担平台"), orderable=False)
    price_yuan = tables.Column(verbose_name=_("报价（元）"), orderable=False)
    lead_days = tables.Column(verbose_name=_("周期（天）"), orderable=False)
    due_date = tables.DateColumn(
        accessor="challenge__due_date", format="Y-m-d", verbose_name=_("截止日"), orderable=False
    )
    status = tables.Column(accessor="get_status_display", verbose_name=_("状态"), orderable=False)
    submitted_at = tables.DateTimeColumn(
        format="Y-m-d H:i", verbose_name=_("提交时间"), orderable=False
    )

    class Meta:
        default = UNKNOWN


class RankedBidTable(tables.Table):
    """Opened bids of one challenge by their mean mark."""

    organisation = tables.Column(verbose_name=_("牵头单位"), orderable=False)
    platform = tables.Column(verbose_name=_("承担平台"), orderable=False)
    partners = tables.Column(verbose_name=_("合作单位"), orderable=False)
    price_yuan = tables.Column(verbose_name=_("报价（元）"), orderable=False)
    lead_days = tables.Column(verbose_name=_("周期（天）"), orderable=False)
    mean = tables.Column(verbose_name=_("平均分"), orderable=False)
    lowest = tables.Column(verbose_name=_("最低分"), orderable=False)
    highest = tables.Column(verbose_name=_("最高分"), orderable=False)
    scored = tables.Column(verbose_name=_("评分人数"), orderable=False)
    comments = tables.Column(accessor="given", verbose_name=_("评语"), orderable=False)
    status = tables.Column(accessor="get_status_display", verbose_name=_("结果"), orderable=False)

    class Meta:
        default = ""

    def value_mean(self, value: Any) -> float:
        return round(float(value), 1)

    def value_comments(self, value: Any) -> str:
        return "；".join(f"{row.reviewer} {row.total} 分：{row.comment}" for row in value)
