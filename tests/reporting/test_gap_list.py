"""急需紧缺清单 is drawn from the gap atlas: same demands, same cells, links to them."""

import pytest
from django.utils import timezone

from matching.models import MatchList
from matching.selectors.atlas import gap_lines
from reporting.lists.needs import GAPS
from tests.factories.matching import match_demand, polymer_capability, polymer_demand
from tests.factories.taxonomy import chengdu, guangdong, process_kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def demands():
    """Two unmet in 成都, one met in 中山; and one of the demonstration, which is no gap."""
    kind = process_kind()
    for title in ("早的", "晚的"):
        demand = polymer_demand(region=chengdu(), process_kind=kind, title=title)
        match_demand(demand)
    match_demand(polymer_demand(process_kind=kind, title="已满足"))
    match_demand(polymer_demand(process_kind=kind, is_demo=True))
    MatchList.objects.filter(demand__title="已满足").update(relevant_count=1)
    polymer_capability(process_kind=kind)


def entries(**criteria):
    return list(GAPS.entries(criteria, timezone.now()))


def test_entries_are_the_unmet_cells_of_the_atlas(demands, client):
    (entry,) = entries()

    assert entry.key == "polymerisation|new-materials|510100"
    assert entry.cells == {
        "process": "聚合", "field": "新材料", "region": "成都", "unmet": "2", "total": "2",
        "supply": "1", "titles": "晚的；早的",
    }  # fmt: skip
    assert client.get(entry.url).context["total"] == 2
    assert sum(line.unmet for line in gap_lines()) == 2


@pytest.mark.parametrize(
    ("criteria", "count"),
    [
        ({"minimum": 2}, 1),
        ({"minimum": 3}, 0),
        ({"region": "510000"}, 1),
        ({"region": "440000"}, 0),
        ({"field": "new-materials"}, 1),
        ({"field": "other"}, 0),
    ],
)
def test_criteria_narrow(demands, criteria, count):
    guangdong()

    assert GAPS.count(criteria, timezone.now()) == count
