"""Who may see and move projects, outcomes, cases, challenges and service vouchers."""

from cases.access.challenges import BidAccess, ChallengeAccess
from cases.access.projects import (
    ENTERPRISE_ROLES,
    OutcomeAccess,
    ProjectAccess,
    ReceiptAccess,
)
from cases.access.stories import CallAccess, CaseAccess, EntryAccess
from cases.access.vouchers import VoucherAccess, VoucherProgrammeAccess
