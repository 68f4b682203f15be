import pytest

from core.states import Relation
from demands.access import DemandAccess
from demands.enums import Confidentiality, DemandStatus
from demands.models import Demand
from demands.states import DEMAND
from tests.factories.accounts import OrganisationFactory
from tests.factories.demands import DemandFactory, disclose, open_demand
from tests.factories.taxonomy import chengdu
from tests.transitions import try_everywhere

S = DemandStatus
PUBLIC = {S.OPEN, S.FULFILLED, S.EXPIRED}
ALL = set(S)
SUBMITTED = ALL - {S.DRAFT}
SEEN = {
    "owner": ALL,
    "operator_owner": ALL,
    "platform": PUBLIC,
    "stranger": PUBLIC,
    "staff": SUBMITTED,
    "city_staff": SUBMITTED,
    "far_staff": PUBLIC,
    "broker": SUBMITTED,
    "far_broker": PUBLIC,
    "reviewer": PUBLIC,
    "admin": PUBLIC,
    "visitor": PUBLIC,
    "system": ALL,
}
WHO = {
    "owner": Relation.OWNER,
    "operator_owner": Relation.OWNER,
    "staff": Relation.STAFF,
    "city_staff": Relation.STAFF,
    "broker": Relation.BROKER,
    "system": Relation.SYSTEM,
}


@pytest.mark.parametrize("who", SEEN)
def test_visible_by_state(cast, who):
    for status in S:
        DemandFactory(organisation=cast.home, status=status)

    seen = DemandAccess(getattr(cast, who)).visible()

    assert set(seen.values_list("status", flat=True)) == {str(status) for status in SEEN[who]}
    assert seen.count() == len(SEEN[who])


@pytest.mark.parametrize("who", SEEN)
def test_relations(cast, demand, who):
    found = DemandAccess(getattr(cast, who)).relations(demand)

    special = found - {Relation.MEMBER, Relation.VISITOR}
    assert special == ({WHO[who]} if who in WHO else set())


def test_disclosure_makes_a_counterpart_who_sees_it_in_any_submitted_state(cast, demand, disclosed):
    access = DemandAccess(cast.platform)
    assert Relation.COUNTERPART in access.relations(demand)

    Demand.objects.update(status=S.WITHDRAWN)
    assert access.visible().get() == demand

    Demand.objects.update(status=S.DRAFT)
    assert access.visible().count() == 0


def test_a_revoked_disclosure_counts_for_nothing(cast, demand, disclosed, now):
    disclosed.status = "revoked"
    disclosed.save()

    access = DemandAccess(cast.platform)

    assert Relation.COUNTERPART not in access.relations(demand)


def test_staff_of_the_region_of_the_demand_or_of_its_organisation_govern_it(cast):
    there = DemandFactory(
        organisation=OrganisationFactory(region=chengdu()), region=None, status=S.IN_REVIEW
    )
    asked_here = DemandFactory(
        organisation=OrganisationFactory(region=chengdu()), status=S.IN_REVIEW
    )

    assert set(DemandAccess(cast.staff).governed()) == {asked_here}
    assert set(DemandAccess(cast.far_staff).governed()) == {there, asked_here}
    assert Relation.STAFF in DemandAccess(cast.far_staff).relations(there)
    assert Relation.STAFF not in DemandAccess(cast.staff).relations(there)


def test_a_demand_without_any_region_is_nobodys_county(cast):
    demand = open_demand(organisation=None, region=None)

    assert demand not in DemandAccess(cast.staff).governed()
    assert Relation.STAFF not in DemandAccess(cast.staff).relations(demand)


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("owner", True),
        ("platform", True),
        ("stranger", False),
        ("staff", True),
        ("far_staff", False),
        ("broker", True),
        ("far_broker", False),
        ("visitor", False),
        ("system", True),
    ],
)
def test_full_text_of_a_confidential_demand(cast, who, allowed):
    demand = open_demand(
        organisation=cast.home, confidentiality=Confidentiality.TEASER, teaser="放大"
    )
    disclose(demand, cast.platform.organisations[0])

    access = DemandAccess(getattr(cast, who))

    assert access.full_text_visible(demand) is allowed
    assert bool(access.can("read_contact", demand)) is allowed


def test_everybody_reads_a_public_demand_but_not_its_contact(cast):
    demand = open_demand(organisation=cast.home)

    access = DemandAccess(cast.visitor)

    assert access.full_text_visible(demand) is True
    assert not access.can("read_contact", demand)


def test_a_draft_is_read_by_its_owner_only(cast, demand, disclosed):
    assert DemandAccess(cast.owner).can("read_full", demand)
    assert not DemandAccess(cast.staff).can("read_full", demand)
    assert not DemandAccess(cast.platform).can("read_full", demand)


@pytest.mark.parametrize("row", DEMAND.transitions, ids=lambda row: row.name)
def test_transition_from_every_state_by_everybody(cast, demand, row, now):
    people = {who: DemandAccess(getattr(cast, who)) for who in SEEN}
    allowed = {who for who, relation in WHO.items() if relation in row.relations}

    try_everywhere(row, demand, people, allowed, now)


def test_create_is_for_people_of_an_organisation(cast):
    assert DemandAccess(cast.owner).can("create")
    assert DemandAccess(cast.operator_owner).can("create")
    assert not DemandAccess(cast.staff).can("create")
    assert not DemandAccess(cast.visitor).can("create")


@pytest.mark.parametrize("status", S)
def test_edit_and_amend_depend_on_the_state(cast, status):
    demand = DemandFactory(organisation=cast.home, status=status)
    access = DemandAccess(cast.owner)

    assert bool(access.can("edit", demand)) is (status in {S.DRAFT, S.RETURNED})
    assert bool(access.can("amend", demand)) is (status == S.OPEN)
    assert not DemandAccess(cast.staff).can("edit", demand)


def test_submit_says_that_the_organisation_is_not_approved(cast, demand):
    cast.home.status = "pending"
    cast.home.save()
    demand.refresh_from_db()

    decision = DemandAccess(cast.owner).can("submit", demand)

    assert decision.allowed is False
    assert decision.code == "organisation_pending"
    assert decision.reason == "单位资料还没有通过审核。草稿会一直保留，审核通过后即可提交。"


def test_unknown_actions_are_refused(cast, demand):
    assert DemandAccess(cast.owner).can("paint", demand).code == "unknown_action"
