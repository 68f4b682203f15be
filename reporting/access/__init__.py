"""Who may do what in reporting; one module a noun."""

from reporting.access.base import is_staff
from reporting.access.evaluations import (
    DisputeAccess,
    EvaluationAccess,
    ResultAccess,
    SchemeAccess,
    may_read_dispute,
)
from reporting.access.jobs import JobAccess
from reporting.access.monitoring import (
    AlertAccess,
    PortalValueAccess,
    TargetFigureAccess,
    may_read_alert_file,
)
from reporting.access.publications import (
    PublicationAccess,
    PublishedListAccess,
    ReleaseSubscriptionAccess,
    may_read_list_file,
    may_read_publication_file,
)
from reporting.access.reports import (
    LEVEL_OF,
    AnnualReportAccess,
    CycleAccess,
    IndicatorAccess,
    may_read_evidence,
    may_read_scan,
    next_step,
)
from reporting.access.rewards import RewardAccess
