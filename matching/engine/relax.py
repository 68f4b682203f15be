"""Why not, and what would help: the nearest change of a demand that lets a capability fit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from .constraints import Columns, Rule, evaluate, rules
from .documents import CapabilityDoc, DemandDoc
from .quantities import Interval, Quantity, format_quantity


@dataclass(frozen=True, slots=True)
class Nearest:
    """A rule changed just so far that the capability meets it; ``rule`` is None when it has to be
    given up."""

    rule: Rule | None
    message: str
    distance: float


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One change of the demand and the capabilities that would fit it then, best first."""

    name: str
    label: str
    message: str
    document_ids: tuple[str, ...]

    @property
    def gains(self) -> int:
        """How many more would fit."""
        return len(self.document_ids)


def _nearest_scale(rule: Rule, capability: CapabilityDoc) -> Nearest:
    asked: Quantity = rule.value
    offered = next(q for q in capability.scale if q.dimension == rule.dimension).interval
    low, high = asked.interval.low, asked.interval.high
    is_too_much = low is not None and offered.high is not None and low > offered.high
    wanted, bound = (low, offered.high) if is_too_much else (high, offered.low)
    assert bound is not None and wanted is not None  # noqa: S101, PT018 -- the intervals are apart on that side
    relaxed = replace(asked, interval=Interval(bound, bound), text="", span=None)
    message = f"规模由 {format_quantity(asked)} 改为 {format_quantity(relaxed)}"
    return Nearest(
        replace(rule, value=relaxed),
        message,
        abs(wanted - bound) / max(abs(wanted), abs(bound), 1e-9),
    )


def _nearest_trl(rule: Rule, capability: CapabilityDoc) -> Nearest:
    low, high = rule.value
    offered_low, offered_high = capability.trl_low or 1, capability.trl_high or 9
    relaxed = (low, offered_low) if high < offered_low else (offered_high, high)
    gap = offered_low - high if high < offered_low else low - offered_high
    return Nearest(
        replace(rule, value=relaxed),
        f"技术就绪度由 TRL {low}–{high} 放宽到 TRL {relaxed[0]}–{relaxed[1]}",
        gap,
    )


def nearest(rule: Rule, capability: CapabilityDoc) -> Nearest:
    """The smallest change of ``rule`` that ``capability``, which fails it, would meet."""
    if rule.name == "scale":
        return _nearest_scale(rule, capability)
    if rule.name == "trl":
        return _nearest_trl(rule, capability)
    if rule.name == "budget":
        price: Any = capability.price_yuan
        return Nearest(
            replace(rule, value=price), f"预算提高到 {price:,} 元", price / max(rule.value, 1)
        )
    if rule.name == "availability":
        day: Any = capability.available_from
        assert isinstance(day, date)  # noqa: S101 -- an unknown date cannot fail
        return Nearest(
            replace(rule, value=day), f"时间放宽到 {day:%Y-%m-%d}", (day - rule.value).days
        )
    given_up = {
        "certificate": f"不要求 {rule.value} 资质",
        "hazard": f"不要求承接“{rule.value}”类危险物料",
        "region": "不限地区",
        "chemical_park": "不要求在化工园区内",
        "confidentiality": "不要求保密",
        "open": "接受暂不对外开放的能力",
    }
    return Nearest(None, given_up[rule.name], 1.0)


def relaxations(
    demand: DemandDoc, candidates: Sequence[CapabilityDoc], limit: int = 5
) -> tuple[Relaxation, ...]:
    """Single changes of ``demand`` that let more of ``candidates`` (relevant ones, best first)
    fit, nearest first.

    A candidate counts when every constraint but one is not known to fail. For each constraint the
    nearest change and, where it gains more, the widest one are offered.
    """
    stated = rules(demand)
    if not stated or not candidates:
        return ()
    columns = Columns(candidates)
    status = [evaluate(rule, columns) for rule in stated]
    found: list[tuple[float, Relaxation]] = []
    for at, rule in enumerate(stated):
        alone = [
            row
            for row in range(len(candidates))
            if status[at][row] < 0 and all(s[row] >= 0 for i, s in enumerate(status) if i != at)
        ]
        options: dict[str, Nearest] = {}
        for row in alone:
            option = nearest(rule, candidates[row])
            options.setdefault(option.message, option)
        ordered = sorted(options.values(), key=lambda option: (option.distance, option.message))
        for option in dict.fromkeys([*ordered[:1], *ordered[-1:]]):
            ids = tuple(candidates[row].id for row in alone if _fits(option, candidates[row]))
            found.append((option.distance, Relaxation(rule.name, rule.label, option.message, ids)))
    found.sort(key=lambda pair: (-pair[1].gains, pair[0], pair[1].message))
    return tuple(relaxation for _, relaxation in found[:limit])


def _fits(option: Nearest, capability: CapabilityDoc) -> bool:
    return option.rule is None or int(evaluate(option.rule, Columns([capability]))[0]) >= 0
