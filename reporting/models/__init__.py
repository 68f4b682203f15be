"""Indicators, cycles, annual reports, portal values and jobs."""

from reporting.models.cycle import ReportCycle, ReportingJob
from reporting.models.evaluation import (
    EvaluationComment,
    EvaluationCorrection,
    EvaluationDispute,
    EvaluationResult,
    EvaluationRound,
    EvaluationRun,
    EvaluationScheme,
)
from reporting.models.indicator import Indicator
from reporting.models.portal import Alert, PortalValue, TargetFigure
from reporting.models.publication import Publication, PublicationRow, PublicationSection
from reporting.models.published_list import PublishedList, PublishedListRow
from reporting.models.release import ReleaseSubscription
from reporting.models.report import (
    AnnualReport,
    Extension,
    PlanTarget,
    ReportValue,
    ReportVersion,
    ReviewComment,
)
from reporting.models.reward import RewardItem, RewardPlan
