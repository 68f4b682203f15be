"""Reading judged pairs of requirement and achievement."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matching.engine.documents import CapabilityDoc, DemandDoc


@dataclass(frozen=True, slots=True)
class Pool:
    """One requirement with the rows and levels (0 none … 3 strong) of its judged achievements."""

    demand: DemandDoc
    rows: np.ndarray
    levels: np.ndarray

    @property
    def can_be_measured(self) -> bool:
        """Whether something relevant and something else was judged."""
        return bool((self.levels >= 2).any() and (self.levels < 2).any())


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """All achievements (the same words once) and the pool of each requirement."""

    capabilities: list[CapabilityDoc]
    pools: list[Pool]


def read_judged(pairs: Path, requirements: Path) -> JudgedSet:
    """The judged set in two CSV files: ``rid,aid,level,a_title_words`` and
    ``rid,title,content``."""
    with requirements.open(encoding="utf-8-sig", newline="") as lines:
        demands = {
            row["rid"]: DemandDoc(row["rid"], row["title"], row["content"])
            for row in csv.DictReader(lines)
        }
    rows: dict[str, int] = {}
    judged: dict[str, dict[int, int]] = {}
    with pairs.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            title = row["a_title_words"].replace(" ", "")
            at = rows.setdefault(title, len(rows))
            levels = judged.setdefault(row["rid"], {})
            levels[at] = max(levels.get(at, 0), int(row["level"]) - 1)
    capabilities = [CapabilityDoc(str(at), title) for title, at in rows.items()]
    pools = [
        Pool(demands[rid], np.array(list(levels)), np.array(list(levels.values())))
        for rid, levels in judged.items()
        if rid in demands
    ]
    return JudgedSet(capabilities, pools)
