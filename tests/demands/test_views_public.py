"""Public pages of demands: nothing confidential, literal query counts."""

import pytest

from core.models import ActivityLog
from tests.demands.conftest import page
from tests.factories.demands import DemandFactory, disclose, open_demand


def test_list_shows_teasers_and_no_drafts(visitor, cast, secret_demand):
    DemandFactory(organisation=cast.home, title="还没写完")

    shown = page(visitor.get("/demands/"))

    assert secret_demand.title in shown
    assert "需要反应釜" in shown
    assert secret_demand.description not in shown
    assert cast.home.name not in shown
    assert "还没写完" not in shown


def test_list_without_results_says_what_to_do(visitor, db):
    assert "没有符合条件的需求" in page(visitor.get("/demands/", {"q": "不存在的词"}))


def test_wrong_sort_and_page_do_no_harm(visitor, cast):
    open_demand(organisation=cast.home)

    answer = visitor.get("/demands/", {"sort": "contact_phone", "page": "x", "trl": "99"})

    assert answer.status_code == 200


def test_sort_by_deadline(visitor, cast):
    late = open_demand(organisation=cast.home, expires_date="2027-03-01")
    soon = open_demand(organisation=cast.home, expires_date="2027-02-01")

    shown = page(visitor.get("/demands/", {"sort": "expires_date"}))

    assert shown.index(soon.title) < shown.index(late.title)


def test_export_holds_nothing_confidential(visitor, cast, secret_demand):
    text = visitor.get("/demands/", {"export": "csv"}).content.decode("utf-8-sig")

    assert text.splitlines()[0] == (
        "编号,要做什么,需求单位,领域,地区,阶段,公开内容,发布日期,有效期至,状态,来源"
    )
    assert "匿名企业" in text
    assert "2026-11-01" in text
    assert secret_demand.description not in text


@pytest.mark.parametrize("count", [1, 3])
def test_list_queries(visitor, cast, django_assert_num_queries, count):
    for _ in range(count):
        open_demand(organisation=cast.home)
    visitor.get("/demands/")  # code lists into the cache

    with django_assert_num_queries(4):  # total, page, plain facets, services facet
        visitor.get("/demands/")


def test_htmx_gets_the_rows_only(visitor, cast):
    demand = open_demand(organisation=cast.home)

    shown = page(visitor.get("/demands/", headers={"HX-Request": "true"}))

    assert demand.title in shown
    assert "<html" not in shown


def test_page_of_a_confidential_demand_for_a_visitor(visitor, secret_demand):
    shown = page(visitor.get(secret_demand.get_absolute_url()))

    assert "需要反应釜" in shown
    assert "匿名企业" in shown
    assert secret_demand.description not in shown
    assert "张工" not in shown
    assert "经过" not in shown


def test_page_of_a_confidential_demand_for_a_platform_leaves_a_trace(
    client, sign_in, cast, secret_demand
):
    disclose(secret_demand, cast.platform.organisations[0])
    sign_in(cast.platform)

    shown = page(client.get(secret_demand.get_absolute_url()))

    assert secret_demand.description in shown
    assert "张工" in shown
    assert f"仅供 {cast.platform} 阅读" in shown
    noted = ActivityLog.objects.filter(action="demands.demand.read_full")
    assert noted.get().actor == cast.platform

    sign_in(cast.owner)
    shown = page(client.get(secret_demand.get_absolute_url()))
    assert "阅读了保密需求的全文" in shown
    assert "仅供" not in shown
    assert noted.count() == 1


def test_contact_of_a_public_demand_is_not_for_visitors(visitor, cast):
    demand = open_demand(organisation=cast.home, contact_name="张工", contact_phone="0760")

    assert "张工" not in page(visitor.get(demand.get_absolute_url()))


@pytest.mark.parametrize("status", ["draft", "in_review", "returned", "withdrawn"])
def test_what_is_not_public_does_not_exist_for_others(client, sign_in, cast, status):
    demand = DemandFactory(organisation=cast.home, status=status)
    sign_in(cast.stranger)

    assert client.get(demand.get_absolute_url()).status_code == 404


def test_starting_data_names_its_source_and_links_no_mirror(visitor, db):
    demand = open_demand(
        organisation=None,
        organisation_name="某公司",
        source_title="转载的报道",
        source_url="http://mirror.example/1",
        source_kind="mirror",
        source_date="2025",
    )

    shown = page(visitor.get(demand.get_absolute_url()))

    assert "转载的报道" in shown
    assert "2025" in shown
    assert "mirror.example" not in shown
