from itertools import product

import pytest

from core.errors import DomainError
from core.states import Relation, perform
from policies.access import ACCESS, DocumentAccess
from policies.enums import ContentStatus
from policies.models import PolicyDocument
from policies.states import CONTENT
from tests.factories.policies import (
    DocumentFactory,
    InterpretationFactory,
    NewsFactory,
    TopicFactory,
)
from tests.factories.taxonomy import chengdu, guangdong, zhongshan

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
    document = DocumentFactory()
    for who, status in product(PEOPLE, S):
        PolicyDocument.objects.filter(pk=document.pk).update(status=status)
        access = DocumentAccess(getattr(cast, who))
        relation = {"staff": Relation.STAFF, "system": Relation.SYSTEM}.get(who)
        allowed = relation in row.relations

        if allowed and status in row.sources:
            moved, _row = perform(access, row.name, document, now=now, reason="原因")
            assert moved.status == row.target
            continue
        with pytest.raises(DomainError) as refused:
            perform(access, row.name, document, now=now, reason="原因")
        assert refused.value.code == ("wrong_state" if allowed else "refused")
        assert PolicyDocument.objects.get().status == status


def test_create_is_for_staff(cast):
    assert DocumentAccess(cast.city_staff).can("create")
    assert not DocumentAccess(cast.broker).can("create")
    assert not DocumentAccess(cast.visitor).can("create")


def test_a_new_piece_starts_in_its_writers_region(cast):
    assert DocumentAccess(cast.city_staff).own_region() == zhongshan()
