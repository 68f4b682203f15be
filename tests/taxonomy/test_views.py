"""The public pages of code lists."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.usefixtures("shipped_lists")


def page(client, name, *args):
    response = client.get(reverse(f"taxonomy:{name}", args=args))
    return response.status_code, response.content.decode()


def test_code_lists_page_tells_source_and_edition(client, django_assert_num_queries):
    url = reverse("taxonomy:code_lists")

    with django_assert_num_queries(1):
        response = client.get(url)

    text = response.content.decode()
    assert "广东省重点产业领域" in text
    assert "粤府办〔2024〕7号 第八条" in text
    assert f'href="{reverse("taxonomy:regions")}"' in text


def test_code_list_page_shows_entries_and_mappings(client):
    status, text = page(client, "code_list", "field-zs")

    assert status == 200
    assert "光电光学" in text
    assert "对应关系" in text


def test_code_list_page_of_an_unknown_list_is_not_found(client):
    assert page(client, "code_list", "no-such-list")[0] == 404


def test_regions_page_starts_with_the_provinces(client):
    status, text = page(client, "regions")

    assert status == 200
    assert "澳门特别行政区" in text


def test_region_page_shows_what_lies_below(client):
    status, text = page(client, "region", "440000")

    assert status == 200
    assert "中山市" in text


def test_region_page_says_that_dongguan_has_no_counties(client):
    assert "东莞市没有下级区划代码。" in page(client, "region", "441900")[1]


def test_region_page_of_a_withdrawn_code_says_so(client):
    status, text = page(client, "region", "371200")

    assert status == 200
    assert "这个代码已撤销" in text


def test_region_page_of_the_whole_country_lists_the_provinces(client):
    assert "北京市" in page(client, "region", "000000")[1]


def test_industries_page_lists_sections_and_divisions(client):
    status, text = page(client, "industries")

    assert status == 200
    assert "<strong>制造业</strong>" in text
    assert "医药制造业" in text
