"""Totals over many platforms' reports, each by its declared method. Pure but for `facts`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from typing import Any

from reporting import formulas
from reporting.values import as_json


@dataclass(frozen=True)
class Record:
    """What one platform's frozen report says."""

    platform_id: int
    version: int
    sha256: str
    values: Mapping[str, Any]

    def number(self, code: str) -> Decimal | None:
        value = self.values.get(code)
        return None if value is None else Decimal(str(value))


@dataclass(frozen=True)
class Total:
    """A number over all platforms; `n` of them had what it is made of (None: not counted so)."""

    value: Decimal | None
    n: int | None = None
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Defined:
    """What of an indicator's definition a total needs."""

    code: str
    decimals: int
    formula: str = ""


Facts = Mapping[str, Decimal | None]


def totals(
    methods: Mapping[str, str],
    defined: Mapping[str, Defined],
    records: Sequence[Record],
    facts: Facts,
) -> dict[str, Total]:
    """Every declared total of the indicators that are defined. Missing values are not zeros."""
    found = {}
    for code, method in methods.items():
        if code not in defined:
            continue
        total = _METHODS[method](defined[code], records, facts)
        value = formulas.rounded(total.value, 2 if method == "median" else defined[code].decimals)
        found[code] = Total(value, total.n, total.counts)
    return found


def _numbers(code: str, records: Iterable[Record]) -> list[Decimal]:
    return [number for row in records if (number := row.number(code)) is not None]


def _sum(known: Defined, records: Sequence[Record], facts: Facts) -> Total:
    numbers = _numbers(known.code, records)
    return Total(sum(numbers, Decimal(0)) if numbers else None, len(numbers))


def _median(known: Defined, records: Sequence[Record], facts: Facts) -> Total:
    numbers = _numbers(known.code, records)
    return Total(median(numbers) if numbers else None, len(numbers))


def _facts(known: Defined, records: Sequence[Record], facts: Facts) -> Total:
    return Total(facts.get(known.code))


def _formula(known: Defined, records: Sequence[Record], facts: Facts) -> Total:
    """The formula over sums, both made of the platforms that know every operand."""
    formula = formulas.parse(known.formula)
    sums: dict[str, Decimal] = dict.fromkeys(formula.codes, Decimal(0))
    n = 0
    for row in records:
        operands = {code: row.number(code) for code in formula.codes}
        if None in operands.values():
            continue
        n += 1
        sums = {code: sums[code] + (operands[code] or Decimal(0)) for code in sums}
    return Total(formula.value(dict(sums)) if n else None, n)


def _yes(known: Defined, records: Sequence[Record], facts: Facts) -> Total:
    answers = [row.values.get(known.code) for row in records]
    told = [answer for answer in answers if answer is not None]
    return Total(Decimal(told.count(True)) if told else None, len(told))


def _choices(known: Defined, records: Sequence[Record], facts: Facts) -> Total:
    counts: Counter[str] = Counter()
    n = 0
    for row in records:
        value = row.values.get(known.code)
        if value is None:
            continue
        n += 1
        counts.update([value] if isinstance(value, str) else value)
    return Total(None, n, dict(counts.most_common()))


_METHODS: dict[str, Callable[[Defined, Sequence[Record], Facts], Total]] = {
    "sum": _sum, "median": _median, "facts": _facts, "formula": _formula, "yes": _yes,
    "choices": _choices,
}  # fmt: skip


def as_text(value: Decimal | None) -> str | None:
    """Exact text for the snapshot."""
    return as_json(value)  # type: ignore[no-any-return]
