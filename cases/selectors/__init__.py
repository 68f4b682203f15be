"""Reading projects, outcomes and cases: one selector for each page."""

from cases.selectors.projects import (
    NextStep,
    ProjectPage,
    history,
    last_reason,
    next_step,
    project_page,
    project_rows,
    project_steps,
)

__all__ = [
    "NextStep",
    "ProjectPage",
    "history",
    "last_reason",
    "next_step",
    "project_page",
    "project_rows",
    "project_steps",
]
