"""Columns of the lists: what is sorted and exported."""

from platforms.tables.booking import BookingTable
from platforms.tables.challenges import ChallengeTable
from platforms.tables.coverage import CoverageTable
from platforms.tables.listings import (
    CapabilityTable,
    EquipmentTable,
    ExpertTable,
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
from platforms.tables.register import OpenEntryTable, RegisterTable
