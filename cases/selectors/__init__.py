"""Reading projects, outcomes and cases: one selector for each page."""

from cases.selectors.figures import PERIODS, ReplyFacts, funnel, reply_facts
from cases.selectors.ledger import clearance_rows, inspection_rows, overdue_inspections
from cases.selectors.projects import (
    NextStep,
    ProjectPage,
    case_in_question,
    file_items,
    history,
    last_reason,
    next_step,
    project_page,
    project_rows,
    project_steps,
)
from cases.selectors.stories import case_beginnings, case_rows, case_years, similar_cases

__all__ = [
    "PERIODS",
    "NextStep",
    "ProjectPage",
    "ReplyFacts",
    "case_beginnings",
    "case_in_question",
    "case_rows",
    "case_years",
    "clearance_rows",
    "file_items",
    "funnel",
    "history",
    "inspection_rows",
    "last_reason",
    "next_step",
    "overdue_inspections",
    "project_page",
    "project_rows",
    "project_steps",
    "reply_facts",
    "similar_cases",
]
