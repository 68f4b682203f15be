"""What freezing gives: a snapshot, its entries, a first draft of each chapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

FORMAT = 1
Tell = Callable[[int, int], bool]


@dataclass(frozen=True)
class Part:
    """A frozen entry: a platform, a case."""

    key: str
    title: str
    data: dict[str, Any]
    group: str = ""
    score: int | None = None  # what it begins with; people may change it


@dataclass(frozen=True)
class Draft:
    """The generated words of a chapter."""

    chapter: str
    title: str
    text: str


@dataclass(frozen=True)
class Compiled:
    """Plain JSON all through; numbers are exact text."""

    snapshot: dict[str, Any]
    parts: list[Part]
    drafts: list[Draft] = field(default_factory=list)
    is_demo: bool = False
