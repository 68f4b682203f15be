"""Who may see and do what: every state x transition x person of every kind of listing."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.enums import Role
from core.access import SYSTEM
from platforms.access import ClaimAccess, PlatformAccess, ReportAccess, access_to
from platforms.enums import ListingStatus
from platforms.kinds import KINDS
from platforms.states import LISTING
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.platforms import (
    FACTORIES,
    CapabilityFactory,
    ClaimFactory,
    ExpertFactory,
    PlatformFactory,
    ReportFactory,
)
from tests.factories.taxonomy import guangdong

PEOPLE = ("operator", "staff", "other_staff", "stranger", "visitor")
MAY = {
    "operator": {"submit", "recall", "withdraw", "reopen"},
    "staff": {"publish", "return", "withdraw"},
}


@pytest.fixture
def people(operator, staff, other_staff, stranger):
    return {
        "operator": operator,
        "staff": staff,
        "other_staff": other_staff,
        "stranger": stranger,
        "visitor": AnonymousUser(),
    }


def make(key, platform, status):
    if key == "platforms":
        platform.status = status
        platform.save()
        return platform
    return FACTORIES[key](platform=platform, status=status)


@pytest.mark.parametrize("key", KINDS)
@pytest.mark.parametrize("status", ListingStatus.values)
def test_transitions_follow_the_table(key, status, people, platform):
    listing = make(key, platform, status)

    for who, user in people.items():
        names = {row.name for row in access_to(type(listing), user).transitions(listing)}
        wanted = {
            row.name for row in LISTING.from_status(status) if row.name in MAY.get(who, set())
        }
        assert names == wanted, who


@pytest.mark.parametrize("key", KINDS)
@pytest.mark.parametrize("status", ListingStatus.values)
def test_visible_follows_status_and_person(key, status, people, platform):
    listing = make(key, platform, status)

    for who, user in people.items():
        is_seen = access_to(type(listing), user).visible().filter(pk=listing.pk).exists()
        assert is_seen == (status == "published" or who in {"operator", "staff"}), who
    assert access_to(type(listing), SYSTEM).visible().filter(pk=listing.pk).exists()


@pytest.mark.parametrize(
    ("status", "allowed"),
    [("draft", True), ("in_review", False), ("returned", True), ("published", True),
     ("withdrawn", False)],
)  # fmt: skip
def test_edit_depends_on_status(status, allowed, people, platform):
    capability = CapabilityFactory(platform=platform, status=status)

    decisions = {
        who: access_to(type(capability), user).can("edit", capability)
        for who, user in people.items()
    }

    assert bool(decisions["operator"]) is allowed
    assert not any(decisions[who] for who in PEOPLE[1:])
    assert decisions["staff"].reason == "只有平台运营单位可以这样做。"


def test_offers_of_a_hidden_platform_are_hidden(platform):
    capability = CapabilityFactory(platform=platform)
    make("platforms", platform, "withdrawn")

    visible = access_to(type(capability), AnonymousUser()).visible()

    assert not visible.exists()


def test_expert_without_consent_is_not_public_nor_submitted(operator, platform):
    expert = ExpertFactory(platform=platform, status="draft", consented_at=None)
    access = access_to(type(expert), operator)

    assert access.can("submit", expert).reason == "专家本人同意公开后才能提交。"
    assert not access_to(type(expert), AnonymousUser()).visible().exists()


def test_staff_keep_what_nobody_runs(staff, other_staff):
    platform = PlatformFactory(organisation=None)

    assert PlatformAccess(staff).can("edit", platform)
    assert PlatformAccess(staff).can("confirm", platform)
    assert not PlatformAccess(other_staff).can("edit", platform)


def test_province_staff_cover_its_cities(platform):
    provincial = person(Role.GOVERNMENT, region=guangdong())
    capability = CapabilityFactory(platform=platform, status="in_review")

    assert access_to(type(capability), provincial).can("publish", capability)
    assert list(access_to(type(capability), provincial).reviewable()) == [capability]


def test_an_unapproved_organisation_may_not_submit(db):
    organisation = OrganisationFactory(status="pending")
    user = person(Role.OPERATOR, organisation=organisation)
    platform = PlatformFactory(organisation=organisation, status="draft")

    decision = PlatformAccess(user).can("submit", platform)

    assert decision.reason == "单位通过审核后才能提交。"


def test_an_offer_waits_for_its_platform(staff, platform):
    make("platforms", platform, "draft")
    capability = CapabilityFactory(platform=platform, status="in_review")

    decision = access_to(type(capability), staff).can("publish", capability)

    assert decision.reason == "请先发布所属平台。"


def test_contact_is_for_people_signed_in(people, platform):
    seen = {who: bool(PlatformAccess(u).can("see_contact", platform)) for who, u in people.items()}

    assert seen == {who: who != "visitor" for who in PEOPLE}


def test_claim_needs_an_operator_and_a_free_platform(operator, platform):
    free = PlatformFactory(organisation=None)

    assert PlatformAccess(operator).can("claim", free)
    assert not PlatformAccess(AnonymousUser()).can("claim", free)
    assert not PlatformAccess(person(Role.ENTERPRISE)).can("claim", free)
    assert PlatformAccess(operator).can("claim", platform).reason == "该平台已有运营单位。"


def test_claims_are_seen_by_claimant_and_staff(staff, other_staff, stranger):
    claim = ClaimFactory(organisation=stranger.organisations[0])

    assert list(ClaimAccess(stranger).visible()) == [claim]
    assert list(ClaimAccess(staff).visible()) == [claim]
    assert not ClaimAccess(other_staff).visible().exists()
    assert not ClaimAccess(AnonymousUser()).visible().exists()
    assert ClaimAccess(SYSTEM).visible().count() == 1
    assert {row.name for row in ClaimAccess(staff).transitions(claim)} == {"approve", "reject"}
    assert ClaimAccess(stranger).transitions(claim) == []
    assert ClaimAccess(stranger).can("view", claim)


def test_reports_are_seen_by_operator_and_staff(operator, staff, stranger, platform):
    report = ReportFactory(platform=platform)

    assert [row.name for row in ReportAccess(staff).transitions(report)] == ["resolve", "dismiss"]
    assert [row.name for row in ReportAccess(operator).transitions(report)] == ["resolve"]
    assert not ReportAccess(stranger).visible().exists()
    assert ReportAccess(SYSTEM).visible().count() == 1


def test_model_wide_rights(operator, staff):
    assert PlatformAccess(operator).can("create")
    assert not PlatformAccess(staff).can("create")
    assert PlatformAccess(staff).can("review")
    assert not PlatformAccess(AnonymousUser()).can("review")


def test_inactive_people_own_nothing(operator, platform):
    operator.is_active = False

    assert not PlatformAccess(operator).can("edit", platform)
