from demands.coach import TABLE, missing_facts, next_advice
from demands.forms import STEPS
from demands.models import Demand
from tests.factories.demands import DemandFactory
from tests.factories.taxonomy import CodeListFactory, TermFactory


def test_every_advice_stands_in_the_step_that_asks_for_it():
    fields = {step.slug: step.fields for step in STEPS}

    assert all(set(advice.fields) <= set(fields[advice.step]) for advice in TABLE)


def test_an_empty_demand_misses_everything():
    assert missing_facts(Demand()) == list(TABLE)


def test_one_of_several_fields_satisfies(db):
    demand = DemandFactory(scale_high=5, trl_current=4)

    asked = [advice.fields[0] for advice in missing_facts(demand)]

    assert "scale_high" not in asked
    assert "trl_current" not in asked
    assert "service_types" in asked

    demand.service_types.add(
        TermFactory(code_list=CodeListFactory(slug="service-type"), code="x", name="试制")
    )
    assert "service_types" not in [advice.fields[0] for advice in missing_facts(demand)]


def test_a_short_description_is_said_last(db):
    demand = DemandFactory(description="做放大")

    assert missing_facts(demand)[-1].ask == "把具体需求再写细一点"


def test_the_next_advice_belongs_to_the_step(db):
    assert next_advice(Demand(), step="scale").fields == ("scale_high", "scale_low")
    assert next_advice(Demand(), step="visibility") is None
