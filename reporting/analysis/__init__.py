"""Analysis of the reported numbers: what is asked, the answer, the answer in words."""

from reporting.analysis.asked import (
    DIMENSIONS,
    MANY,
    UNSTATED,
    Analysis,
    Figure,
    Group,
    Measure,
    Pair,
    Question,
)
from reporting.analysis.words import draft_of
