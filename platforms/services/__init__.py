"""The only writers of platforms and what they offer."""

from platforms.services.claims import claim_platform, decide_claim
from platforms.services.demo import attach_demo_platform
from platforms.services.equipment_import import (
    ImportErrors,
    equipment_template,
    import_equipment,
)
from platforms.services.listings import (
    confirm_listing,
    confirm_platform,
    create_listing,
    discard_listing,
    edit_listing,
    move_listing,
)
from platforms.services.reports import close_report, report_listing
from platforms.services.starting_data import load_platforms

__all__ = [
    "ImportErrors",
    "attach_demo_platform",
    "claim_platform",
    "close_report",
    "confirm_listing",
    "confirm_platform",
    "create_listing",
    "decide_claim",
    "discard_listing",
    "edit_listing",
    "equipment_template",
    "import_equipment",
    "load_platforms",
    "move_listing",
    "report_listing",
]
