"""Records of projects, outcomes, cases and calls for cases."""

from cases.models.calls import CaseCall, CaseEntry, CaseScore
from cases.models.projects import (
    Clearance,
    Message,
    Outcome,
    Project,
    Quote,
    Receipt,
    SafetyInspection,
)
from cases.models.stories import Case
