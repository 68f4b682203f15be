"""Life cycles of listings, of recognition and of what is reported between."""

from platforms.states.listings import CLAIM, LISTING, REPORT
from platforms.states.recognition import (
    APPEAL,
    APPLICATION,
    ASSIGNMENT,
    CHANGE,
    PROGRAMME,
    RECOGNITION,
    TRANSITION_TO,
)
from platforms.states.support import TICKET

__all__ = [
    "APPEAL",
    "APPLICATION",
    "ASSIGNMENT",
    "CHANGE",
    "CLAIM",
    "LISTING",
    "PROGRAMME",
    "RECOGNITION",
    "REPORT",
    "TICKET",
    "TRANSITION_TO",
]
