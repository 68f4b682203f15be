from datetime import date

import pytest

from matching.engine.constraints import checks, rules
from matching.engine.documents import CapabilityDoc, DemandDoc
from matching.engine.quantities import parse_quantity
from matching.engine.relax import nearest, relaxations


def capability(name, **values):
    return CapabilityDoc(name, "中试", **values)


def demand(**values):
    return DemandDoc("d", "需求", **{"needs_open": False} | values)


@pytest.mark.parametrize(
    ("asked", "offered", "message"),
    [
        ({"trl_low": 3, "trl_high": 4}, {"trl_low": 5, "trl_high": 7}, "放宽到 TRL 3–5"),
        ({"trl_low": 7, "trl_high": 8}, {"trl_low": 4, "trl_high": 6}, "放宽到 TRL 6–8"),
        ({"budget_yuan": 100}, {"price_yuan": 2000}, "预算提高到 2,000 元"),
        (
            {"needed_by": date(2026, 12, 1)},
            {"available_from": date(2027, 1, 5)},
            "时间放宽到 2027-01-05",
        ),
        (
            {"required_certificates": frozenset({"GMP"})},
            {"certificates": frozenset()},
            "不要求 GMP 资质",
        ),
        ({"region_code": "442000", "region_required": True}, {"region_code": "440300"}, "不限地区"),
        ({"scale": (parse_quantity("80 kg"),)}, {"scale": (parse_quantity("10-50 kg"),)}, "50 kg"),
        ({"scale": (parse_quantity("5 kg"),)}, {"scale": (parse_quantity("10-50 kg"),)}, "10 kg"),
    ],
)
def test_nearest_is_the_smallest_change_that_fits(asked, offered, message):
    offered = capability("c", **offered)
    (rule,) = rules(demand(**asked))

    found = nearest(rule, offered)

    assert message in found.message
    assert checks(demand(**asked), offered)[0].relaxation == found.message


def test_relaxations_count_who_would_fit_and_put_the_most_first():
    asked = demand(scale=(parse_quantity("80 kg"),), region_code="442000", region_required=True)
    candidates = [
        capability("a", scale=(parse_quantity("10-50 kg"),), region_code="442000"),
        capability("b", scale=(parse_quantity("10-30 kg"),), region_code="442000"),
        capability("c", scale=(parse_quantity("10-90 kg"),), region_code="440300"),
        capability("d", scale=(parse_quantity("10-20 kg"),), region_code="440300"),  # fails twice
        capability("e", scale=(parse_quantity("10-90 kg"),), region_code="442000"),  # fits
    ]

    found = relaxations(asked, candidates)

    assert [(r.message.split("改为 ")[-1], r.document_ids) for r in found] == [
        ("30 kg", ("a", "b")),
        ("50 kg", ("a",)),
        ("不限地区", ("c",)),
    ]


def test_relaxations_of_a_demand_without_constraints_are_none():
    assert relaxations(demand(), [capability("a")]) == ()
