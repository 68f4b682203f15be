"""Filters of the lists, shared by pages and API."""

from platforms.filters.booking import BookingFilter
from platforms.filters.challenges import ChallengeFilter
from platforms.filters.coverage import CoverageFilter
from platforms.filters.listings import (
    CapabilityFilter,
    EquipmentFilter,
    ExpertFilter,
    LineFilter,
    PlaceFilter,
    PlatformFilter,
    SolutionFilter,
)
from platforms.filters.recognition import (
    ApplicationFilter,
    AssessmentFilter,
    ChangeFilter,
    FundingFilter,
    OpinionRequestFilter,
    RosterChangeFilter,
    RosterFilter,
    SubsidyFilter,
    TaxFilter,
    TicketFilter,
)
from platforms.filters.register import OpenEntryFilter, RegisterFilter
