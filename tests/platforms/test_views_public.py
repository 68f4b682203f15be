"""Public pages: what they say, what they cost, what they do with wrong input."""

import csv
import io

import pytest
from django.urls import reverse

from core.search import search_vector
from platforms.models import ListingReport
from tests.factories.platforms import (
    FACTORIES,
    CapabilityFactory,
    EquipmentFactory,
    ExpertFactory,
    LineFactory,
    PlatformFactory,
    SolutionFactory,
)

LISTS = {
    "platforms": "/platforms/",
    "capabilities": "/capabilities/",
    "equipment": "/resources/?kind=equipment",
    "lines": "/resources/?kind=lines",
    "experts": "/resources/?kind=experts",
    "solutions": "/resources/?kind=solutions",
}

COSTS = {
    "platforms": 5, "capabilities": 8, "equipment": 3, "lines": 3, "experts": 3, "solutions": 3,
}  # fmt: skip


def text(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("key", LISTS)
def test_lists_show_what_is_public(visitor, db, key):
    shown = FACTORIES[key]()
    hidden = FACTORIES[key](status="in_review")

    page = text(visitor.get(LISTS[key]))

    assert str(shown) in page
    assert str(hidden) not in page
    assert "共 <b>1</b>" in page


@pytest.mark.parametrize("key", LISTS)
def test_lists_cost_the_same_for_one_and_three(visitor, db, key, django_assert_num_queries):
    costs = COSTS[key]
    FACTORIES[key]()
    visitor.get(LISTS[key])  # fills the caches

    with django_assert_num_queries(costs):
        visitor.get(LISTS[key])
    FACTORIES[key].create_batch(2)
    with django_assert_num_queries(costs):
        visitor.get(LISTS[key])


@pytest.mark.parametrize("key", LISTS)
def test_lists_say_what_to_do_when_empty(visitor, db, key):
    assert "没有符合条件的" in text(visitor.get(LISTS[key]))


@pytest.mark.parametrize("key", LISTS)
def test_pages_of_listings(visitor, db, key):
    shown = FACTORIES[key]()
    hidden = FACTORIES[key](status="draft")

    page = text(visitor.get(shown.get_absolute_url()))

    assert str(shown) in page
    assert "尚未确认" in page
    assert visitor.get(hidden.get_absolute_url()).status_code == 404


def test_platform_page_lists_its_offers_at_a_fixed_cost(visitor, db, django_assert_num_queries):
    platform = PlatformFactory(summary="简介")
    for make in (CapabilityFactory, EquipmentFactory, LineFactory, ExpertFactory, SolutionFactory):
        make(platform=platform)
    url = platform.get_absolute_url()

    with django_assert_num_queries(14):
        page = text(visitor.get(url))
    for make in (CapabilityFactory, EquipmentFactory, LineFactory, ExpertFactory, SolutionFactory):
        make.create_batch(2, platform=platform)
    with django_assert_num_queries(14):
        visitor.get(url)

    assert "中试线与实验室" in page
    assert "登录后可见联系人" in page


def test_platform_page_shows_twenty_capabilities_and_leads_to_the_rest(visitor, db):
    platform = PlatformFactory()
    CapabilityFactory.create_batch(21, platform=platform)

    page = text(visitor.get(platform.get_absolute_url()))

    assert page.count('class="card-title"><a href="/capabilities/') == 20
    assert "全部 21 项服务能力" in page
    listed = visitor.get(f"/capabilities/?platform={platform.slug}")
    assert listed.context["total"] == 21


def test_contacts_are_for_people_signed_in(sign_in, visitor, stranger):
    platform = PlatformFactory(contact_phone="0760-8888")

    assert "0760-8888" not in text(visitor.get(platform.get_absolute_url()))
    assert "0760-8888" in text(sign_in(stranger).get(platform.get_absolute_url()))


def test_mirrors_are_named_and_never_linked(visitor, db):
    platform = PlatformFactory(
        organisation=None, source_title="某报道", source_kind="mirror",
        source_url="https://mirror.example/a", source_date="2025-03",
    )  # fmt: skip

    page = text(visitor.get(platform.get_absolute_url()))

    assert "某报道" in page
    assert "2025-03" in page
    assert "mirror.example" not in page
    assert "认领这个平台" in page


def test_demo_data_is_marked(visitor, db):
    capability = CapabilityFactory(platform__is_demo=True)

    for url in ("/capabilities/", "/platforms/", capability.get_absolute_url()):
        assert "演示数据" in text(visitor.get(url))


def test_capability_page_shows_its_parameter_sheet(visitor, db):
    capability = CapabilityFactory(
        scale_low=10, scale_high=200, scale_unit="kg/批", price_low_yuan=30000,
        price_high_yuan=120000, price_unit="批", lead_days_low=7, lead_days_high=7,
    )  # fmt: skip
    capability.parameters.create(name="反应温度", low=-20, high=200, unit="℃", text="油浴")

    page = text(visitor.get(capability.get_absolute_url()))

    for words in ("10–200 kg/批", "3–12 万元/批", "7 天", "-20–200 ℃；油浴", "未注明：领域"):
        assert words in page


def test_compare_puts_four_side_by_side(visitor, db):
    rows = [CapabilityFactory(title=f"第{n}项", materials=f"物料{n}") for n in range(5)]
    rows[0].parameters.create(name="压力", high=3, unit="MPa")
    query = "&".join(f"id={row.slug}" for row in rows)

    page = text(visitor.get(f"/capabilities/compare/?{query}"))

    assert "物料3" in page
    assert "第4项" not in page
    assert "不超过 3 MPa" in page
    assert "前 4 项" in page


def test_compare_without_choice_leads_on(visitor, db):
    assert "还没有选择能力" in text(visitor.get("/capabilities/compare/?id=unknown"))


def test_sorting_puts_unconfirmed_last(visitor, db, now):
    never = PlatformFactory()
    fresh = PlatformFactory(confirmed_at=now)

    page = text(visitor.get("/platforms/?sort=-confirmed_at"))

    assert page.index(str(fresh)) < page.index(str(never))


@pytest.mark.parametrize("sort", ["name", "completeness", "-completeness", "confirmed_at"])
def test_every_sort_works(visitor, db, sort):
    PlatformFactory.create_batch(2)

    assert "共 <b>2</b>" in text(visitor.get(f"/platforms/?sort={sort}"))


def test_export_holds_the_filtered_rows(visitor, db):
    capability = CapabilityFactory(scale_text="公斤级", is_open=True)
    CapabilityFactory()

    response = visitor.get("/capabilities/?export=csv&open=on")

    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row["能力名称"] for row in rows] == [capability.title]
    assert (rows[0]["规模"], rows[0]["对外服务"], rows[0]["价格"]) == ("公斤级", "是", "")


@pytest.mark.parametrize("key", LISTS)
def test_every_list_exports(visitor, db, key):
    FACTORIES[key]()
    glue = "&" if "?" in LISTS[key] else "?"

    response = visitor.get(f"{LISTS[key]}{glue}export=xlsx")

    assert response.content.startswith(b"PK")


def test_htmx_gets_the_rows_alone(visitor, db):
    platform = PlatformFactory()

    page = text(visitor.get("/platforms/", headers={"HX-Request": "true"}))

    assert str(platform) in page
    assert "<html" not in page


def test_a_visitor_reports_a_dead_listing(visitor, platform):
    url = reverse("platforms:report", args=[platform.slug])

    response = visitor.post(url, {"kind": "contact", "note": "空号"}, follow=True)

    assert "已收到" in text(response)
    assert ListingReport.objects.get().note == "空号"


def test_a_report_without_kind_keeps_the_words(visitor, platform):
    page = text(visitor.post(f"/platforms/{platform.slug}/report/", {"note": "空号"}))

    assert "空号" in page
    assert "请选择。" in page
    assert not ListingReport.objects.exists()


def test_too_many_reports_are_told_so(visitor, platform):
    url = reverse("platforms:report", args=[platform.slug])
    for _ in range(5):
        visitor.post(url, {"kind": "closed"})

    assert "过于频繁" in text(visitor.post(url, {"kind": "closed"}))


def test_similar_capabilities_share_words_of_the_title(visitor, db):
    one = CapabilityFactory(title="环氧树脂合成")
    CapabilityFactory(title="树脂改性", search=search_vector(title="树脂改性"))

    assert "树脂改性" in text(visitor.get(one.get_absolute_url()))
