"""Platforms, what they offer, the status they hold and the facts of running them."""

from platforms.models.booking import Booking
from platforms.models.capability import (
    Capability,
    CapabilityCertificate,
    CapabilityParameter,
    Solution,
)
from platforms.models.challenges import ChallengeItem
from platforms.models.consulting import OpinionRequest
from platforms.models.coverage import FundedBody
from platforms.models.eligibility import TaxEligibility
from platforms.models.operations import ChangeReport, FundingRecord, UsageLog
from platforms.models.platform import ListingReport, Platform, PlatformClaim
from platforms.models.recognition import Application, Programme, Scheme
from platforms.models.register import RegisterEntry
from platforms.models.resource import Equipment, Expert, Line
from platforms.models.reviewing import ExpertAssignment, ReviewOpinion, SiteCheck
from platforms.models.roster import (
    Appeal,
    Assessment,
    AssessmentItem,
    Recognition,
    RosterChange,
)
from platforms.models.subsidies import SubsidyPlan, SubsidyYear
from platforms.models.support import SupportTicket, TicketReply
