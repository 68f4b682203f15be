"""Formulas over indicator codes: safe arithmetic on Decimals, where nothing stays nothing.

Allowed: codes, numbers, + − × ÷, brackets, `pct(a, b)` = 100·a/b, `past(code, n)` = the value n
years before. A missing operand or a division by zero gives None; nothing else can happen.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation
from functools import lru_cache

CODE = re.compile(r"\b([A-Z]{3})-(\d{2}[A-Za-z]?)\b")
NAME = re.compile(r"[A-Z]{3}_\d{2}[A-Za-z]?")
OPERATORS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
HUNDRED = Decimal(100)
Number = Decimal | None
Past = Callable[[str, int], Number]


class FormulaError(ValueError):
    """The text is no formula; the message says where."""


@dataclass(frozen=True)
class Formula:
    """A parsed formula: the codes of this year it needs, and (code, years back) of earlier ones."""

    text: str
    tree: ast.expr
    codes: frozenset[str]
    past: frozenset[tuple[str, int]]

    def value(self, values: Mapping[str, Number], past: Past = lambda code, years: None) -> Number:
        """The result, exact; None when an operand is missing or a divisor is zero."""
        return _evaluate(self.tree, values, past)


def rounded(value: Number, decimals: int) -> Number:
    """Half up, as people round: 2.345 → 2.35."""
    if value is None:
        return None
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


@lru_cache(maxsize=512)
def parse(text: str) -> Formula:
    """Read a formula. FormulaError for anything that is not in the small language."""
    try:
        tree = ast.parse(CODE.sub(r"\1_\2", text), mode="eval").body
    except (SyntaxError, ValueError) as error:  # ValueError: NUL, in Pythons before 3.11.4
        reason = getattr(error, "msg", error)
        raise FormulaError(f"公式“{text}”无法解析：{reason}") from error
    codes: set[str] = set()
    past: set[tuple[str, int]] = set()
    _check(tree, codes, past)
    return Formula(text, tree, frozenset(codes), frozenset(past))


def in_order(formulas: Mapping[str, Formula]) -> list[str]:
    """Codes so that each comes after those it needs. FormulaError for a circle."""
    done: list[str] = []
    waiting = dict(formulas)
    while waiting:
        ready = sorted(code for code in waiting if not waiting[code].codes & waiting.keys())
        if not ready:
            raise FormulaError(f"公式互相引用：{'、'.join(sorted(waiting))}")
        done += ready
        for code in ready:
            del waiting[code]
    return done


def _code(name: str) -> str:
    return name.replace("_", "-", 1)


def _check(node: ast.expr, codes: set[str], past: set[tuple[str, int]]) -> None:
    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            return
        case ast.Name(id=name) if NAME.fullmatch(name):
            codes.add(_code(name))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            _check_all((left, right), codes, past)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            _check(operand, codes, past)
        case ast.Call(func=ast.Name(id="pct"), args=[part, whole], keywords=[]):
            _check_all((part, whole), codes, past)
        case ast.Call(
            func=ast.Name(id="past"),
            args=[ast.Name(id=name), ast.Constant(value=int(years))],
            keywords=[],
        ) if NAME.fullmatch(name) and 1 <= years <= 9:
            past.add((_code(name), years))
        case _:
            raise FormulaError(f"公式中不允许：{ast.unparse(node)}")


def _check_all(nodes: Iterable[ast.expr], codes: set[str], past: set[tuple[str, int]]) -> None:
    for node in nodes:
        _check(node, codes, past)


def _evaluate(node: ast.expr, values: Mapping[str, Number], past: Past) -> Number:
    match node:
        case ast.Constant(value=value):
            return Decimal(str(value))
        case ast.Name(id=name):
            return values.get(_code(name))
        case ast.UnaryOp(operand=operand):
            inner = _evaluate(operand, values, past)
            return None if inner is None else -inner
        case ast.Call(
            func=ast.Name(id="past"), args=[ast.Name(id=name), ast.Constant(value=years)]
        ):
            return past(_code(name), int(str(years)))
        case ast.Call(args=[part, whole]):
            share = _apply(operator.truediv, _evaluate(part, values, past),
                           _evaluate(whole, values, past))  # fmt: skip
            return None if share is None else share * HUNDRED
        case ast.BinOp(left=left, op=op, right=right):
            return _apply(
                OPERATORS[type(op)],
                _evaluate(left, values, past),
                _evaluate(right, values, past),
            )
    raise FormulaError("公式未经检查。")  # pragma: no cover - parse() lets nothing else through


def _apply(operation: Callable[[Decimal, Decimal], Decimal], left: Number, right: Number) -> Number:
    if left is None or right is None:
        return None
    try:
        return operation(left, right)
    except (DivisionByZero, InvalidOperation):
        return None
