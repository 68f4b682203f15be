"""Filters of the lists, shared by pages and API."""

from platforms.filters.challenges import ChallengeFilter
from platforms.filters.coverage import CoverageFilter
from platforms.filters.listings import (
    CapabilityFilter,
    EquipmentFilter,
    ExpertFilter,
    LineFilter,
    ListingFilter,
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

__all__ = [
    "ApplicationFilter",
    "AssessmentFilter",
    "CapabilityFilter",
    "ChallengeFilter",
    "ChangeFilter",
    "CoverageFilter",
    "EquipmentFilter",
    "ExpertFilter",
    "FundingFilter",
    "LineFilter",
    "ListingFilter",
    "OpinionRequestFilter",
    "PlaceFilter",
    "PlatformFilter",
    "RosterChangeFilter",
    "RosterFilter",
    "SolutionFilter",
    "SubsidyFilter",
    "TaxFilter",
    "TicketFilter",
]
