"""Reading code lists."""

import json

import pytest
from django.conf import settings

from taxonomy import selectors
from taxonomy.codefiles import read_source_values
from taxonomy.models import Region, Term, TermMapping

pytestmark = pytest.mark.usefixtures("shipped_lists")


def records(name):
    path = settings.BASE_DIR / "data" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_terms_are_in_the_order_of_the_list_and_cached(django_assert_num_queries):
    first = [term.name for term in selectors.terms("field-gd")]

    with django_assert_num_queries(0):
        again = [term.name for term in selectors.terms("field-gd")]

    assert first == again
    assert first == [
        "半导体及集成电路", "新型显示", "新型储能", "新材料",
        "生物医药", "生物制造", "低空经济", "现代农业与食品",
    ]  # fmt: skip


def test_terms_of_an_unknown_list_are_none():
    assert selectors.terms("no-such-list") == []
    assert selectors.term("trl", "12") is None
    assert selectors.term_named("trl", "没有") is None


def test_term_is_found_by_code_and_by_name():
    assert selectors.term("price-model", "range").name == "区间价"
    assert selectors.term_named("field-data", " 新材料 ").code == "new-materials"
    assert selectors.term_choices("equipment-origin") == [
        ("domestic", "国产"),
        ("imported", "进口"),
    ]


def test_provinces_are_34_in_the_order_of_their_codes():
    names = [region.name for region in selectors.provinces()]

    assert len(names) == 34
    assert (names[0], names[-1]) == ("北京市", "澳门特别行政区")


def test_industries_follow_their_section():
    codes = [industry.code for industry in selectors.industries()]

    assert len(codes) == 117
    assert codes[:7] == ["A", "01", "02", "03", "04", "05", "B"]
    assert codes[-2:] == ["T", "97"]


def test_regions_under_dongguan_zhongshan_and_unknown_are_none():
    codes = ["441900", "442000", "999999"]

    assert [list(selectors.regions_under(code)) for code in codes] == [[], [], []]


def test_regions_under_guangdong_are_21_cities_by_pinyin():
    names = [region.name for region in selectors.regions_under("440000", level=2)]

    assert len(names) == 21
    assert names[:4] == ["潮州市", "东莞市", "佛山市", "广州市"]


def test_regions_under_a_municipality_are_its_districts():
    districts = selectors.regions_under("110000")

    assert {region.level for region in districts} == {3}
    assert districts.count() == 16


def test_region_path_starts_at_the_province():
    region = Region.objects.get(code="440106")

    assert [part.name for part in selectors.region_path(region)] == ["广东省", "广州市", "天河区"]


def test_resolve_region_understands_names_and_paths():
    expected = {
        "全国": "000000",
        "广东": "440000",
        "广东省中山市": "442000",
        "四川 成都": "510100",
        "林州市": "410581",
        "阿拉善盟": "152900",
        "北京市海淀区": "110108",
        "广东省广州市天河区": "440106",
        "莱芜市": "371200",  # withdrawn, still resolvable
        "吉林": "220000",
        "吉林市": "220200",
        "海南": "460000",
    }

    found = {name: selectors.resolve_region(name) for name in expected}

    assert {name: region and region.code for name, region in found.items()} == expected


def test_resolve_region_does_not_guess():
    names = ["", "  ", "鼓楼区", "粤港澳大湾区", "广东省成都市"]

    assert [selectors.resolve_region(name) for name in names] == [None] * 5


def test_resolve_region_is_narrowed_by_an_outer_region():
    assert selectors.resolve_region("鼓楼区", within="320100").code == "320106"
    assert selectors.resolve_region("鼓楼区", within="999999") is None


def test_resolve_region_knows_every_region_of_the_starting_data():
    names = {row["region"] for row in records("policies")}
    for kind in ("platforms", "demands", "cases"):
        for row in records(kind):
            names |= {row[key] for key in ("province", "city") if key in row}

    assert [name for name in sorted(names) if selectors.resolve_region(name) is None] == []


def test_every_field_of_the_starting_data_is_a_term():
    named = {field for row in records("platforms") for field in row["industries"]}
    for kind in ("demands", "cases"):
        named |= {row["industry"] for row in records(kind)}

    assert [
        name for name in sorted(named) if selectors.term_named("field-data", name) is None
    ] == []


def test_source_values_lead_to_terms():
    pairs = set(read_source_values().values())

    assert [pair for pair in sorted(pairs) if selectors.term(*pair) is None] == []


def test_mapped_terms_widen_in_both_directions():
    display = selectors.term("field-data", "new-display")

    assert [t.name for t in selectors.mapped_terms([display], "field-zs")] == ["光电光学"]
    chips = selectors.term("field-gd", "semiconductor-ic")
    assert [t.name for t in selectors.mapped_terms([chips], "field-ly")] == ["新一代信息技术"]


def test_mapped_terms_take_the_asked_relations():
    chemicals = selectors.term("field-data", "chemicals")
    related = [TermMapping.Relation.RELATED]

    assert selectors.mapped_terms([chemicals], "field-gd") == []
    assert [t.name for t in selectors.mapped_terms([chemicals], "field-gd", relations=related)] == [
        "新材料"
    ]


def test_every_local_field_maps_to_the_provincial_list_or_is_known_not_to():
    unmapped = {
        f"{term.code_list_id} {term.code}"
        for slug in ("field-zs", "field-cd", "field-ly")
        for term in selectors.terms(slug)
        if not TermMapping.objects.filter(source=term, target__code_list="field-gd").exists()
    }

    assert unmapped == {
        "field-zs intelligent-manufacturing",
        "field-zs high-end-manufacturing",
        "field-zs ai-robotics",
        "field-ly high-end-equipment",
        "field-ly carbon-environment",
        "field-ly future-industries",
    }


def test_code_lists_count_their_active_terms(django_assert_num_queries):
    Term.objects.filter(code_list="trl", code="9").update(is_active=False)

    with django_assert_num_queries(1):
        counts = {row.slug: row.term_count for row in selectors.code_lists()}

    assert counts["trl"] == 8
    assert counts["field-gd"] == 8
