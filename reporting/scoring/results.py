"""What an evaluation says of a platform, down to each indicator, as it is stored and shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

QUANTA = {places: Decimal(1).scaleb(-places) for places in (2, 4)}


def rounded(value: Decimal, places: int) -> Decimal:
    """Half up, as people round; two places or four."""
    return value.quantize(QUANTA[places], ROUND_HALF_UP)


def text(value: Decimal, places: int = 4) -> str:
    """Exact text without trailing zeros: what is stored and compared."""
    shown = format(rounded(value, places), "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


@dataclass(frozen=True)
class Group:
    """The peers a platform is compared with. `level` 0 is the narrowest grouping."""

    level: int = 0
    names: tuple[str, ...] = ()
    size: int = 0

    @property
    def label(self) -> str:
        return " · ".join(self.names) or "全部平台"


@dataclass(frozen=True)
class ItemResult:
    """value → normalised (0–100) → weight (of 100, after rescaling) → points.

    `state` is scored, zero (not counted by the platform) or left_out (not applicable).
    """

    key: str
    name: str
    unit: str
    codes: tuple[str, ...]
    value: str | None
    state: str
    normalised: str
    weight: str
    points: str
    low: str | None = None
    high: str | None = None


@dataclass(frozen=True)
class HeadingResult:
    name: str
    weight: str
    points: str
    items: tuple[ItemResult, ...]


@dataclass(frozen=True)
class Result:
    """One platform. Who is vetoed has no score and no rank, and the last grade."""

    key: str
    grade: str
    vetoes: tuple[tuple[str, str], ...] = ()
    score: str | None = None
    rank: int | None = None
    group_rank: int | None = None
    group: Group = field(default_factory=Group)
    headings: tuple[HeadingResult, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, the same for the same result. By hand: there are 50 items a platform, and
        `asdict` copies every text of them."""
        return {
            **vars(self),
            "group": vars(self.group),
            "headings": [
                {**vars(heading), "items": [vars(item) for item in heading.items]}
                for heading in self.headings
            ],
        }
