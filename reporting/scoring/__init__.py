"""Evaluation as arithmetic: frozen values and a scheme in, results out. Knows no database.

Exact decimals, no clock, no order of platforms: the same inputs give the same results always.
"""

from reporting.scoring.engine import evaluate
from reporting.scoring.results import Result
from reporting.scoring.scheme import Candidate, Item, Scheme, SchemeError, Value, read_scheme
