"""Lists of matching as tables; the columns are what an export holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from matching.selectors.exposure import Trend


class FittingDemandTable(tables.Table):
    """适合我们的需求. The teaser of a confidential demand stands for its text."""

    demand = tables.Column(_("需求"), accessor="demand__title")
    text = tables.Column(_("内容"), accessor="demand__public_text", orderable=False)
    capability = tables.Column(_("能力"), accessor="capability__title")
    platform = tables.Column(_("平台"), accessor="capability__platform__name")
    field = tables.Column(_("领域"), accessor="demand__field__name")
    region = tables.Column(_("地区"), accessor="demand__region__name")
    score = tables.Column(_("匹配度"))
    deadline = tables.Column(_("希望完成日期"), accessor="demand__deadline_date")

    class Meta:
        order_by = "-score"

    def render_score(self, value: float) -> str:
        return f"{round(100 * value)}%"


class MatchRunTable(tables.Table):
    """Runs, newest first."""

    number = tables.Column(_("编号"), accessor="pk")
    kind = tables.Column(_("类型"), accessor="get_kind_display", order_by="kind")
    status = tables.Column(_("状态"), accessor="get_status_display", order_by="status")
    progress = tables.Column(_("进度"), accessor="percent", orderable=False)
    owner = tables.Column(_("发起人"), default=_("系统"))
    created_at = tables.DateTimeColumn(_("发起时间"))
    finished_at = tables.DateTimeColumn(_("结束时间"))
    weights_version = tables.Column(_("权重版本"))
    encoder = tables.Column(_("语义编码"))

    class Meta:
        order_by = "-created_at"

    def render_progress(self, value: Any) -> str:
        return f"{value}%"


class AtlasTable(tables.Table):
    """Cells of the gap atlas, one a line."""

    process = tables.Column(_("工艺"))
    field = tables.Column(_("领域"))
    region = tables.Column(_("地区"))
    unmet = tables.Column(_("未满足需求"))
    total = tables.Column(_("征集中需求"))
    supply = tables.Column(_("该工艺和领域的公开能力"))


class ExposureTable(tables.Table):
    """Shares of attention, one group of one run a line."""

    run = tables.Column(_("匹配任务"))
    finished_at = tables.DateTimeColumn(_("结束时间"))
    by = tables.Column(_("分组"))
    label = tables.Column(_("类别"))
    shown = tables.Column(_("展示份额（%）"))
    offered = tables.Column(_("供给份额（%）"))

    @staticmethod
    def lines(trends: Iterable[Trend]) -> list[dict[str, Any]]:
        """Every group of every run of `trends`."""
        return [
            {
                "run": run.pk,
                "finished_at": run.finished_at,
                "by": trend.label,
                "label": label,
                "shown": round(100 * shown, 2),
                "offered": round(100 * offered, 2),
            }
            for trend in trends
            for run in trend.runs
            for label, (shown, offered) in run.result["exposure"][trend.by].items()
        ]


class UnmetDemandTable(tables.Table):
    """Demands behind the cells, as everybody may read them."""

    slug = tables.Column(_("编号"))
    title = tables.Column(_("需求"))
    text = tables.Column(_("内容"), accessor="public_text", orderable=False)
    process = tables.Column(_("工艺"), accessor="process_kind__name")
    field = tables.Column(_("领域"), accessor="field__name")
    region = tables.Column(_("地区"), accessor="region__name")
    missing = tables.Column(
        _("最接近的能力没有写明的词"),
        accessor="match_list__missing",
        orderable=False,
        empty_values=(),
    )
    published_at = tables.DateTimeColumn(_("发布时间"))
    looked_at = tables.DateTimeColumn(_("匹配时间"), accessor="match_list__looked_at")

    def render_missing(self, value: list[str]) -> str:
        return "、".join(value)

    class Meta:
        order_by = "-published_at"
