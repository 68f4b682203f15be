"""Who may do what with a challenge, sees it, and sees its bids before they are opened."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from cases.access import ChallengeAccess
from cases.enums import ChallengeStatus
from cases.guards import may_read_bid_file
from cases.models import Challenge
from cases.states import CHALLENGE
from core.states import Relation
from tests.factories.accounts import OrganisationFactory
from tests.factories.cases import bid_for, challenge_of
from tests.factories.platforms import PlatformFactory

S = ChallengeStatus
EVERYBODY = (
    "enterprise", "operator", "other_enterprise", "staff", "city_staff", "far_staff", "broker",
    "reviewer", "admin", "visitor", "system",
)  # fmt: skip
STAFF = {"staff", "city_staff"}
DAYS = {S.OPEN: -1}  # so that bids may be opened


def standing(who):
    """Who the person is to a challenge of the enterprise, from the cast alone."""
    found = {Relation.SYSTEM} if who == "system" else {Relation.VISITOR}
    found |= {Relation.STAFF} if who in STAFF else set()
    return found | ({Relation.OWNER} if who == "enterprise" else set())


@pytest.mark.parametrize(("who", "status"), list(product(EVERYBODY, S)))
def test_every_transition_from_every_state_by_everybody(cast, who, status):
    values = {"publicity_until": timezone.localdate() - timedelta(days=1)}
    challenge = challenge_of(cast.firm, status=status, days=DAYS.get(status, 30))
    Challenge.objects.filter(pk=challenge.pk).update(**values)
    challenge.refresh_from_db()

    for row in CHALLENGE.transitions:
        expected = bool(standing(who) & row.relations) and status in row.sources
        assert bool(ChallengeAccess(getattr(cast, who)).can(row.name, challenge)) is expected, row


@pytest.mark.parametrize(("who", "status"), list(product(EVERYBODY, S)))
def test_a_challenge_is_public_once_it_is_on_a_list(cast, who, status):
    challenge_of(cast.firm, status=status)
    is_public = status not in {S.DRAFT, S.RETURNED, S.IN_REVIEW, S.ACCEPTED, S.WITHDRAWN}
    is_handed_in = status not in {S.DRAFT, S.RETURNED}

    seen = ChallengeAccess(getattr(cast, who)).visible().exists()

    own = who in {"enterprise", "system"} or (who in STAFF and is_handed_in)
    assert seen is (is_public or own)


@pytest.mark.parametrize("status", [S.OPEN, S.WITHDRAWN, S.JUDGING])
def test_bids_are_sealed_until_they_are_opened(cast, status):
    challenge = challenge_of(cast.firm, status=status)
    challenge.reviewers.add(cast.reviewer)
    bid = bid_for(challenge, cast.platform)
    taken_back = bid_for(challenge, PlatformFactory(organisation=OrganisationFactory()),
                         status="withdrawn")  # fmt: skip

    seeing = {who for who in EVERYBODY if may_read_bid_file(getattr(cast, who), str(bid.pk))}

    judges = {"enterprise", "reviewer"} | STAFF if status == S.JUDGING else set()
    assert seeing == {"operator", "system"} | judges
    assert not may_read_bid_file(cast.enterprise, str(taken_back.pk))
    for who in EVERYBODY:
        access = ChallengeAccess(getattr(cast, who))
        expected = who in {"enterprise", "reviewer"} | STAFF and status == S.JUDGING
        assert bool(access.can("read_bids", challenge)) is expected, who
        assert bool(access.can("count_bids", challenge)) is (who in {"enterprise"} | STAFF), who
