"""Facts of a demand: what is known in rows, what is not in one sentence, secrets for the few."""

from decimal import Decimal

import pytest

from demands.facts import demand_facts
from tests.factories.demands import DemandFactory

pytestmark = pytest.mark.django_db


def test_known_facts_stand_in_rows_and_missing_ones_in_a_sentence():
    demand = DemandFactory(materials="聚酰胺酸", trl_current=4, trl_target=7, stage=None)

    facts = demand_facts(demand, full=True)

    known = dict(facts.known)
    assert (known["涉及物料"], known["技术成熟度"]) == ("聚酰胺酸", "4 → 7 级")
    assert known["平台地区要求"] == "不限"
    assert "所处阶段" in facts.missing.split("、")
    assert not set(known) & set(facts.missing.split("、"))


def test_what_is_confidential_is_neither_told_nor_named():
    demand = DemandFactory(materials="聚酰胺酸", budget_low_yuan=Decimal(500_000))

    facts = demand_facts(demand, full=False)

    names = {label for label, _ in facts.known} | set(facts.missing.split("、"))
    assert not names & {"规模", "涉及物料", "预算"}
