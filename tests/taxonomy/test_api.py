"""The REST face of code lists."""

import pytest
from rest_framework.test import APIClient

pytestmark = pytest.mark.usefixtures("shipped_lists")


def get(path, **query):
    response = APIClient().get(f"/api/v1/{path}", query)
    return response.status_code, response.json()


def test_code_lists_carry_source_edition_and_count():
    status, body = get("code-lists/", page_size=100)
    row = next(row for row in body["results"] if row["slug"] == "field-gd")

    assert status == 200
    assert (row["edition"], row["term_count"]) == ("2024", 8)
    assert row["source"] == "粤府办〔2024〕7号 第八条"


def test_code_list_is_read_by_slug():
    assert get("code-lists/trl/")[1]["term_count"] == 9
    assert get("code-lists/nothing/")[0] == 404


def test_terms_of_a_list_are_in_its_order(django_assert_num_queries):
    with django_assert_num_queries(2):
        status, body = get("terms/", list="build-type")

    assert status == 200
    assert [row["code"] for row in body["results"]] == ["direct", "new", "upgrade"]
    assert body["results"][0]["parent"] is None


def test_term_mappings_lead_to_terms_and_industries():
    to_term = get("term-mappings/", list="field-cd", code="biomedicine")[1]["results"]
    to_industry = get("term-mappings/", industry="36")[1]["results"]

    assert [(row["target_list"], row["target_code"]) for row in to_term] == [
        ("field-gd", "biomedicine")
    ]
    assert to_industry == [
        {
            "list": "field-data",
            "code": "automotive",
            "name": "汽车与零部件",
            "relation": "exact",
            "target_list": None,
            "target_code": None,
            "target_name": None,
            "industry": "36",
            "industry_name": "汽车制造业",
        }
    ]


def test_regions_are_filtered_by_parent_level_and_place():
    cities = get("regions/", parent="440000", page_size=100)[1]
    counties = get("regions/", under="441900")[1]
    inside = get("regions/", under="440100", level=3)[1]
    nowhere = get("regions/", under="999999")[1]

    assert cities["count"] == 21
    assert [row["code"] for row in counties["results"]] == ["441900"]
    assert inside["count"] == 11
    assert nowhere["count"] == 0


def test_regions_are_found_by_name_and_withdrawn_ones_by_code_only():
    assert [row["code"] for row in get("regions/", q="中山市")[1]["results"]] == ["442000"]
    assert get("regions/", q="371200")[1]["count"] == 0
    assert get("regions/371200/")[1]["is_active"] is False
    assert get("regions/990000/")[0] == 404


def test_regions_refuse_a_wrong_level():
    status, body = get("regions/", level=9)

    assert status == 400
    assert body["code"] == "invalid"
    assert list(body["fields"]) == ["level"]


def test_industries_are_read_by_section_and_code():
    assert get("industries/", level=1)[1]["count"] == 20
    assert get("industries/", parent="C")[1]["count"] == 31
    assert get("industries/27/")[1]["name"] == "医药制造业"
    assert get("industries/", q="医药")[1]["count"] == 1


def test_code_lists_cannot_be_written():
    assert APIClient().post("/api/v1/terms/", {"code": "x"}).status_code in {401, 403}
