"""Reported sums by mode of operation (L08), for the development report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from taxonomy.selectors import term_choices

MODE = "BAS-05"
NUMBERS = ("SRV-02", "SRV-12", "TRF-02", "TRF-04")
UNKNOWN = "未注明"
Numbers = Callable[[str], Decimal | None]


@dataclass
class ModeSum:
    """Of the reports that state a mode: how many, and the sum of each number they have."""

    reports: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)

    def add(self, number_of: Numbers) -> None:
        self.reports += 1
        for code in NUMBERS:
            value = number_of(code)
            if value is not None:
                self.sums[code] = self.sums.get(code, Decimal(0)) + value


def sums_by_mode(rows: Iterable[tuple[Collection[str], Numbers]]) -> dict[str, ModeSum]:
    """Sums by code of the mode; a report of several modes counts in each, one of none under ""."""
    found: dict[str, ModeSum] = {}
    for modes, number_of in rows:
        for code in modes or [""]:
            found.setdefault(code, ModeSum()).add(number_of)
    return found


def named_modes() -> list[tuple[str, str]]:
    """Codes and names of the modes, and of not having stated any."""
    return [*term_choices("operation-mode"), ("", UNKNOWN)]
