from datetime import date

import numpy as np
import pytest

from matching.engine import stated
from matching.engine.constraints import checks, is_possible
from matching.engine.documents import CapabilityDoc, DemandDoc
from matching.engine.index import Index
from matching.engine.quantities import parse_quantity

DEMANDS = [
    DemandDoc("d1", "聚合", needs_open=True),
    DemandDoc("d2", "聚合", needs_open=False, scale=(parse_quantity("80 kg/批"),)),
    DemandDoc("d3", "聚合", needs_open=False, region_code="440300", region_required=True),
    DemandDoc("d4", "聚合", needs_open=False, budget_yuan=5000, needed_by=date(2027, 1, 1)),
    DemandDoc("d5", "聚合", needs_open=False, required_certificates=frozenset({"CNAS"})),
    DemandDoc("d6", "聚合", needs_open=False, trl_low=7, trl_high=9),
    DemandDoc("d7", "聚合", needs_open=False),
]
CAPABILITIES = [
    CapabilityDoc("a", "聚合"),
    CapabilityDoc("b", "聚合", is_open=False, region_code="440300", trl_low=3, trl_high=6),
    CapabilityDoc("c", "聚合", scale=(parse_quantity("50 kg/批"),), price_yuan=9000),
    CapabilityDoc("d", "聚合", certificates=frozenset(), available_from=date(2028, 1, 1)),
]


@pytest.mark.parametrize("few", [1000, 0])
@pytest.mark.parametrize("capability", CAPABILITIES, ids=lambda doc: doc.id)
def test_the_rows_that_fit_are_those_whose_constraint_tables_say_so(monkeypatch, capability, few):
    monkeypatch.setattr(stated, "FEW", few)
    rows = np.array([6, 0, 1, 2, 3, 4, 5])

    fit = stated.Stated.of(DEMANDS).fit(capability, rows)

    assert fit.tolist() == [is_possible(checks(DEMANDS[row], capability)) for row in rows]


def test_a_demand_that_is_hidden_or_added_later_counts_as_in_a_rebuild():
    added = DemandDoc("d8", "聚合放大", needs_open=True)
    delta = Index.build(DEMANDS[:4]).changed([*DEMANDS[4:], added], removed=["d2"])
    whole = Index.build([*DEMANDS[:1], *DEMANDS[2:], added])

    for capability in CAPABILITIES:
        assert delta.rank(capability, 9) == whole.rank(capability, 9)


def test_near_misses_of_a_capability_are_the_demands_it_fails():
    index = Index.build(DEMANDS)

    missed = {row.document_id for row in index.near_misses(CAPABILITIES[1], 9)}

    assert missed == {"d1", "d6"}
    assert missed.isdisjoint(row.document_id for row in index.rank(CAPABILITIES[1], 9))
