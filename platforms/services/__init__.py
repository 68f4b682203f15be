"""The only writers of platforms and what they offer."""

from platforms.services.claims import claim_platform, decide_claim
from platforms.services.listings import (
    confirm_listing,
    confirm_platform,
    create_listing,
    discard_listing,
    edit_listing,
    move_listing,
)
from platforms.services.reports import close_report, report_listing

__all__ = [
    "claim_platform",
    "close_report",
    "confirm_listing",
    "confirm_platform",
    "create_listing",
    "decide_claim",
    "discard_listing",
    "edit_listing",
    "move_listing",
    "report_listing",
]
