"""The gap atlas: what counts as unmet, of what and where, and the demands behind each cell."""

import pytest
from django.urls import reverse

from matching.models import MatchList
from matching.selectors.atlas import Narrowing, gap_atlas, gap_lines
from tests.factories.matching import match_demand, polymer_capability, polymer_demand
from tests.factories.taxonomy import (
    CodeListFactory,
    TermFactory,
    chengdu,
    guangdong,
    process_kind,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def demands():
    """Met in 中山, unmet in 成都 (both about polymerising), and unmet without region, field or
    process; one not yet looked at."""
    polymerising = process_kind()
    met = polymer_demand(process_kind=polymerising)
    match_demand(met)
    MatchList.objects.update(relevant_count=1)
    unmet = polymer_demand(region=chengdu(), title="成都的需求", process_kind=polymerising)
    nowhere = polymer_demand(region=None, field=None, title="哪里都不在")
    for demand in (unmet, nowhere):
        match_demand(demand)
    polymer_demand(title="还没匹配")
    polymer_capability(process_kind=polymerising)
    return met, unmet, nowhere


def cells(atlas):
    return {
        (row.label, name): (cell.unmet, cell.total)
        for row in atlas.rows
        for (_, name), cell in zip(atlas.columns, row.cells, strict=True)
        if cell.total
    }


def test_unmet_is_counted_by_field_and_region(demands):
    atlas = gap_atlas("field-region")

    assert cells(atlas) == {
        ("新材料", "广东"): (0, 1),
        ("新材料", "四川"): (1, 1),
        ("未注明", "未注明"): (1, 1),
    }
    assert (atlas.unmet, atlas.total, atlas.waiting) == (2, 3, 1)
    assert [(row.label, row.supply) for row in atlas.rows] == [("新材料", 1), ("未注明", 0)]


def test_unmet_is_counted_by_process_and_field(demands):
    atlas = gap_atlas("process-field")

    assert cells(atlas) == {("聚合", "新材料"): (1, 2), ("未注明", "未注明"): (1, 1)}
    assert [(row.label, row.supply) for row in atlas.rows] == [("聚合", 1), ("未注明", 0)]


def test_unmet_is_counted_by_process_and_region(demands):
    assert cells(gap_atlas("process-region")) == {
        ("聚合", "广东"): (0, 1),
        ("聚合", "四川"): (1, 1),
        ("未注明", "未注明"): (1, 1),
    }


@pytest.mark.parametrize(
    ("narrowing", "total"),
    [
        (Narrowing(process="polymerisation"), 2),
        (Narrowing(process="none"), 1),
        (Narrowing(field="new-materials", process="polymerisation", within="51"), 1),
        (Narrowing(field="none"), 1),
        (Narrowing(process="unheard-of"), 0),
    ],
)
def test_the_third_dimension_narrows(demands, narrowing, total):
    assert gap_atlas("field-region", narrowing).total == total


def test_every_cell_of_the_cube_is_a_line_with_the_most_unmet_first(demands):
    assert [
        (line.process, line.field, line.region, line.unmet, line.total, line.supply)
        for line in gap_lines()
    ] == [
        ("未注明", "未注明", "未注明", 1, 1, 0),
        ("聚合", "新材料", "四川", 1, 1, 1),
        ("聚合", "新材料", "广东", 0, 1, 1),
    ]


def test_columns_with_most_gaps_come_first(demands):
    assert [name for _, name in gap_atlas("field-region").columns] == ["四川", "广东", "未注明"]


def test_province_opens_into_cities(demands):
    assert cells(gap_atlas("field-region", Narrowing(within=guangdong().prefix))) == {
        ("新材料", "中山"): (0, 1)
    }


def test_service_type_narrows(demands):
    kind = TermFactory(
        code_list=CodeListFactory(slug="service-type", name="服务"), code="scale", name="放大"
    )
    demands[1].service_types.add(kind)

    assert gap_atlas(narrowing=Narrowing(service="scale")).total == 1


def test_chart_shows_the_same_numbers(demands):
    assert gap_atlas("field-region").chart["series"] == [
        {"name": "已有合适能力", "values": [1, 0]},
        {"name": "未满足", "values": [1, 1]},
    ]


def test_closed_demand_leaves_the_atlas(demands):
    demands[1].status = "withdrawn"
    demands[1].save()

    assert gap_atlas().unmet == 1


def test_atlas_is_public(client, demands):
    html = client.get(reverse("matching:atlas"), {"view": "process-region"}).content.decode()

    assert "四川" in html
    assert "1 / 1" in html
    assert "heat-4" in html
    assert "process=polymerisation&amp;region=510000" in html


def test_first_view_is_process_by_field_and_offers_the_others(client, demands):
    response = client.get(reverse("matching:atlas"), {"province": "440000"})

    assert response.context["atlas"].rows_label == "工艺"
    assert [(tab["label"], tab["active"]) for tab in response.context["tabs"]] == [
        ("工艺 × 领域", True), ("工艺 × 地区", False), ("领域 × 地区", False),
    ]  # fmt: skip
    assert response.context["tabs"][1]["url"] == "?province=440000&view=process-region"


@pytest.mark.parametrize(
    ("view", "names"),
    [
        ("process-field", ["province", "service"]),
        ("process-region", ["field", "province", "service"]),
        ("field-region", ["process", "province", "service"]),
        ("nonsense", ["province", "service"]),
    ],
)
def test_each_view_is_narrowed_by_what_it_does_not_show(client, demands, view, names):
    response = client.get(reverse("matching:atlas"), {"view": view})

    assert [field.name for field in response.context["form"].shown_fields] == names


@pytest.mark.parametrize("view", ["process-field", "process-region", "field-region"])
def test_table_and_list_agree_on_every_cell(client, demands, view):
    for row in gap_atlas(view).rows:
        for cell in row.cells:
            listed = client.get(f"{reverse('matching:unmet')}?{cell.query}").context["total"]
            assert listed == cell.unmet


@pytest.mark.parametrize("count", [1, 3])
def test_atlas_costs_the_same_for_more_rows(client, django_assert_num_queries, count):
    for number in range(count):
        kind = process_kind(code=f"kind-{number}", name=f"工艺{number}")
        match_demand(polymer_demand(process_kind=kind))
    client.get(reverse("matching:atlas"))  # code lists are read once

    with django_assert_num_queries(5):
        client.get(reverse("matching:atlas"))


def test_wrong_choice_does_not_narrow(client, demands):
    response = client.get(reverse("matching:atlas"), {"province": "nonsense"})

    assert response.context["atlas"].total == 3


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_cells_are_exported(client, demands, kind):
    response = client.get(reverse("matching:atlas"), {"export": kind})

    assert f".{kind}" in response.headers["Content-Disposition"]
    if kind == "csv":
        assert "聚合,新材料,四川,1,1,1" in response.content.decode()


def test_no_demands_is_an_empty_state(client):
    assert "没有符合条件的需求" in client.get(reverse("matching:atlas")).content.decode()


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, {"成都的需求", "哪里都不在"}),
        ({"field": "new-materials"}, {"成都的需求"}),
        ({"field": "none"}, {"哪里都不在"}),
        ({"process": "polymerisation"}, {"成都的需求"}),
        ({"process": "none"}, {"哪里都不在"}),
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

    with django_assert_num_queries(7):
        client.get(reverse("matching:unmet"))
