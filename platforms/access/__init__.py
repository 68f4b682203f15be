"""Who may see and change what: listings, recognition, facts of running."""

from platforms.access.booking import BookingAccess
from platforms.access.challenges import ChallengeItemAccess
from platforms.access.consulting import OpinionRequestAccess
from platforms.access.coverage import CoverageAccess
from platforms.access.listings import (
    ACCESS,
    CapabilityAccess,
    ClaimAccess,
    EquipmentAccess,
    ExpertAccess,
    LineAccess,
    ListingAccess,
    PlatformAccess,
    PlatformScope,
    ReportAccess,
    SolutionAccess,
    access_to,
)
from platforms.access.operations import (
    AssessmentAccess,
    ChangeAccess,
    FundingAccess,
    SubsidyAccess,
    TaxAccess,
    UsageAccess,
)
from platforms.access.recognition import (
    AppealAccess,
    ApplicationAccess,
    AssignmentAccess,
    ProgrammeAccess,
    RecognitionAccess,
)
from platforms.access.register import RegisterAccess
from platforms.access.support import TicketAccess
