"""What is possible: each stated constraint against each document, met, not met or unknown.

Every rule is written once, over columns of values; a single pair is a column of length one.
Interval overlap for scale and TRL: GB/T 22900; region prefixes: GB/T 2260.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np

from .documents import CapabilityDoc, DemandDoc, Doc
from .quantities import Quantity, format_quantity

Status = Literal["met", "not_met", "unknown"]
_STATUS: dict[int, Status] = {1: "met", 0: "unknown", -1: "not_met"}
UNKNOWN = "未注明"


@dataclass(frozen=True, slots=True)
class Check:
    """One constraint of a demand against one capability, with both values as people read them.

    ``relaxation`` says, for a constraint that is not met, the nearest change of the demand that
    would meet it.
    """

    name: str
    label: str
    status: Status
    demand_value: str
    capability_value: str
    relaxation: str | None = None


_Verdict = tuple[np.ndarray, np.ndarray]
_KEPT_MASKS = 256


@dataclass(slots=True)
class Columns:
    """The constraint values of many documents side by side; NaN, -1 and None mean unknown."""

    docs: Sequence[Doc]
    _cache: dict[str, np.ndarray] = field(default_factory=dict)
    _masks: dict[tuple[object, ...], np.ndarray] = field(default_factory=dict)

    def mask(self, rule: "Rule") -> np.ndarray:
        """Where ``rule`` is not known to fail; kept, because many demands state the same rule."""
        key = rule.key
        if key not in self._masks:
            if len(self._masks) >= _KEPT_MASKS:
                self._masks.clear()
            self._masks[key] = ~_verdict(rule, self)[0]
        return self._masks[key]

    def numbers(self, name: str) -> np.ndarray:
        """A numeric or yes/no attribute as floats."""
        if name not in self._cache:
            values = [getattr(doc, name) for doc in self.docs]
            self._cache[name] = np.array([np.nan if v is None else float(v) for v in values])
        return self._cache[name]

    def codes(self, name: str) -> np.ndarray:
        """A code of six digits as a whole number, -1 where it is unknown."""
        if name not in self._cache:
            values = [getattr(doc, name) or "" for doc in self.docs]
            numbers = [int(v) if v.isdecimal() and len(v) == 6 else -1 for v in values]
            self._cache[name] = np.array(numbers, np.int32)
        return self._cache[name]

    def days(self, name: str) -> np.ndarray:
        """A date attribute as day numbers."""
        if name not in self._cache:
            values = [getattr(doc, name) for doc in self.docs]
            self._cache[name] = np.array(
                [np.nan if v is None else v.toordinal() for v in values], float
            )
        return self._cache[name]

    def holds(self, name: str, item: str) -> np.ndarray:
        """1 where the set attribute holds ``item``, 0 where it does not, NaN where the set is
        unknown."""
        key = f"{name}:{item}"
        if key not in self._cache:
            sets = [getattr(doc, name) for doc in self.docs]
            self._cache[key] = np.array([np.nan if s is None else float(item in s) for s in sets])
        return self._cache[key]

    def scale(self, dimension: str, *, is_most: bool) -> tuple[np.ndarray, np.ndarray]:
        """Bounds of the scale in ``dimension`` (NaN, NaN: none given); a single value is a
        maximum if ``is_most``."""
        key = f"scale:{dimension}:{is_most}"
        if key not in self._cache:
            self._cache[key] = np.array(
                [_bounds(doc.scale, dimension, is_most) for doc in self.docs]
            ).reshape(-1, 2)
        bounds = self._cache[key]
        return bounds[:, 0], bounds[:, 1]


def _bounds(scale: tuple[Quantity, ...], dimension: str, is_most: bool) -> tuple[float, float]:
    for quantity in scale:
        if quantity.dimension == dimension:
            low, high = quantity.interval.low, quantity.interval.high
            if low is None or (is_most and quantity.is_point):
                low = -np.inf
            return low, np.inf if high is None else high
    return np.nan, np.nan


@dataclass(frozen=True, slots=True)
class Rule:
    """One constraint a document states: a name for machines, a label for people, its value and
    its test."""

    name: str
    label: str
    value: Any
    dimension: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for rules that the same capabilities fail."""
        value = self.value.interval if isinstance(self.value, Quantity) else self.value
        return self.name, self.dimension, value


def rules(demand: DemandDoc) -> tuple[Rule, ...]:
    """The constraints ``demand`` states, in the order they are shown."""
    found = [Rule("scale", "规模", quantity, quantity.dimension) for quantity in demand.scale]
    if demand.trl_low is not None or demand.trl_high is not None:
        low = demand.trl_low if demand.trl_low is not None else 1
        high = demand.trl_high if demand.trl_high is not None else 9
        found.append(Rule("trl", "技术就绪度", (min(low, high), max(low, high))))
    found += [Rule("certificate", "资质", name) for name in sorted(demand.required_certificates)]
    if demand.hazard_class:
        found.append(Rule("hazard", "危险类别", demand.hazard_class))
    if demand.region_code and demand.region_required:
        found.append(Rule("region", "地区", demand.region_code))
    if demand.needs_chemical_park:
        found.append(Rule("chemical_park", "化工园区", True))
    if demand.is_confidential:
        found.append(Rule("confidentiality", "保密", True))
    if demand.needed_by:
        found.append(Rule("availability", "档期", demand.needed_by))
    if demand.budget_yuan is not None:
        found.append(Rule("budget", "预算", demand.budget_yuan))
    if demand.needs_open:
        found.append(Rule("open", "对外开放", True))
    return tuple(found)


def _apart(low: float, high: float, lows: np.ndarray, highs: np.ndarray) -> _Verdict:
    """Fails where [low, high] and [lows, highs] share no value; known where both bounds are."""
    return (lows > high) | (highs < low), ~(np.isnan(lows) | np.isnan(highs))


def _not(values: np.ndarray) -> _Verdict:
    return values == 0, ~np.isnan(values)


def _outside(code: str, codes: np.ndarray) -> _Verdict:
    """Fails outside the province, city or county that a GB/T 2260 code names."""
    step = 10_000 if code.endswith("0000") else 100 if code.endswith("00") else 1
    known = codes >= 0
    return known & (codes // step != int(code) // step), known


def _verdict(rule: Rule, columns: Columns) -> _Verdict:
    """(where the rule is known to fail, where the value it asks about is known)."""
    match rule.name:
        case "scale":
            low, high = rule.value.interval.low, rule.value.interval.high
            lows, highs = columns.scale(rule.dimension, is_most=True)
            least = -np.inf if low is None else low
            return _apart(least, np.inf if high is None else high, lows, highs)
        case "trl":
            low, high = rule.value
            return _apart(low, high, columns.numbers("trl_low"), columns.numbers("trl_high"))
        case "certificate":
            return _not(columns.holds("certificates", rule.value))
        case "hazard":
            return _not(columns.holds("hazard_classes", rule.value))
        case "region":
            return _outside(rule.value, columns.codes("region_code"))
        case "availability":
            days = columns.days("available_from")
            return days > rule.value.toordinal(), ~np.isnan(days)
        case "budget":
            prices = columns.numbers("price_yuan")
            return prices > rule.value, ~np.isnan(prices)
    return _not(columns.numbers(_YES_NO[rule.name]))


_YES_NO = {
    "chemical_park": "in_chemical_park",
    "confidentiality": "accepts_confidential",
    "open": "is_open",
}


def evaluate(rule: Rule, columns: Columns) -> np.ndarray:
    """Status of ``rule`` for each capability in ``columns``: 1 met, 0 unknown, -1 not met."""
    fails, known = _verdict(rule, columns)
    return np.where(fails, -1, np.where(known, 1, 0)).astype(np.int8)


def _scale_value(doc: CapabilityDoc, dimension: str) -> str:
    return next((format_quantity(q) for q in doc.scale if q.dimension == dimension), UNKNOWN)


def _trl_value(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return UNKNOWN
    return f"TRL {low}" if low == high else f"TRL {low or '?'}–{high or '?'}"


def _names(values: frozenset[str] | None) -> str:
    return UNKNOWN if values is None else "、".join(sorted(values)) or "无"


def _yes_no(value: bool | None) -> str:
    return UNKNOWN if value is None else "是" if value else "否"


def values(rule: Rule, capability: CapabilityDoc) -> tuple[str, str]:
    """(what the demand asks, what the capability has) for ``rule``, as people read them."""
    match rule.name:
        case "scale":
            return format_quantity(rule.value), _scale_value(capability, rule.dimension)
        case "trl":
            return _trl_value(*rule.value), _trl_value(capability.trl_low, capability.trl_high)
        case "certificate":
            return rule.value, _names(capability.certificates)
        case "hazard":
            return rule.value, _names(capability.hazard_classes)
        case "region":
            return rule.value, capability.region_code or UNKNOWN
        case "chemical_park":
            return "是", _yes_no(capability.in_chemical_park)
        case "confidentiality":
            return "是", _yes_no(capability.accepts_confidential)
        case "availability":
            day: date | None = capability.available_from
            return f"{rule.value:%Y-%m-%d} 前", UNKNOWN if day is None else f"{day:%Y-%m-%d} 起"
        case "budget":
            price = capability.price_yuan
            return f"≤ {rule.value:,} 元", UNKNOWN if price is None else f"{price:,} 元起"
    return "是", _yes_no(capability.is_open)


def checks(demand: DemandDoc, capability: CapabilityDoc) -> tuple[Check, ...]:
    """Every constraint of ``demand`` against ``capability``, with the nearest relaxation of those
    not met."""
    return checks_of(demand, Columns([capability]))[0]


def checks_of(demand: DemandDoc, columns: Columns) -> list[tuple[Check, ...]]:
    """`checks` for each of the capabilities in ``columns``."""
    stated = rules(demand)
    verdicts = [evaluate(rule, columns).tolist() for rule in stated]
    return [
        tuple(
            _check(rule, capability, verdict[row])
            for rule, verdict in zip(stated, verdicts, strict=True)
        )
        for row, capability in enumerate(columns.docs)
        if isinstance(capability, CapabilityDoc)
    ]


def _check(rule: Rule, capability: CapabilityDoc, verdict: int) -> Check:
    status, relaxation = _STATUS[verdict], None
    if status == "not_met":
        from .relax import nearest  # relax builds on this module

        relaxation = nearest(rule, capability).message
    asked, offered = values(rule, capability)
    return Check(rule.name, rule.label, status, asked, offered, relaxation)


def is_possible(found: tuple[Check, ...]) -> bool:
    """Whether no constraint is known to fail."""
    return all(check.status != "not_met" for check in found)
