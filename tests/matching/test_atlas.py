"""The gap atlas: what counts as unmet, where, and the demands behind each cell."""

import pytest
from django.urls import reverse

from matching.models import MatchList
from matching.selectors.atlas import gap_atlas
from tests.factories.matching import match_demand, polymer_capability, polymer_demand
from tests.factories.taxonomy import CodeListFactory, TermFactory, chengdu, guangdong

pytestmark = pytest.mark.django_db


@pytest.fixture
def demands():
    """Met in 中山, unmet in 成都, and unmet without region or field; one not yet looked at."""
    met = polymer_demand()
    match_demand(met)
    MatchList.objects.update(relevant_count=1)
    unmet = polymer_demand(region=chengdu(), title="成都的需求")
    nowhere = polymer_demand(region=None, field=None, title="哪里都不在")
    for demand in (unmet, nowhere):
        match_demand(demand)
    polymer_demand(title="还没匹配")
    polymer_capability()
    return met, unmet, nowhere


def cells(atlas):
    names = dict(atlas.columns)
    return {
        (row.label, names[cell.region]): (cell.unmet, cell.total)
        for row in atlas.rows
        for cell in row.cells
        if cell.total
    }


def test_unmet_is_counted_by_field_and_region(demands):
    atlas = gap_atlas()

    assert cells(atlas) == {
        ("新材料", "广东"): (0, 1),
        ("新材料", "四川"): (1, 1),
        ("未注明", "未注明"): (1, 1),
    }
    assert (atlas.unmet, atlas.total, atlas.waiting) == (2, 3, 1)
    assert [(row.label, row.supply) for row in atlas.rows] == [("新材料", 1), ("未注明", 0)]


def test_columns_with_most_gaps_come_first(demands):
    assert [name for _, name in gap_atlas().columns] == ["四川", "广东", "未注明"]


def test_province_opens_into_cities(demands):
    assert cells(gap_atlas(province=guangdong())) == {("新材料", "中山"): (0, 1)}


def test_service_type_narrows(demands):
    kind = TermFactory(
        code_list=CodeListFactory(slug="service-type", name="服务"), code="scale", name="放大"
    )
    demands[1].service_types.add(kind)

    assert gap_atlas(service="scale").total == 1


def test_chart_shows_the_same_numbers(demands):
    assert gap_atlas().chart["series"] == [
        {"name": "已有合适能力", "values": [1, 0]},
        {"name": "未满足", "values": [1, 1]},
    ]


def test_closed_demand_leaves_the_atlas(demands):
    demands[1].status = "withdrawn"
    demands[1].save()

    assert gap_atlas().unmet == 1


def test_atlas_is_public(client, demands):
    html = client.get(reverse("matching:atlas")).content.decode()

    assert "四川" in html
    assert "1 / 1" in html
    assert "heat-4" in html


def test_wrong_choice_does_not_narrow(client, demands):
    response = client.get(reverse("matching:atlas"), {"province": "nonsense"})

    assert response.context["atlas"].total == 3


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_cells_are_exported(client, demands, kind):
    response = client.get(reverse("matching:atlas"), {"export": kind})

    assert f".{kind}" in response.headers["Content-Disposition"]
    if kind == "csv":
        assert "新材料,四川,1,1,1" in response.content.decode()


def test_no_demands_is_an_empty_state(client):
    assert "没有符合条件的需求" in client.get(reverse("matching:atlas")).content.decode()


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, {"成都的需求", "哪里都不在"}),
        ({"field": "new-materials"}, {"成都的需求"}),
        ({"field": "none"}, {"哪里都不在"}),
        ({"region": "510000"}, {"成都的需求"}),
        ({"region": "none"}, {"哪里都不在"}),
        ({"region": "999999"}, set()),
    ],
)
def test_demands_behind_a_cell(client, demands, query, titles):
    response = client.get(reverse("matching:unmet"), query)

    rows = response.context["table"].paginated_rows
    assert {row.record.title for row in rows} == titles


def test_withheld_text_is_not_in_the_list_or_its_export(client):
    demand = polymer_demand(confidentiality="teaser", teaser="高分子放大")
    match_demand(demand)

    html = client.get(reverse("matching:unmet")).content.decode()
    sheet = client.get(reverse("matching:unmet"), {"export": "csv"}).content.decode()

    assert "高分子放大" in html
    assert demand.description not in html + sheet


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_more_rows(client, django_assert_num_queries, count):
    for _ in range(count):
        match_demand(polymer_demand())

    with django_assert_num_queries(6):
        client.get(reverse("matching:unmet"))
