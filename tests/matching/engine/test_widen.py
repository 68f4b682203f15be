from datetime import date

import pytest

from matching.engine.constraints import checks
from matching.engine.documents import CapabilityDoc, DemandDoc
from matching.engine.index import Index
from matching.engine.quantities import parse_quantity
from matching.engine.widen import widenings


@pytest.mark.parametrize(
    ("asked", "offered", "change"),
    [
        ({"scale": (parse_quantity("80 kg"),)}, {"scale": (parse_quantity("50 kg"),)}, "能做到 80"),
        ({"trl_low": 3, "trl_high": 4}, {"trl_low": 6, "trl_high": 8}, "承接成熟度 3–4 级"),
        (
            {"required_certificates": frozenset({"CNAS"})},
            {"certificates": frozenset({"CMA"})},
            "取得 CNAS 资质",
        ),
        ({"hazard_class": "易燃"}, {"hazard_classes": frozenset({"腐蚀"})}, "承接“易燃”"),
        (
            {"needed_by": date(2027, 1, 1)},
            {"available_from": date(2027, 3, 1)},
            "在 2027-01-01 前",
        ),
        ({"budget_yuan": 20000}, {"price_yuan": 50000}, "价格在 20,000 元以内"),
        ({}, {"is_open": False}, "对外开放"),
    ],
)
def test_failed_constraint_has_the_change_of_the_capability(asked, offered, change):
    demand = DemandDoc("d", "聚合", **asked)
    capability = CapabilityDoc("c", "聚合", **offered)

    (found,) = widenings(demand, capability).items()

    (failed,) = [c for c in checks(demand, capability) if c.status == "not_met"]
    assert found[0] == (failed.name, failed.demand_value)
    assert change in found[1]


def test_what_fits_or_lies_elsewhere_has_no_change():
    far = CapabilityDoc("c", "聚合", region_code="320500")
    demand = DemandDoc("d", "聚合", region_code="440000", region_required=True)

    assert widenings(demand, far) == {}
    assert widenings(DemandDoc("d", "聚合"), far) == {}


def test_near_misses_of_a_capability_are_the_demands_it_fails():
    index = Index.build(
        [
            DemandDoc("d1", "聚合反应放大", budget_yuan=1000),
            DemandDoc("d2", "聚合反应放大中试", budget_yuan=90000),
            DemandDoc("d3", "花椒脱苦", budget_yuan=1000),
        ]
    )
    capability = CapabilityDoc("c", "聚合反应放大", price_yuan=50000)

    found = index.near_misses(capability, 1)

    assert [entry.document_id for entry in found] == ["d1"]
    assert not found[0].possible
