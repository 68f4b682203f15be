"""Quantities in Chinese text: found, brought to one unit per dimension by pint, compared as
intervals.

The unit registry takes a noticeable time to build, so it is built at the first quantity and kept.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from .text import Span, normalise, normalise_with_positions


class QuantityError(ValueError):
    """A quantity that cannot be understood; the message is Chinese and meant for the person who
    typed it."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``low`` to ``high``, both included; None leaves that side open."""

    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise QuantityError("区间自相矛盾：下限大于上限。")


@dataclass(frozen=True, slots=True)
class Quantity:
    """An interval in the base unit of its dimension (mass in kg, mass rate in kg/a …), and the
    words it was read from."""

    dimension: str
    interval: Interval
    unit: str
    text: str = ""
    span: Span | None = None

    @property
    def is_point(self) -> bool:
        """Whether one single value was named."""
        return self.interval.low is not None and self.interval.low == self.interval.high


# dimension -> (unit everything is brought to, pint's name for it)
BASE_UNITS = {
    "mass": ("kg", "kg"),
    "mass_rate": ("kg/年", "kg/year"),
    "volume": ("L", "L"),
    "volume_rate": ("L/年", "L/year"),
    "area": ("m²", "m**2"),
    "area_rate": ("m²/年", "m**2/year"),
    "length": ("m", "m"),
    "speed": ("m/年", "m/year"),
    "temperature": ("℃", "degC"),
    "pressure": ("MPa", "MPa"),
    "power": ("kW", "kW"),
    "energy": ("kWh", "kW*hour"),
    "voltage": ("V", "V"),
    "current": ("A", "A"),
    "frequency": ("Hz", "Hz"),
    "money": ("元", "yuan"),
}

# what people write -> pint's expression; longest match wins
_UNIT_TABLE = """
kg kg|公斤 kg|千克 kg|g g|克 g|mg mg|毫克 mg|斤 0.5*kg|t tonne|吨 tonne|l L|升 L|ml mL|毫升 mL
m3 m**3|立方米 m**3|立方 m**3|方 m**3|m2 m**2|平方米 m**2|平米 m**2|亩 666.6667*m**2|公顷 hectare
km km|公里 km|千米 km|m m|米 m|cm cm|厘米 cm|mm mm|毫米 mm|μm um|um um|微米 um|nm nm|纳米 nm
°c degC|摄氏度 degC|度 degC|mpa MPa|兆帕 MPa|kpa kPa|千帕 kPa|pa Pa|帕 Pa|bar bar
kw kW|千瓦 kW|mw MW|兆瓦 MW|gw GW|w W|瓦 W|kwh kW*hour|千瓦时 kW*hour|mwh MW*hour|gwh GW*hour
kv kV|千伏 kV|v V|伏 V|a A|安 A|khz kHz|mhz MHz|ghz GHz|hz Hz|赫兹 Hz|元 yuan
"""
UNITS: dict[str, str] = dict(
    item.split() for line in _UNIT_TABLE.split("\n") if line for item in line.split("|")
)
COUNTERS = tuple("件只片台套瓶支个辆颗枚粒张条根盒袋剂头份块栋座间")
TIMES = (
    dict.fromkeys(("年", "a"), "year")
    | dict.fromkeys(("天", "日", "d"), "day")
    | dict.fromkeys(("小时", "时", "h"), "hour")
    | dict.fromkeys(("分钟", "min"), "minute")
    | dict.fromkeys(("秒", "s"), "second")
    | {"月": "month", "周": "week"}
)
_SCALES = {
    "十": 10,
    "百": 100,
    "千": 1e3,
    "万": 1e4,
    "十万": 1e5,
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "余": 1,
    "多": 1,
}
PER_BATCH = ("批", "批次", "次", "釜", "锅", "炉")


def _either(words: object) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))  # type: ignore[call-overload]


_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MULTIPLIER = r"(?:余|多)?(?:百万|千万|十万|万|亿|百|千)?(?:余|多)?"
_UNIT = rf"(?:{_either([*UNITS, *COUNTERS])})(?![a-z])"
_PER = rf"(?:\s*[/每／]\s*(?P<per>{_either([*TIMES, *PER_BATCH])})(?![a-z]))?"
_PATTERN = re.compile(
    rf"(?P<before>不低于|不少于|不小于|至少|大于等于|大于|高于|超过|>=|≥|>|不超过|不高于|不大于|不多于|至多|最大|最高|"
    rf"小于等于|小于|低于|<=|≤|<)?\s*"
    rf"(?P<yearly>年产|年处理|年产能|年产量|日产|日处理|月产|每年|每天|每日|每小时|每批)?约?\s*"
    rf"(?:(?P<low>-?(?:{_NUMBER}))\s*(?P<low_by>{_MULTIPLIER})\s*(?P<low_unit>{_UNIT})?"
    rf"\s*(?:-|~|—|–|−|至|到|～)+\s*)?"
    rf"(?:(?P<high>(?<![\d.a-z\-])-?(?:{_NUMBER})|(?<=[-~—–−至到～\s])(?:{_NUMBER}))\s*(?P<by>{_MULTIPLIER})"
    rf"|(?P<class>十万|百万|千万|十|百|千|万)(?=(?:公斤|千克|吨|升|kg|t|l|克|立方|平)))"
    rf"\s*(?:±\s*(?P<margin>{_NUMBER})\s*)?(?P<unit>{_UNIT}){_PER}"
    rf"(?P<magnitude>级)?\s*(?P<after>以上|及以上|以下|及以下|以内|起)?"
)
_MEASURES = _either([*UNITS, *COUNTERS, *TIMES, *PER_BATCH, *_SCALES])
_MEASURE = re.compile(rf"[十百千万亿]*(?:{_MEASURES})(?:级|级别)?")
_BARE_CLASS = re.compile(r"(?<![\d百千万十])(公斤|千克|吨|升|克)级")
_AT_LEAST = {
    "不低于",
    "不少于",
    "不小于",
    "至少",
    "大于等于",
    "大于",
    "高于",
    "超过",
    ">=",
    "≥",
    ">",
}
_YEARLY = {"年": "year", "日": "day", "月": "month"}


def is_measure(words: str) -> bool:
    """Whether ``words`` are but a unit, a counter or a size class: 公斤, 万元, 批, 吨级."""
    return _MEASURE.fullmatch(normalise(words)) is not None


@lru_cache(maxsize=1)
def registry() -> Any:
    """Pint's units, and money."""
    import pint  # slow to import: only when a text holds a quantity

    units: Any = pint.UnitRegistry(cache_folder=None)
    units.define("yuan = [money]")
    return units


@lru_cache(maxsize=512)
def _conversion(expression: str, per: str) -> tuple[str, float, float]:
    """(dimension, factor, offset) that bring a value in the written unit to the base unit of its
    dimension."""
    units = registry()
    if expression == "degC":
        return "temperature", 1.0, 0.0
    one = units.Quantity(1.0, "dimensionless") * units.parse_expression(expression)
    if per:
        one = one / units.Quantity(1.0, per)
    for dimension, (_, base) in BASE_UNITS.items():
        if base != "degC" and one.is_compatible_with(base):
            return dimension, float(one.to(base).magnitude), 0.0
    raise QuantityError("不认识的单位。")


def _factor(word: str, per: str) -> tuple[str, float, str]:
    if word in COUNTERS:
        times = registry().Quantity(1.0, f"1/{per}").to("1/year").magnitude if per else 1.0
        return (
            f"count_rate:{word}" if per else f"count:{word}",
            float(times),
            f"{word}/年" if per else word,
        )
    dimension, factor, _ = _conversion(UNITS[word], per)
    return dimension, factor, BASE_UNITS[dimension][0]


def _number(text: str, multiplier: str | None) -> float:
    return float(text.replace(",", "")) * _SCALES.get((multiplier or "").strip("余多"), 1)


def _between(low: float | None, high: float | None) -> Interval:
    """An interval of numbers rounded to twelve digits, so that 0.5 m³ and 500 L are the same."""
    return Interval(*(None if end is None else float(f"{end:.12g}") for end in (low, high)))


def _interval(match: re.Match[str], factor: float, low_factor: float) -> Interval:
    before, after = match["before"] or "", match["after"] or ""
    if match["class"]:
        low = _SCALES[match["class"]] * factor
        return _between(low, low * 10 if match["magnitude"] else low)
    value = _number(match["high"], match["by"])
    if match["low"] is not None:
        low = _number(match["low"], match["low_by"] or (None if match["low_unit"] else match["by"]))
        return _between(low * low_factor, value * factor)
    if match["margin"]:
        margin = float(match["margin"])
        return _between((value - margin) * factor, (value + margin) * factor)
    value *= factor
    if before in _AT_LEAST or "以上" in after or after == "起":
        return _between(value, None)
    if before or "以下" in after or after == "以内":
        return _between(None, value)
    return _between(value, value * 10 if match["magnitude"] else value)


def _quantity(match: re.Match[str], original: str, positions: list[int]) -> Quantity:
    per = match["per"] or ""
    per = "" if per in PER_BATCH else TIMES.get(per, "")
    if not per and match["yearly"] and "批" not in match["yearly"]:
        prefix = match["yearly"].removeprefix("每")
        per = (
            "hour"
            if prefix.startswith("小时")
            else "day"
            if prefix[0] == "天"
            else _YEARLY[prefix[0]]
        )
    dimension, factor, unit = _factor(match["unit"], per)
    low_factor = factor
    if match["low_unit"]:
        low_dimension, low_factor, _ = _factor(match["low_unit"], per)
        if low_dimension != dimension:
            raise QuantityError("区间两端的单位不是同一类。")
    start, end = positions[match.start()], positions[match.end() - 1] + 1
    return Quantity(
        dimension,
        _interval(match, factor, low_factor),
        unit,
        original[start:end].strip(),
        Span(start, end),
    )


def _scan(text: str) -> tuple[list[Quantity], list[QuantityError]]:
    normal, positions = normalise_with_positions(text)
    found: list[Quantity] = []
    problems: list[QuantityError] = []
    for match in _PATTERN.finditer(normal):
        try:
            found.append(_quantity(match, text, positions))
        except QuantityError as problem:
            problems.append(problem)
    for match in _BARE_CLASS.finditer(normal):
        dimension, factor, unit = _factor(match[1], "")
        start, end = positions[match.start()], positions[match.end() - 1] + 1
        found.append(
            Quantity(
                dimension, Interval(factor, factor * 10), unit, text[start:end], Span(start, end)
            )
        )
    return found, problems


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Every quantity understood in ``text``, in reading order; what cannot be understood is left
    out, never guessed."""
    if not text or not _HAS_QUANTITY.search(text):
        return ()
    found, _ = _scan(text)
    return tuple(sorted(found, key=lambda quantity: quantity.span.start if quantity.span else 0))


_UNKNOWN_UNIT = re.compile(r"\d\s*([a-z\u3400-\u9fff%]{1,8})")
_HAS_QUANTITY = re.compile(r"\d|[十百千万]|级")


def parse_quantity(text: str) -> Quantity:
    """The one quantity a field holds.

    Raises `QuantityError` with a Chinese message for an empty field, an unknown unit, a range
    whose ends contradict each other, or more than one quantity.
    """
    if not text.strip():
        raise QuantityError("请填写数量和单位，例如“50 kg/批”。")
    found, problems = _scan(text)
    if problems:
        raise problems[0]
    if not found:
        unknown = _UNKNOWN_UNIT.search(normalise(text))
        if unknown:
            raise QuantityError(f"不认识的单位“{unknown[1]}”。")
        raise QuantityError(
            "看不懂这个数量：请写成“数值 + 单位”，例如“50 kg/批”“10–100 吨/年”“500 L”。"
        )
    if len(found) > 1:
        raise QuantityError("这里只填一个数量或一个区间。")
    return found[0]


# base unit -> the units a person would read an amount in, largest first, and what one of each is
_READABLE = {
    "kg": (("吨", 1e3), ("kg", 1.0), ("g", 1e-3), ("mg", 1e-6)),
    "kg/年": (("吨/年", 1e3), ("kg/年", 1.0), ("g/年", 1e-3)),
    "L": (("m³", 1e3), ("L", 1.0), ("mL", 1e-3)),
    "L/年": (("m³/年", 1e3), ("L/年", 1.0)),
    "m": (("km", 1e3), ("m", 1.0), ("mm", 1e-3), ("μm", 1e-6), ("nm", 1e-9)),
    "kW": (("MW", 1e3), ("kW", 1.0), ("W", 1e-3)),
    "kWh": (("MWh", 1e3), ("kWh", 1.0)),
    "V": (("kV", 1e3), ("V", 1.0)),
    "Hz": (("GHz", 1e9), ("MHz", 1e6), ("kHz", 1e3), ("Hz", 1.0)),
    "元": (("亿元", 1e8), ("万元", 1e4), ("元", 1.0)),
}
_SHOWN_DIGITS = 6


def _plain(value: float) -> str:
    """A number without exponent or trailing zeros, thousands separated: ``1,250.5``."""
    rounded = Decimal(f"{value:.{_SHOWN_DIGITS}g}")
    whole, _, rest = f"{rounded:,f}".partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest}" if rest else whole


def format_quantity(quantity: Quantity) -> str:
    """The words it was read from, or the interval in a unit of readable size: ``10–100 kg``, ``≥ 5
    L``, ``≤ 3 MPa``, ``1,000 吨``."""
    if quantity.text:
        return quantity.text
    low, high = quantity.interval.low, quantity.interval.high
    if low is None and high is None:
        return "不限"
    size = max(abs(end) for end in (low, high) if end is not None)
    known = _READABLE.get(quantity.unit, ((quantity.unit, 1.0),))
    unit, one = next((pair for pair in known if size >= pair[1]), known[-1])
    ends = [_plain(end / one) for end in (low, high) if end is not None]
    before = "≤ " if low is None else "≥ " if high is None else ""
    return f"{before}{'–'.join(dict.fromkeys(ends))} {unit}"
