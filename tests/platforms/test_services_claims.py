"""Claiming a platform: asked for with evidence, decided by staff once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import DomainError, Refused
from core.files import may_read
from core.models import Event, StoredFile
from platforms.models import PlatformClaim
from platforms.services import claim_platform, decide_claim
from tests.factories.accounts import OrganisationFactory
from tests.factories.platforms import ClaimFactory, PlatformFactory


@pytest.fixture
def free(db):
    return PlatformFactory(organisation=None)


def claim(actor, platform, now, **extra):
    return claim_platform(
        actor=actor, platform=platform, organisation=actor.organisations[0],
        note="本单位建设", now=now, **extra,
    )  # fmt: skip


def test_claim_keeps_note_and_evidence(operator, staff, stranger, free, now):
    paper = SimpleUploadedFile("批复.txt", "同意建设".encode())

    made = claim(operator, free, now, files=[paper])

    stored = StoredFile.objects.get()
    assert (made.status, made.claimed_by) == ("pending", operator)
    assert [may_read(user, stored) for user in (operator, staff, stranger)] == [True, True, False]
    assert Event.objects.get().payload == {"claim_id": made.pk}


def test_claim_is_made_once(operator, free, now):
    claim(operator, free, now)

    with pytest.raises(DomainError, match="正在审核"):
        claim(operator, free, now)

    assert PlatformClaim.objects.count() == 1


def test_claim_is_refused_for_a_platform_that_is_run(stranger, platform, now):
    with pytest.raises(Refused, match="已有运营单位"):
        claim(stranger, platform, now)

    assert not PlatformClaim.objects.exists()


def test_approval_makes_the_claimant_the_operator(staff, now):
    waiting = ClaimFactory()

    decide_claim(actor=staff, claim=waiting, name="approve", now=now)

    waiting.platform.refresh_from_db()
    assert waiting.platform.organisation == waiting.organisation
    assert Event.objects.get().name == "platforms.platformclaim.approved"


def test_a_second_claim_cannot_be_approved(staff, now):
    first = ClaimFactory()
    second = ClaimFactory(platform=first.platform, organisation=OrganisationFactory())
    decide_claim(actor=staff, claim=first, name="approve", now=now)

    with pytest.raises(DomainError, match="已有运营单位"):
        decide_claim(actor=staff, claim=second, name="approve", now=now)

    second.refresh_from_db()
    assert second.status == "pending"
    decide_claim(actor=staff, claim=second, name="reject", now=now, reason="已由他人运营")


def test_claims_are_decided_by_the_staff_of_the_region(operator, other_staff, now):
    waiting = ClaimFactory()

    for user in (operator, other_staff):
        with pytest.raises(Refused):
            decide_claim(actor=user, claim=waiting, name="approve", now=now)

    waiting.platform.refresh_from_db()
    assert waiting.platform.organisation is None
