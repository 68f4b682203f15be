import pytest

from core.states import Relation
from policies.access import ACCESS, DocumentAccess
from policies.enums import ContentStatus
from policies.states import CONTENT
from tests.factories.policies import (
    DocumentFactory,
    InterpretationFactory,
    NewsFactory,
    TopicFactory,
)
from tests.factories.taxonomy import chengdu, guangdong, zhongshan
from tests.transitions import try_everywhere

S = ContentStatus
PEOPLE = ("staff", "city_staff", "far_staff", "broker", "owner", "visitor", "system")
# who is staff to a piece that applies in …
STAFF_OF = {
    "province": {"staff"},
    "city": {"staff", "city_staff"},
    "far": {"staff", "far_staff"},
    "nowhere": {"staff"},
}
REGIONS = {"province": guangdong, "city": zhongshan, "far": chengdu, "nowhere": lambda: None}


@pytest.mark.parametrize("place", REGIONS)
def test_relations_and_editable_agree(cast, place):
    document = DocumentFactory(region=REGIONS[place](), status=S.DRAFT)

    for who in PEOPLE:
        access = DocumentAccess(getattr(cast, who))
        is_staff = who in STAFF_OF[place]
        assert (Relation.STAFF in access.relations(document)) is is_staff, who
        assert access.editable().exists() is (is_staff or who == "system"), who
        assert access.visible().exists() is (is_staff or who == "system"), who
        assert bool(access.can("edit", document)) is is_staff, who


@pytest.mark.parametrize(
    "factory", [DocumentFactory, InterpretationFactory, NewsFactory, TopicFactory]
)
def test_everybody_sees_what_is_published_and_nothing_else(cast, factory):
    shown = factory()
    factory(status=S.DRAFT)
    factory(status=S.WITHDRAWN)

    for who in ("broker", "owner", "visitor", "far_staff"):
        assert ACCESS[type(shown)](getattr(cast, who)).visible().get() == shown


def test_staff_of_two_regions_see_each_piece_once(cast):
    document = DocumentFactory(region=zhongshan())

    assert DocumentAccess(cast.city_staff).visible().get() == document


@pytest.mark.parametrize("row", CONTENT.transitions, ids=lambda row: row.name)
def test_transition_from_every_state_by_everybody(cast, row, now):
    people = {who: DocumentAccess(getattr(cast, who)) for who in PEOPLE}
    allowed = {who for who in ("staff", "system") if Relation(who) in row.relations}

    try_everywhere(row, DocumentFactory(), people, allowed, now)


def test_create_is_for_staff(cast):
    assert DocumentAccess(cast.city_staff).can("create")
    assert not DocumentAccess(cast.broker).can("create")
    assert not DocumentAccess(cast.visitor).can("create")


def test_a_new_piece_starts_in_its_writers_region(cast):
    assert DocumentAccess(cast.city_staff).own_region() == zhongshan()
