"""Why not, seen from the other end: what a capability would have to offer to fit a demand."""

from collections.abc import Callable

from .constraints import Columns, Rule, evaluate, rules, values
from .documents import CapabilityDoc, DemandDoc
from .quantities import format_quantity

_CHANGES: dict[str, Callable[[Rule], str]] = {
    "scale": lambda rule: f"能做到 {format_quantity(rule.value)}",
    "trl": lambda rule: f"承接成熟度 {rule.value[0]}–{rule.value[1]} 级",
    "certificate": lambda rule: f"取得 {rule.value} 资质",
    "hazard": lambda rule: f"具备承接“{rule.value}”类物料的条件",
    "chemical_park": lambda rule: "场地在化工园区内",
    "confidentiality": lambda rule: "接受保密要求",
    "availability": lambda rule: f"在 {rule.value:%Y-%m-%d} 前排出档期",
    "budget": lambda rule: f"价格在 {rule.value:,} 元以内",
    "open": lambda rule: "对外开放",
}


def widenings(demand: DemandDoc, capability: CapabilityDoc) -> dict[tuple[str, str], str]:
    """For each constraint of ``demand`` that ``capability`` fails: the change of the capability
    that would meet it, by the constraint's name and value; nothing changes where a platform is."""
    columns = Columns([capability])
    return {
        (rule.name, values(rule, capability)[0]): _CHANGES[rule.name](rule)
        for rule in rules(demand)
        if rule.name in _CHANGES and int(evaluate(rule, columns)[0]) < 0
    }
