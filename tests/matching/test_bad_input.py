"""Odd texts in stored rows: a run ends well, whatever somebody wrote."""

import pytest

from core.models import JobStatus
from tests.factories.matching import match_capability, match_demand, polymer_capability
from tests.factories.matching import polymer_demand as demand_of

pytestmark = pytest.mark.django_db

ODD = {
    "empty": "",
    "long": "聚合反应放大，" * 2857,
    "punctuation": "，。！？……——",
    "markup": "<p>聚合<b>反应</b></p><script>x</script>",
    "emoji": "😀🧪🧫",
    "one word": "酶",
    "traditional": "聚合反應放大與後處理",
    "full width": "聚合反应放大　５０ｋｇ／批",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_run_over_an_odd_demand_ends_well(text):
    capability = polymer_capability()
    demand = demand_of(title=text[:200] or "聚合", description=text)

    run = match_demand(demand)

    assert (run.status, run.error) == (JobStatus.DONE, "")
    assert {m.capability_id for m in demand.match_list.matches.all()} <= {capability.pk}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_run_over_an_odd_capability_ends_well(text):
    capability = polymer_capability(title=text[:200] or "聚合", description=text[:5000])
    demand_of()

    assert match_capability(capability).status == JobStatus.DONE


@pytest.mark.parametrize(
    "text", ["聚合反應放大與後處理", "<p>聚合反应放大</p>", "ＰＡ 聚合反应放大"]
)
def test_writing_of_another_kind_finds_the_same(text):
    polymer_capability()
    demand = demand_of(title=text, description=text)

    match_demand(demand)

    assert demand.match_list.relevant_count == 1


@pytest.mark.parametrize(
    "values",
    [
        {"scale_high": 50, "scale_unit": "筐"},
        {"scale_low": 50, "scale_unit": ""},
        {"scale_high": 0, "scale_unit": "kg"},
    ],
)
def test_scale_that_nobody_can_read_is_unknown_and_rules_nothing_out(values):
    polymer_capability(scale_high=10, scale_unit="kg")
    demand = demand_of(**values)

    match_demand(demand)

    (match,) = demand.match_list.matches.all()
    assert all(c["status"] != "not_met" for c in match.checks if c["name"] == "scale")
