"""Indicators, cycles, annual reports, portal values and jobs."""

from reporting.models.cycle import ReportCycle, ReportingJob
from reporting.models.indicator import Indicator
from reporting.models.portal import Alert, PortalValue
from reporting.models.report import (
    AnnualReport,
    Extension,
    PlanTarget,
    ReportValue,
    ReportVersion,
    ReviewComment,
)

__all__ = [
    "Alert",
    "AnnualReport",
    "Extension",
    "Indicator",
    "PlanTarget",
    "PortalValue",
    "ReportCycle",
    "ReportValue",
    "ReportVersion",
    "ReportingJob",
    "ReviewComment",
]
