"""The only writers of platforms and what they offer."""

from platforms.services.listings import (
    confirm_listing,
    confirm_platform,
    create_listing,
    discard_listing,
    edit_listing,
    move_listing,
)

__all__ = [
    "confirm_listing",
    "confirm_platform",
    "create_listing",
    "discard_listing",
    "edit_listing",
    "move_listing",
]
