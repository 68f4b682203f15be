"""Reading judged pairs: requirement and achievement, public demand and public capability."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matching.engine.documents import CapabilityDoc, DemandDoc

GRADES = Path(__file__).parent / "short" / "grades.csv"
SUITABLE = 1.5
"""From this level on a pair counts as relevant: 2 and 3, or the greater part of several readers."""


@dataclass(frozen=True, slots=True)
class Pool:
    """One demand with the rows and levels (0 none … 3 strong) of what was judged for it."""

    demand: DemandDoc
    rows: np.ndarray
    levels: np.ndarray

    @property
    def relevant(self) -> np.ndarray:
        """Which of the rows are relevant."""
        return self.levels >= SUITABLE

    @property
    def can_be_measured(self) -> bool:
        """Whether something relevant and something else was judged."""
        return bool(self.relevant.any() and not self.relevant.all())


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """All that is offered (the same words once) and the pool of each demand.

    ``depth`` is how far down a list is read. Where ``all_are_measured``, the order of merely
    related ones counts also for demands that nothing suits.
    """

    name: str
    capabilities: list[CapabilityDoc]
    pools: list[Pool]
    depth: int
    all_are_measured: bool


def read_judged(pairs: Path, requirements: Path) -> JudgedSet:
    """The judged set in two CSV files: ``rid,aid,level,a_title_words`` and
    ``rid,title,content``."""
    demands = {
        row["rid"]: DemandDoc(row["rid"], row["title"], row["content"])
        for row in _rows(requirements)
    }
    rows: dict[str, int] = {}
    judged: dict[str, dict[int, int]] = {}
    for row in _rows(pairs):
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
    return JudgedSet("judged pools", capabilities, pools, 50, all_are_measured=False)


def read_short(platforms: Path, demands: Path) -> JudgedSet:
    """The public demands, each graded against the public capabilities: ``short/grades.csv`` has
    the mean of its readers' grades; what is not there was 0."""
    capabilities = [
        CapabilityDoc.from_record(row | {"platform": owner["name"]})
        for owner in _lines(platforms)
        for row in owner["capabilities"]
    ]
    rows = {doc.id: at for at, doc in enumerate(capabilities)}
    levels: dict[str, np.ndarray] = {}
    for row in _rows(GRADES):
        graded = levels.setdefault(row["demand_id"], np.zeros(len(rows)))
        if row["capability_id"]:
            graded[rows[row["capability_id"]]] = float(row["grade"])
    asked = (DemandDoc.from_record(row) for row in _lines(demands))
    every = np.arange(len(rows))
    pools = [Pool(doc, every, levels[doc.id]) for doc in asked if doc.id in levels]
    return JudgedSet("short demands", capabilities, pools, 20, all_are_measured=True)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def _lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
