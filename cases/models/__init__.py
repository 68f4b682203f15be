"""Records of projects, outcomes, cases, calls for cases, challenges and service vouchers."""

from cases.models.calls import CaseCall, CaseEntry, CaseScore
from cases.models.challenges import (
    CRITERIA,
    Bid,
    BidScore,
    Challenge,
    ChallengeList,
    ChallengeObjection,
)
from cases.models.projects import (
    Clearance,
    Message,
    Outcome,
    Project,
    Quote,
    Receipt,
    SafetyInspection,
)
from cases.models.stories import Case
from cases.models.vouchers import Voucher, VoucherProgramme
