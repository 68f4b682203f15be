"""What a scheme says, read from its definition (data/evaluations/*.toml) and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any

from reporting import formulas

VALUES = frozenset({"number", "bool", "share", "present", "count", "mean", "choice"})
METHODS = frozenset({"minmax", "percentile", "absolute"})
TESTS = frozenset({"positive", "true", "zero", "no_report", "false_data"})
WITHOUT_CODE = frozenset({"no_report", "false_data"})
FACETS = frozenset({"kind", "field", "size"})
TREATMENTS = frozenset({"leave_out", "zero"})
MOST_YEARS = 10
MISSING = {"na": "leave_out", "secret": "leave_out", "uncounted": "zero"}
HUNDRED = Decimal(100)


class SchemeError(ValueError):
    """A definition that cannot be computed. `place` is its key: headings.0.items.2.formula."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.place = place


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
    """What rules a platform out: a test of this and, with `years`, of earlier years.

    The test `positive` is met by a number above `more_than`.
    """

    slug: str
    name: str
    test: str
    code: str = ""
    years: int = 1
    more_than: Decimal = Decimal(0)
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
        found: dict[str, int] = {}
        for veto in self.vetoes:
            if veto.years > 1:
                found[veto.code] = max(found.get(veto.code, 0), veto.years - 1)
        return found


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
        vetoes=tuple(
            Veto(**{**row, "more_than": _decimal(row.get("more_than", 0))})
            for row in table.get("vetoes", [])
        ),
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
    _check_headings(scheme)
    _check_vetoes(scheme)
    _check_groups(scheme)
    _check_grades(scheme)
    known = {heading.name for heading in scheme.headings} | {one.formula for one in scheme.items}
    for place, name in enumerate(scheme.ties):
        if name not in known:
            raise SchemeError(f"同分比较的“{name}”不在指标中。", f"ties.{place}")


def _check_headings(scheme: Scheme) -> None:
    names: set[str] = set()
    seen: set[str] = set()
    for place, heading in enumerate(scheme.headings):
        key = f"headings.{place}"
        if not heading.name or heading.name in names:
            raise SchemeError("一级指标的名称不能重复，也不能为空。", f"{key}.name")
        if heading.weight < 0 or sum(item.weight for item in heading.items) <= 0:
            raise SchemeError(f"“{heading.name}”的权重须大于 0。", f"{key}.weight")
        for row, item in enumerate(heading.items):
            _check_item(item, f"{key}.items.{row}")
            if item.formula in seen:
                raise SchemeError("同一个指标或公式出现了两次。", f"{key}.items.{row}.formula")
            seen.add(item.formula)
        names.add(heading.name)
    total = sum(heading.weight for heading in scheme.headings)
    if total != HUNDRED:
        raise SchemeError(f"一级指标的权重之和须为 100，现在是 {total:f}。", "headings.0.weight")


def _check_item(item: Item, key: str) -> None:
    if item.weight < 0:
        raise SchemeError(f"“{item.name}”的权重不能小于 0。", f"{key}.weight")
    if item.value not in VALUES or item.method not in METHODS:
        raise SchemeError(f"“{item.name}”的取值、归一方法或权重有误。", f"{key}.method")
    try:
        parsed = item.parsed
    except formulas.FormulaError as error:
        raise SchemeError(f"“{item.name}”：{error}", f"{key}.formula") from error
    if parsed.past:
        raise SchemeError(f"“{item.name}”的公式不能引用往年。", f"{key}.formula")
    if not parsed.codes:
        raise SchemeError(f"“{item.name}”的公式里没有指标。", f"{key}.formula")
    if item.value != "number" and parsed.codes != {item.formula}:
        raise SchemeError(f"“{item.name}”只能取一个指标。", f"{key}.formula")
    lacking = {"share": not item.of, "mean": not item.column, "choice": not item.points}
    if lacking.get(item.value) or item.full <= 0:
        raise SchemeError(f"“{item.name}”缺少取值所需的参数。", f"{key}.full")


def _check_vetoes(scheme: Scheme) -> None:
    for place, veto in enumerate(scheme.vetoes):
        key = f"vetoes.{place}"
        if veto.test not in TESTS:
            raise SchemeError(f"没有这样的否决规则：{veto.test}", f"{key}.test")
        if bool(veto.code) == (veto.test in WITHOUT_CODE):
            word = "不看指标" if veto.code else "要写明看哪个指标"
            raise SchemeError(f"“{veto.name}”{word}。", f"{key}.code")
        if not 1 <= veto.years <= MOST_YEARS:
            raise SchemeError(f"否决所看的年数须为 1 至 {MOST_YEARS}。", f"{key}.years")
        if veto.more_than < 0:
            raise SchemeError("否决的界限不能小于 0。", f"{key}.more_than")


def _check_groups(scheme: Scheme) -> None:
    if not scheme.groups or any(set(keys) - FACETS for keys in scheme.groups):
        raise SchemeError("同类组只能按类别、领域、规模划分。", "groups.0")
    for place, (narrow, wide) in enumerate(pairwise(scheme.groups), start=1):
        if not set(wide) < set(narrow):
            raise SchemeError("同类组须逐级放宽：后一级只能比前一级少看几项。", f"groups.{place}")
    if scheme.minimum_group < 1:
        raise SchemeError("同类组至少 1 家。", "minimum_group")
    if not 0 <= scheme.flat_score <= HUNDRED:
        raise SchemeError("数值全部相同时的得分须在 0 至 100 之间。", "flat_score")
    limits = [band.below for band in scheme.bands if band.below is not None]
    for place, (low, high) in enumerate(pairwise(limits), start=1):
        if low >= high:
            raise SchemeError("规模的界限须由小到大。", f"size.bands.{place}.below")
    if unknown := set(scheme.missing.values()) - TREATMENTS:
        raise SchemeError(f"没有这样的缺数处理：{'、'.join(sorted(unknown))}", "missing.na")


def _check_grades(scheme: Scheme) -> None:
    if not scheme.grades or scheme.grades[-1].minimum != 0:
        raise SchemeError("等次须由高到低排列，最低等次不设分数线。", "grades.0.minimum")
    for place, (better, worse) in enumerate(pairwise(scheme.grades), start=1):
        if better.minimum < worse.minimum:
            raise SchemeError("等次须由高到低排列，最低等次不设分数线。", f"grades.{place}.minimum")
    for place, line in enumerate(scheme.grades):
        if line.share is not None and not 0 < line.share <= HUNDRED:
            raise SchemeError("名次比例须大于 0，不超过 100。", f"grades.{place}.share")
