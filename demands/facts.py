"""The facts of a demand in words: those that are known, and the names of those that are not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.templatetags.portal_format import day
from demands.models import Demand


@dataclass(frozen=True)
class DemandFacts:
    """Facts for a page: (label, value) of what is known; `missing` names the rest."""

    known: list[tuple[str, str]]
    missing: str


def demand_facts(demand: Demand, *, full: bool) -> DemandFacts:
    """What a demand says in few words; `full` adds what its owner keeps confidential."""
    rows = [
        (str(label), value)
        for label, value, is_confidential in _rows(demand)
        if full or not is_confidential
    ]
    missing = "、".join(label for label, value in rows if not value)
    return DemandFacts([row for row in rows if row[1]], missing)


def _rows(demand: Demand) -> list[tuple[str | Promise, str, bool]]:
    """(label, value, confidential) in the order of the page; an empty value is 未注明."""
    process = str(demand.process_kind or "")
    if demand.is_process_recognised:
        process = f"{process}（系统识别）"
    return [
        (_("所属领域"), _name(demand.field), False),
        (_("工艺类别"), process, False),
        (_("所处阶段"), demand.stage_display, False),
        (_("技术成熟度"), demand.trl_display, False),
        (_("规模"), demand.scale_display, True),
        (_("需要的服务"), _names(demand.service_types.all()), False),
        (_("要求的资质"), _names(demand.certificates.all()), False),
        (_("涉及物料"), demand.materials, True),
        (_("危险类别"), _name(demand.hazard_class), False),
        (_("预算"), demand.budget_display, True),
        (_("希望完成日期"), day(demand.deadline_date), False),
        (_("平台地区要求"), _name(demand.wanted_region) or str(_("不限")), False),
    ]


def _name(row: Any) -> str:
    return str(row.name) if row else ""


def _names(rows: Iterable[Any]) -> str:
    return "、".join(row.name for row in rows)
