from datetime import date

import numpy as np
import pytest

from matching.engine.constraints import Columns, checks, evaluate, is_possible, rules
from matching.engine.documents import CapabilityDoc, DemandDoc
from matching.engine.quantities import Interval, Quantity, parse_quantity


def capability(**values):
    return CapabilityDoc("c", "中试", **values)


def demand(**values):
    return DemandDoc("d", "需求", **{"needs_open": False} | values)


def status(asked, offered):
    return [check.status for check in checks(asked, offered)]


@pytest.mark.parametrize(
    ("asked", "offered", "expected"),
    [
        ("80 kg/批", "10-50 kg/批", "not_met"),
        ("50 kg/批", "10-50 kg/批", "met"),
        ("5 kg/批", "10-50 kg/批", "not_met"),
        ("5 kg", "50 kg", "met"),  # a single value is the most that can be done
        ("60 kg", "50 kg", "not_met"),
        ("40-80 kg", "10-50 kg", "met"),
        ("不低于40 kg", "10-50 kg", "met"),
        ("500 L", "10-50 kg", "unknown"),
        ("1 t/a", "10-50 kg", "unknown"),
    ],
)
def test_scale_compares_intervals_of_one_dimension(asked, offered, expected):
    found = status(
        demand(scale=(parse_quantity(asked),)), capability(scale=(parse_quantity(offered),))
    )

    assert found == [expected]


@pytest.mark.parametrize(
    ("asked", "offered", "expected"),
    [
        ({"trl_low": 3, "trl_high": 5}, {"trl_low": 5, "trl_high": 7}, "met"),
        ({"trl_low": 3, "trl_high": 4}, {"trl_low": 5, "trl_high": 7}, "not_met"),
        ({"trl_low": 3}, {}, "unknown"),
        ({"required_certificates": frozenset({"GMP"})}, {}, "unknown"),
        (
            {"required_certificates": frozenset({"GMP"})},
            {"certificates": frozenset({"CMA"})},
            "not_met",
        ),
        (
            {"required_certificates": frozenset({"CMA"})},
            {"certificates": frozenset({"CMA"})},
            "met",
        ),
        ({"hazard_class": "甲类"}, {"hazard_classes": frozenset({"甲类"})}, "met"),
        ({"hazard_class": "甲类"}, {"hazard_classes": frozenset()}, "not_met"),
        ({"region_code": "440000", "region_required": True}, {"region_code": "442000"}, "met"),
        ({"region_code": "442000", "region_required": True}, {"region_code": "440300"}, "not_met"),
        ({"region_code": "440000", "region_required": True}, {}, "unknown"),
        ({"needs_chemical_park": True}, {"in_chemical_park": False}, "not_met"),
        ({"is_confidential": True}, {"accepts_confidential": True}, "met"),
        ({"needs_open": True}, {"is_open": False}, "not_met"),
        ({"needs_open": True}, {}, "unknown"),
        ({"needed_by": date(2026, 12, 1)}, {"available_from": date(2027, 1, 1)}, "not_met"),
        ({"needed_by": date(2026, 12, 1)}, {"available_from": date(2026, 12, 1)}, "met"),
        ({"budget_yuan": 100}, {"price_yuan": 200}, "not_met"),
        ({"budget_yuan": 200}, {"price_yuan": 200}, "met"),
    ],
)
def test_each_constraint_is_met_not_met_or_unknown(asked, offered, expected):
    assert status(demand(**asked), capability(**offered)) == [expected]


def test_what_is_not_stated_constrains_nothing():
    assert checks(demand(region_code="440000"), capability(region_code="110000")) == ()


def test_unknown_is_possible_and_shown_as_unknown():
    (check,) = checks(demand(hazard_class="甲类"), capability())

    assert is_possible((check,))
    assert (check.demand_value, check.capability_value) == ("甲类", "未注明")


def test_a_column_gives_each_row_what_the_pair_gives():
    asked = demand(
        scale=(parse_quantity("80 kg"),), trl_low=3, trl_high=5, region_code="440000",
        region_required=True, required_certificates=frozenset({"CMA"}),
    )  # fmt: skip
    offered = [
        capability(),
        capability(scale=(parse_quantity("100 kg"),), trl_low=6, trl_high=7),
        capability(region_code="440300", certificates=frozenset({"CMA"})),
        capability(scale=(Quantity("mass", Interval(1, 5), "kg"),), region_code="110000"),
    ]
    names = {1: "met", 0: "unknown", -1: "not_met"}

    table = np.array([evaluate(rule, Columns(offered)) for rule in rules(asked)])

    for row, one in enumerate(offered):
        assert [names[value] for value in table[:, row]] == status(asked, one)
