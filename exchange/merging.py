"""How values of two sides become one: pure functions over plain JSON values.

`base` is what both sides agreed on last, `theirs` what the other side says now, `ours` what stands
here. Nothing that somebody here has changed is ever overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]
EMPTY: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True)
class Merge:
    """What to write here, which fields both sides changed, and what they agree on afterwards."""

    adopted: dict[str, Any]
    conflicts: list[str]
    base: dict[str, Any]


def merge(*, base: Values, theirs: Values, ours: Values) -> Merge:
    """Field by field, for the fields that `theirs` tells.

    Changed there alone: adopted. Changed here alone: stays. Changed on both sides and different: a
    conflict. Where the sides never agreed (a row that was here before), an empty value gives way to
    one that is not, and two that differ are a conflict.
    """
    adopted: dict[str, Any] = {}
    conflicts: list[str] = []
    agreed = dict(base)
    for name, value in theirs.items():
        mine = ours.get(name)
        if name in base:
            is_news, is_free = value != base[name], mine == base[name]
        else:
            is_news, is_free = value not in EMPTY, mine in EMPTY
        if value == mine:
            agreed[name] = value
        elif is_news and is_free:
            adopted[name] = agreed[name] = value
        elif is_news:
            conflicts.append(name)
    return Merge(adopted, conflicts, agreed)
