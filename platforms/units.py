"""Which units may be typed: those that can be read. Who compares quantities says which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.errors import DomainError


@dataclass
class _Reader:
    can_read: Callable[[str], bool]
    examples: str


_reader = _Reader(can_read=lambda unit: True, examples="")


def register_reader(can_read: Callable[[str], bool], examples: str) -> None:
    """The app that reads units tells whether it knows one, and names common ones for people."""
    _reader.can_read, _reader.examples = can_read, examples


def unit_examples() -> str:
    """Common units that are read, for a hint."""
    return _reader.examples


def check_unit(unit: str, field: str, *, else_in: str = "说明") -> None:
    """Refuse a unit that nobody can read; none is fine. `else_in` is the field for what cannot be
    written as number and unit. DomainError `unknown_unit`."""
    if unit.strip() and not _reader.can_read(unit):
        ways = f"能识别的如：{_reader.examples}；其他的连同数值写在“{else_in}”里"
        message = f"不认识单位“{unit}”。{ways}。"
        raise DomainError("unknown_unit", message, field)
