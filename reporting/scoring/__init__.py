"""Evaluation as arithmetic: frozen values and a scheme in, results out. Knows no database.

Exact decimals, no clock, no order of platforms: the same inputs give the same results always.
"""

from reporting.scoring.engine import evaluate, is_vetoed
from reporting.scoring.results import Group, HeadingResult, ItemResult, Result
from reporting.scoring.scheme import (
    Band,
    Candidate,
    GradeLine,
    Heading,
    Item,
    Scheme,
    SchemeError,
    Value,
    Veto,
    read_scheme,
)

__all__ = [
    "Band",
    "Candidate",
    "GradeLine",
    "Group",
    "Heading",
    "HeadingResult",
    "Item",
    "ItemResult",
    "Result",
    "Scheme",
    "SchemeError",
    "Value",
    "Veto",
    "evaluate",
    "is_vetoed",
    "read_scheme",
]
