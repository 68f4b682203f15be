"""Columns of the lists: what is sorted and exported."""

from platforms.tables.challenges import ChallengeTable
from platforms.tables.coverage import CoverageTable
from platforms.tables.listings import (
    CapabilityTable,
    EquipmentTable,
    ExpertTable,
    FactColumn,
    LineTable,
    PlatformTable,
    SolutionTable,
)
from platforms.tables.recognition import (
    ApplicationTable,
    AssessmentTable,
    ChangeTable,
    FundingTable,
    OpinionRequestTable,
    RosterChangeTable,
    RosterTable,
    SubsidyTable,
    TaxTable,
    TicketTable,
)

__all__ = [
    "ApplicationTable",
    "AssessmentTable",
    "CapabilityTable",
    "ChallengeTable",
    "ChangeTable",
    "CoverageTable",
    "EquipmentTable",
    "ExpertTable",
    "FactColumn",
    "FundingTable",
    "LineTable",
    "OpinionRequestTable",
    "PlatformTable",
    "RosterChangeTable",
    "RosterTable",
    "SolutionTable",
    "SubsidyTable",
    "TaxTable",
    "TicketTable",
]
