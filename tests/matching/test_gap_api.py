"""REST of the gap atlas: cells, the demands behind them, and whom it answers."""

import pytest

from accounts.enums import Role, Scope
from tests.factories.accounts import person, with_token
from tests.factories.matching import match_demand, polymer_demand
from tests.factories.taxonomy import chengdu, process_kind

pytestmark = pytest.mark.django_db
GAPS = "/api/v1/gaps/"


@pytest.fixture
def client(api):
    return with_token(api, person(Role.OPERATOR), Scope.MATCHING_READ)


@pytest.fixture
def demand():
    found = polymer_demand(region=chengdu(), process_kind=process_kind())
    match_demand(found)
    return found


def test_cells_are_told_with_the_way_to_their_demands(client, demand):
    assert client.get(GAPS).json()["results"] == [
        {
            "process_code": "polymerisation", "process_name": "聚合",
            "field_code": "new-materials", "field_name": "新材料",
            "region_code": "510000", "region_name": "四川",
            "unmet": 1, "total": 1, "supply": 0,
            "url": "/atlas/demands/?process=polymerisation&field=new-materials&region=510000",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "count"),
    [({"process": "polymerisation"}, 1), ({"process": "none"}, 0), ({"province": "510000"}, 1)],
)
def test_cells_are_narrowed(client, demand, query, count):
    assert client.get(GAPS, query).json()["count"] == count


@pytest.mark.parametrize("path", [GAPS, f"{GAPS}demands/"])
def test_unknown_code_is_refused_at_its_field(client, demand, path):
    answer = client.get(path, {"process": "nonsense"})

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["process"]


def test_demands_behind_a_cell_give_only_what_is_public(client, demand):
    secret = polymer_demand(confidentiality="teaser", teaser="高分子放大")
    match_demand(secret)

    rows = client.get(f"{GAPS}demands/").json()["results"]
    narrowed = client.get(f"{GAPS}demands/", {"process": "polymerisation", "region": "510000"})

    assert {row["slug"]: row["text"] for row in rows} == {
        demand.slug: demand.description, secret.slug: "高分子放大",
    }  # fmt: skip
    assert [row["slug"] for row in narrowed.json()["results"]] == [demand.slug]
    assert rows[0]["is_process_recognised"] is False
    assert narrowed.json()["results"][0]["is_process_recognised"] is True


def test_token_of_another_scope_is_refused(api, demand):
    with_token(api, person(Role.OPERATOR), Scope.DEMANDS_READ)

    assert api.get(GAPS).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_demands_cost_the_same_for_more_rows(client, django_assert_num_queries, count):
    for _ in range(count):
        match_demand(polymer_demand())
    client.get(f"{GAPS}demands/")

    with django_assert_num_queries(5):
        client.get(f"{GAPS}demands/")
