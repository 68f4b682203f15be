"""The need coach: which missing fact would improve the matching most, and why (complaint 7 of the
requirements: needs badly stated). A table that officials and code both read."""

from __future__ import annotations

from dataclasses import dataclass

from demands.models import Demand

SHORT_TEXT = 40  # characters; shorter descriptions gave few words to match by


@dataclass(frozen=True)
class Advice:
    """What to add, in which step of the form, and what it is good for."""

    fields: tuple[str, ...]  # satisfied as soon as one of them is filled
    step: str
    ask: str
    why: str


# most useful first: what the engine excludes by comes before what it ranks by
TABLE = (
    Advice(("title",), "what", "用一句话写明要做什么",
           "平台先看标题，写清“对象＋工艺”最容易被认出。"),
    Advice(("description",), "what", "写几句具体需求",
           "相关度主要由这段文字算出，没有它就无从匹配。"),
    Advice(("field",), "what", "选择所属领域", "领域不同的能力会排在后面。"),
    Advice(("scale_high", "scale_low"), "scale", "填写规模",
           "做不到这个规模的平台会直接排除，省得逐家去问。"),
    Advice(("trl_current", "stage"), "scale", "选择目前的阶段或成熟度",
           "平台各有承接的成熟度区间，选了才知道谁接得住。"),
    Advice(("target_figures",), "scale", "写出要达到的指标",
           "有数字的指标让平台一看就知道能不能做，也便于报价。"),
    Advice(("service_types",), "what", "勾选需要的服务", "试制、放大、检测由不同的平台承担。"),
    Advice(("hazard_class",), "conditions", "说明有没有危险物料",
           "涉危物料只有具备条件的场地能接，不涉及也请选“无危险性”。"),
    Advice(("materials",), "conditions", "写出主要物料", "物料名称能找到做过同类物料的平台。"),
    Advice(("budget_high_yuan", "budget_low_yuan"), "terms", "给出预算范围",
           "有预算的需求，平台更愿意先回复；也能看出报价差多少。"),
    Advice(("deadline_date",), "terms", "写明希望完成日期", "排期赶不上的平台会如实标出。"),
)  # fmt: skip
LONGER = Advice(
    ("description",), "what", "把具体需求再写细一点",
    "现在的描述很短。写上现状、卡在哪里、做过什么，匹配会准得多。",
)  # fmt: skip


def missing_facts(demand: Demand) -> list[Advice]:
    """What the demand does not say yet, most useful first."""
    found = [advice for advice in TABLE if not any(_has(demand, name) for name in advice.fields)]
    if 0 < len(demand.description.strip()) < SHORT_TEXT:
        found.append(LONGER)
    return found


def next_advice(demand: Demand, *, step: str) -> Advice | None:
    """The most useful missing fact that this step of the form asks for."""
    return next((advice for advice in missing_facts(demand) if advice.step == step), None)


def _has(demand: Demand, name: str) -> bool:
    if name == "service_types":
        return bool(demand.pk) and demand.service_types.exists()
    return getattr(demand, name) not in (None, "")
