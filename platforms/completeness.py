"""How complete a listing is: a table of facts, their weights and why they matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from platforms.models import Capability, Equipment, Expert, Line, Platform, Solution

Words = str | Promise


@dataclass(frozen=True)
class Fact:
    """One fact: any of `names` filled is enough. `label`: empty for the field's own."""

    names: tuple[str, ...]
    weight: int
    why: Words
    label: Words = ""


@dataclass(frozen=True)
class Missing:
    """What to add, what it brings (in percent) and why; `field` is where to type it."""

    field: str
    label: str
    percent: int
    why: str


SCALE = ("scale_low", "scale_high", "scale_text")
STANDARD = ("standards", "certificates")
TABLE: dict[type[Model], tuple[Fact, ...]] = {
    Platform: (
        Fact(("summary",), 15, _("企业先看简介，再决定是否继续了解。")),
        Fact(("fields",), 10, _("按领域筛选时才会出现。")),
        Fact(("kind",), 5, _("按类别筛选时才会出现。")),
        Fact(("host_type",), 5, _("主管部门按主体类型统计。")),
        Fact(("operation_mode",), 5, _("主管部门按运营模式统计。")),
        Fact(("address",), 10, _("企业要知道样品送到哪里。")),
        Fact(("contact_name",), 5, _("知道找谁，才会打电话。")),
        Fact(("contact_phone", "contact_email"), 15, _("登录企业凭此联系。"), _("联系电话或邮箱")),
        Fact(("website",), 5, _("便于进一步了解和核实。")),
        Fact(("is_open",), 10, _("不写明是否对外，企业往往直接跳过。")),
        Fact(("floor_area_sqm",), 5, _("年度报告需要，填一次即可。")),
        Fact(("capabilities",), 10, _("没有能力条目就不会进入匹配。"), _("服务能力")),
    ),
    Capability: (
        Fact(("description",), 15, _("匹配主要依据说明中的工艺、物料和指标。")),
        Fact(("field",), 5, _("按领域筛选时才会出现。")),
        Fact(("service_types",), 5, _("企业按服务类型查找。")),
        Fact(SCALE, 15, _("规模不明就无法判断能否承接。"), _("规模")),
        Fact(("trl_low", "trl_high"), 10, _("企业按技术成熟度判断阶段是否合适。"), _("成熟度")),
        Fact(("materials",), 5, _("物料不符是咨询后放弃的常见原因。")),
        Fact(STANDARD, 5, _("有资质要求的需求只匹配写明资质的能力。"), _("标准或资质")),
        Fact(("price_model", "price_low_yuan"), 15, _("没有价格，企业多半不来问。"), _("价格")),
        Fact(("lead_days_low", "lead_days_high"), 10, _("企业按交付期限筛选。"), _("周期")),
        Fact(("equipment", "equipment_names"), 5, _("设备是能力的依据。"), _("设备")),
        Fact(("parameters",), 5, _("参数写到数，才能与需求逐项比对。"), _("能力参数")),
        Fact(("is_open",), 5, _("不写明是否对外，企业往往直接跳过。")),
    ),
    Equipment: (
        Fact(("model_number",), 15, _("同名设备差别在型号。")),
        Fact(("maker",), 10, _("便于判断性能水平。")),
        Fact(("specification",), 30, _("企业按指标找设备。")),
        Fact(("origin",), 10, _("国产化统计需要。")),
        Fact(("acquired_date",), 10, _("设备更新统计需要。")),
        Fact(("is_open",), 15, _("只有开放的设备才能共享。")),
        Fact(("hourly_price_yuan",), 10, _("写明机时价，企业才好算账。")),
    ),
    Line: (
        Fact(("description",), 40, _("写清能做什么、怎么做。")),
        Fact(("scale_text",), 25, _("规模不明就无法判断能否承接。")),
        Fact(("floor_area_sqm",), 10, _("年度报告需要，填一次即可。")),
        Fact(("is_digital",), 10, _("数字化中试线统计需要。")),
        Fact(("is_open",), 15, _("只有开放的中试线才能共享。")),
    ),
    Expert: (
        Fact(("title",), 20, _("职称帮助企业判断。")),
        Fact(("employer",), 20, _("便于核实。")),
        Fact(("expertise",), 30, _("企业按专长找人。")),
        Fact(("engagement_modes",), 20, _("说明可以怎样合作。"), _("合作方式")),
        Fact(("availability",), 10, _("说明什么时候有空。")),
    ),
    Solution: (
        Fact(("problem",), 25, _("企业先认出自己的问题。")),
        Fact(("summary",), 25, _("说明怎么解决。")),
        Fact(("capabilities",), 15, _("方案由能力组成，可逐项核对。"), _("所用能力")),
        Fact(("deliverables",), 15, _("写明交付物，少扯皮。")),
        Fact(("price_note",), 10, _("没有价格，企业多半不来问。")),
        Fact(("lead_days_low", "lead_days_high"), 10, _("企业按交付期限筛选。"), _("周期")),
    ),
}  # fmt: skip


def is_filled(listing: Any, name: str, known: Mapping[str, bool]) -> bool:
    """Whether the fact is there. False is a fact; `known` answers without a query."""
    if name in known:
        return known[name]
    value = getattr(listing, name)
    if hasattr(value, "exists"):
        return bool(listing.pk and value.exists())
    return value not in (None, "", [])


def missing_facts(listing: Any, known: Mapping[str, bool] | None = None) -> list[Missing]:
    """What the listing lacks, heaviest first."""
    facts = TABLE[type(listing)]
    lacking = [
        fact for fact in facts if not any(is_filled(listing, n, known or {}) for n in fact.names)
    ]
    lacking.sort(key=lambda fact: -fact.weight)
    return [
        Missing(fact.names[0], _label(listing, fact), fact.weight, str(fact.why))
        for fact in lacking
    ]


def percent_complete(listing: Any, known: Mapping[str, bool] | None = None) -> int:
    """Completeness, 0–100: the weights of the facts that are there."""
    return 100 - sum(fact.percent for fact in missing_facts(listing, known))


def _label(listing: Any, fact: Fact) -> str:
    return str(fact.label or listing._meta.get_field(fact.names[0]).verbose_name)
