"""What a scheme says, read from its definition (data/evaluations/*.toml) and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from reporting import formulas

VALUES = frozenset({"number", "bool", "share", "present", "count", "mean", "choice"})
METHODS = frozenset({"minmax", "percentile", "absolute"})
TESTS = frozenset({"positive", "true", "zero", "no_report", "false_data"})
FACETS = frozenset({"kind", "field", "size"})
MISSING = {"na": "leave_out", "secret": "leave_out", "uncounted": "zero"}
HUNDRED = Decimal(100)


class SchemeError(ValueError):
    """A definition that cannot be computed; the message names the place."""


@dataclass(frozen=True)
class Value:
    """A frozen value of one indicator: JSON as in the snapshot, and why there is none."""

    data: Any = None
    null_reason: str = ""


@dataclass(frozen=True)
class Candidate:
    """One platform with everything it is judged by.

    `facets` are its kind and field as (code, name); `past` the values of earlier years, last
    year's first; `false_data` says what was proven.
    """

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)
    facets: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    past: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    has_report: bool = True
    false_data: str = ""


@dataclass(frozen=True)
class Item:
    """A second-level indicator. `weight` is its part of its heading's; see running.toml."""

    name: str
    formula: str
    weight: Decimal
    value: str = "number"
    method: str = "minmax"
    direction: str = "up"
    unit: str = ""
    full: Decimal = HUNDRED
    of: int = 0
    column: str = ""
    points: Mapping[str, Decimal] = field(default_factory=dict)
    source: str = ""
    example: bool = False

    @cached_property
    def parsed(self) -> formulas.Formula:
        return formulas.parse(self.formula)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        return tuple(sorted(self.parsed.codes))


@dataclass(frozen=True)
class Heading:
    name: str
    weight: Decimal
    items: tuple[Item, ...]
    source: str = ""
    example: bool = False


@dataclass(frozen=True)
class GradeLine:
    """A grade, best first: at least `minimum` points and within the best `share` percent."""

    slug: str
    name: str
    minimum: Decimal = Decimal(0)
    share: Decimal | None = None


@dataclass(frozen=True)
class Veto:
    """What rules a platform out: a test of this and, with `years`, of earlier years."""

    slug: str
    name: str
    test: str
    code: str = ""
    years: int = 1
    source: str = ""


@dataclass(frozen=True)
class Band:
    name: str
    below: Decimal | None = None


@dataclass(frozen=True)
class Scheme:
    """A whole scheme. `groups` lists the peer groupings from narrow to wide."""

    name: str
    headings: tuple[Heading, ...]
    grades: tuple[GradeLine, ...]
    vetoes: tuple[Veto, ...]
    groups: tuple[tuple[str, ...], ...]
    minimum_group: int
    flat_score: Decimal
    ties: tuple[str, ...]
    missing: Mapping[str, str]
    size_code: str = ""
    bands: tuple[Band, ...] = ()

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for heading in self.headings for item in heading.items)

    @property
    def codes(self) -> frozenset[str]:
        """Every indicator that a computation reads."""
        codes = {code for item in self.items for code in item.codes}
        codes |= {veto.code for veto in self.vetoes if veto.code}
        return frozenset(codes | ({self.size_code} if self.size_code else set()))

    @property
    def past_codes(self) -> dict[str, int]:
        """Indicators of which earlier years count, and how many of them."""
        return {veto.code: veto.years - 1 for veto in self.vetoes if veto.years > 1}


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))


def read_scheme(definition: Mapping[str, Any]) -> Scheme:
    """The scheme that a definition describes. SchemeError when it cannot be computed."""
    try:
        scheme = _read(definition)
    except (KeyError, TypeError, ArithmeticError, AttributeError) as error:
        raise SchemeError(f"评价办法不完整：{error}") from error
    _check(scheme)
    return scheme


def _read(table: Mapping[str, Any]) -> Scheme:
    size = table.get("size", {})
    return Scheme(
        name=table["name"],
        headings=tuple(_heading(row) for row in table["headings"]),
        grades=tuple(
            GradeLine(
                row["slug"], row["name"], _decimal(row.get("minimum", 0)),
                _decimal(row["share"]) if "share" in row else None,
            )
            for row in table["grades"]
        ),
        vetoes=tuple(Veto(**row) for row in table.get("vetoes", [])),
        groups=tuple(tuple(keys) for keys in table["groups"]),
        minimum_group=int(table["minimum_group"]),
        flat_score=_decimal(table["flat_score"]),
        ties=tuple(table.get("ties", ())),
        missing=MISSING | dict(table.get("missing", {})),
        size_code=size.get("code", ""),
        bands=tuple(
            Band(row["name"], _decimal(row["below"]) if "below" in row else None)
            for row in size.get("bands", [])
        ),
    )  # fmt: skip


def _heading(row: Mapping[str, Any]) -> Heading:
    values = {key: value for key, value in row.items() if key not in {"items", "weight"}}
    items = tuple(_item(entry) for entry in row["items"])
    return Heading(weight=_decimal(row["weight"]), items=items, **values)


def _item(row: Mapping[str, Any]) -> Item:
    values = dict(row)
    for name in ("weight", "full"):
        if name in values:
            values[name] = _decimal(values[name])
    if "points" in values:
        values["points"] = {key: _decimal(one) for key, one in values["points"].items()}
    return Item(**values)


def _check(scheme: Scheme) -> None:
    if sum(heading.weight for heading in scheme.headings) != HUNDRED:
        raise SchemeError("一级指标的权重之和须为 100。")
    for heading in scheme.headings:
        if heading.weight < 0 or sum(item.weight for item in heading.items) <= 0:
            raise SchemeError(f"“{heading.name}”的权重须大于 0。")
    for item in scheme.items:
        _check_item(item)
    formulas_seen = [item.formula for item in scheme.items]
    if len(set(formulas_seen)) != len(formulas_seen):
        raise SchemeError("同一个指标或公式出现了两次。")
    if unknown := {veto.test for veto in scheme.vetoes} - TESTS:
        raise SchemeError(f"没有这样的否决规则：{'、'.join(sorted(unknown))}")
    if not scheme.groups or any(set(keys) - FACETS for keys in scheme.groups):
        raise SchemeError("同类组只能按类别、领域、规模划分。")
    minimums = [line.minimum for line in scheme.grades]
    if not minimums or minimums != sorted(minimums, reverse=True) or minimums[-1] != 0:
        raise SchemeError("等次须由高到低排列，最低等次不设分数线。")


def _check_item(item: Item) -> None:
    if item.value not in VALUES or item.method not in METHODS or item.weight < 0:
        raise SchemeError(f"“{item.name}”的取值、归一方法或权重有误。")
    try:
        parsed = item.parsed
    except formulas.FormulaError as error:
        raise SchemeError(f"“{item.name}”：{error}") from error
    if parsed.past:
        raise SchemeError(f"“{item.name}”的公式不能引用往年。")
    is_plain = parsed.codes == {item.formula}
    if item.value != "number" and not is_plain:
        raise SchemeError(f"“{item.name}”只能取一个指标。")
    lacking = {"share": not item.of, "mean": not item.column, "choice": not item.points}
    if lacking.get(item.value) or item.full <= 0:
        raise SchemeError(f"“{item.name}”缺少取值所需的参数。")
