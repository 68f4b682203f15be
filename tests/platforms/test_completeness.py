"""Completeness: weights add up, what is missing says why."""

import pytest

from platforms.completeness import TABLE, missing_facts, percent_complete
from platforms.kinds import KINDS
from tests.factories.platforms import FACTORIES, CapabilityFactory
from tests.factories.taxonomy import TermFactory


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_weights_add_up_to_a_hundred(kind):
    assert sum(fact.weight for fact in TABLE[kind.model]) == 100


@pytest.mark.parametrize("key", KINDS)
def test_every_fact_is_a_field_with_a_label(db, key):
    listing = FACTORIES[key]()

    missing = missing_facts(listing)

    assert all(item.label and item.why for item in missing)
    assert percent_complete(listing) == 100 - sum(item.percent for item in missing)


def test_any_of_several_facts_is_enough(db):
    capability = CapabilityFactory()
    before = percent_complete(capability)
    capability.scale_text = "百公斤级"
    capability.equipment_names = ["反应釜"]

    assert percent_complete(capability) == before + 20


def test_no_is_a_fact(db):
    capability = CapabilityFactory(is_open=False)

    assert "is_open" not in [item.field for item in missing_facts(capability)]


def test_relations_count(db):
    capability = CapabilityFactory()
    before = percent_complete(capability)
    capability.service_types.add(TermFactory(code_list__slug="service-type", code="x"))

    assert percent_complete(capability) == before + 5
    assert missing_facts(capability)[0].field == "scale_low"
