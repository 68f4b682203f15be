"""Life cycles of listings, of recognition and of what is reported between."""

from platforms.states.booking import BOOKING
from platforms.states.consulting import OPINION_REQUEST
from platforms.states.listings import CLAIM, LISTING, REPORT
from platforms.states.recognition import (
    APPEAL,
    APPLICATION,
    ASSIGNMENT,
    CHANGE,
    PROGRAMME,
    RECOGNITION,
    STAGES,
    TRANSITION_TO,
)
from platforms.states.subsidies import SUBSIDY_YEAR
from platforms.states.support import TICKET
