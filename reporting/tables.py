"""Columns of the lists: what is sorted and exported."""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2 as tables
from django.core.paginator import Page
from django.db.models import F, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_tables2.rows import BoundRows

from core.counts import KeptPaginator
from reporting.analysis import DIMENSIONS, Analysis, Group, Measure
from reporting.models import (
    Alert,
    AnnualReport,
    EvaluationResult,
    EvaluationRun,
    Publication,
    PublishedList,
    PublishedListRow,
    ReportCycle,
    ReportingJob,
    RewardItem,
    RewardPlan,
)
from reporting.selectors.effects import OUTCOMES
from reporting.selectors.published_lists import rows_of


class ReportTable(tables.Table):
    platform = tables.Column(order_by=("platform__pinyin_key", "pk"), verbose_name=_("平台"))
    region = tables.Column(accessor="platform__region", orderable=False, verbose_name=_("地区"))
    year = tables.Column(accessor="cycle__year", verbose_name=_("年度"))
    status = tables.Column()
    due = tables.DateColumn(accessor="due_date", orderable=False, format="Y-m-d",
                            verbose_name=_("截止日期"))  # fmt: skip
    problem_count = tables.Column(verbose_name=_("待处理（处）"))
    burden_percent = tables.Column(verbose_name=_("自动采集占比（%）"))
    submitted_at = tables.DateTimeColumn(format="Y-m-d H:i", verbose_name=_("提交时间"))
    is_demo = tables.BooleanColumn(
        accessor="platform__is_demo", orderable=False, yesno="是,否", verbose_name=_("演示数据")
    )

    class Meta:
        model = AnnualReport
        fields = ("platform", "region", "year", "status", "due", "problem_count",
                  "burden_percent", "submitted_at", "is_demo")  # fmt: skip

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


class AlertTable(tables.Table):
    indicator = tables.Column(orderable=False, verbose_name=_("指标"))
    is_overdue = tables.BooleanColumn(yesno="是,", orderable=False, verbose_name=_("逾期"))
    closed_by = tables.Column(orderable=False, verbose_name=_("办结人"))

    class Meta:
        model = Alert
        fields: ClassVar = ("indicator", "message", "day", "due_date", "is_overdue", "owner",
                            "status", "status_changed_at", "closed_by", "answer",
                            "recovered_at")  # fmt: skip


class EvaluationTable(tables.Table):
    class Meta:
        model = EvaluationRun
        fields: ClassVar = ("cycle", "scheme", "region", "status")


class ResultTable(tables.Table):
    rank = tables.Column(verbose_name=_("总名次"))
    platform = tables.Column(order_by=("platform__pinyin_key", "pk"), verbose_name=_("平台"))
    region = tables.Column(accessor="platform__region", orderable=False, verbose_name=_("地区"))
    group = tables.Column(verbose_name=_("同类组"))
    group_rank = tables.Column(verbose_name=_("组内名次"))
    score = tables.Column(verbose_name=_("得分"))
    grade_name = tables.Column(verbose_name=_("等次"))
    is_vetoed = tables.BooleanColumn(yesno="是,", verbose_name=_("一票否决"))
    is_demo = tables.BooleanColumn(
        accessor="platform__is_demo", yesno="是,", orderable=False, verbose_name=_("演示数据")
    )

    class Meta:
        model = EvaluationResult
        fields: ClassVar = ("rank", "platform", "region", "group", "group_rank", "score",
                            "grade_name", "is_vetoed", "is_demo")  # fmt: skip


class RecommendedTable(tables.Table):
    platform = tables.Column(orderable=False, verbose_name=_("平台"))
    operator = tables.Column(
        accessor="platform__operator_display", orderable=False, verbose_name=_("运营单位")
    )
    region = tables.Column(accessor="platform__region", orderable=False, verbose_name=_("地区"))
    grade_name = tables.Column(orderable=False, verbose_name=_("最近等次"))
    score = tables.Column(orderable=False, verbose_name=_("最近得分"))

    class Meta:
        model = EvaluationResult
        fields: ClassVar = ("platform", "operator", "region", "grade_name", "score")


class RewardTable(tables.Table):
    class Meta:
        model = RewardPlan
        fields: ClassVar = ("name", "status")


class RewardItemTable(tables.Table):
    """The list of a plan: who gets what, and why somebody gets nothing."""

    region = tables.Column(accessor="platform__region", verbose_name=_("地区"))
    grade = tables.Column(accessor="result__grade_name", verbose_name=_("等次"))
    paid_date = tables.Column(accessor="funding__paid_date", verbose_name=_("拨付日期"))
    is_demo = tables.BooleanColumn(
        accessor="platform__is_demo", yesno="是,", verbose_name=_("演示数据")
    )

    class Meta:
        model = RewardItem
        fields: ClassVar = ("place", "platform", "region", "grade", "amount_yuan", "note",
                            "paid_date", "is_demo")  # fmt: skip
        orderable = False


class EffectTable(tables.Table):
    """Funds of a year with the numbers of the supported platforms, for the export."""

    level = tables.Column(verbose_name=_("级别"))
    fund = tables.Column(verbose_name=_("资金"))
    numbers = tables.Column(verbose_name=_("文号"))
    count = tables.Column(verbose_name=_("受益平台（家）"))
    names = tables.Column(verbose_name=_("受益平台"))
    amount_yuan = tables.Column(verbose_name=_("金额（元）"))
    paid_yuan = tables.Column(verbose_name=_("已登记拨付（元）"))
    is_demo = tables.BooleanColumn(yesno="是,", verbose_name=_("演示数据"))

    class Meta:
        orderable = False
        sequence: ClassVar = ("...", "is_demo")

    def __init__(self, funds: Any) -> None:
        columns = [
            (
                code,
                tables.Column(accessor=f"words__{code}", verbose_name=f"{label}：上年→当年→次年"),
            )
            for code, label in OUTCOMES.items()
        ]
        super().__init__(funds, extra_columns=columns)


class HistoryTable(tables.Table):
    """A running indicator over time, for a file."""

    start = tables.DateColumn(format="Y-m-d", verbose_name=_("时段开始"))
    day = tables.DateColumn(format="Y-m-d", verbose_name=_("计算日"))
    value = tables.Column(verbose_name=_("数值"))
    change = tables.Column(verbose_name=_("比前一期"))
    demo = tables.Column(verbose_name=_("演示数据"))
    lines = tables.Column(verbose_name=_("明细"))

    class Meta:
        orderable = False
        default = ""

    def render_lines(self, value: list[str]) -> str:
        return "；".join(value)


class PublishedListTable(tables.Table):
    class Meta:
        model = PublishedList
        fields: ClassVar = ("kind", "number", "title", "row_count", "published_at", "status")


class PublicationTable(tables.Table):
    class Meta:
        model = Publication
        fields: ClassVar = ("kind", "title", "year", "edition", "status", "published_at")


class ListRowTable(tables.Table):
    """Rows of an edition, paged; the page shows its own columns."""

    class Meta:
        model = PublishedListRow
        fields: ClassVar = ("order",)
        orderable = False


def analysis_table(found: Analysis) -> tables.Table:
    """The groups of an analysis and all of them together, for a file."""
    measure, by = found.measure, DIMENSIONS[found.question.by]
    heads = {"name": by, "reports": "平台（家）"}
    if measure is not None:
        words = f"{measure.indicator.name}（{measure.unit}）"
        heads = {"name": by, "reports": "应报（家）", "accepted": "已归档（家）", "n": "有数（家）"}
        heads |= {"total": f"{words}{measure.total_name}"} if measure.has_total else {}
        heads |= {"middle": f"{words}中位数", "last": "上年"}
        heads |= {"same": "两年都有数（家）", "change": "这些平台增减"}
    rows = [_analysis_row(found, one) for one in found.groups]
    if measure is not None:
        rows.append(_analysis_row(found, found.whole))
    columns = [(name, tables.Column(verbose_name=label)) for name, label in heads.items()]
    return tables.Table(rows, extra_columns=columns, default="")


def _analysis_row(found: Analysis, one: Group) -> dict[str, Any]:
    return vars(one.now) | {
        "name": one.name, "last": found.value(one.before),
        "same": one.pair.n if one.pair else None, "change": found.change(one),
    }  # fmt: skip


def platform_line_table(measure: Measure) -> type[tables.Table]:
    """Columns of the reports behind a number; the number is named in its heading."""
    is_yes, unit = measure.method == "yes", measure.indicator.unit
    label = f"{measure.indicator.name}（{unit}）" if unit else measure.indicator.name

    def words(value: Any) -> Any:
        return ("是" if value else "否") if is_yes else value

    class PlatformLineTable(tables.Table):
        platform = tables.Column(order_by=("platform__pinyin_key", "pk"), verbose_name=_("平台"))
        region = tables.Column(accessor="platform__region", orderable=False, verbose_name=_("地区"))
        kind = tables.Column(accessor="platform__kind", orderable=False, verbose_name=_("类别"))
        level = tables.Column(
            accessor="platform__level", orderable=False, verbose_name=_("梯度层级")
        )
        value = tables.Column(verbose_name=label)
        last = tables.Column(verbose_name=_("上年"))
        is_demo = tables.BooleanColumn(
            accessor="platform__is_demo", orderable=False, yesno="是,", verbose_name=_("演示数据")
        )

        class Meta:
            model = AnnualReport
            fields: ClassVar = ("platform", "region", "kind", "level", "status", "value", "last",
                                "is_demo")  # fmt: skip
            order_by = "-value"

        def render_value(self, value: Any) -> Any:
            return words(value)

        def render_last(self, value: Any) -> Any:
            return words(value)

        def order_value(self, rows: QuerySet[Any], is_descending: bool) -> tuple[Any, bool]:
            place = F("value").desc if is_descending else F("value").asc
            return rows.order_by(place(nulls_last=True), "platform__pinyin_key", "pk"), True

    return PlatformLineTable


class LinePages(KeptPaginator):
    """Pages of all lines of an edition, for a table: they are numbered without gaps, so that the
    last page costs no more than the first."""

    def __init__(self, rows: Any, per_page: int, *, edition: PublishedList, **options: Any) -> None:
        super().__init__(rows, per_page, **options)
        self.edition = edition

    @cached_property
    def count(self) -> int:
        return self.edition.row_count

    def page(self, number: Any) -> Page[Any]:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        lines = rows_of(self.edition).filter(order__gt=first, order__lte=first + self.per_page)
        table: Any = self.object_list.table  # type: ignore[attr-defined]  # rows of a table
        return Page(BoundRows(lines, table), number, self)
