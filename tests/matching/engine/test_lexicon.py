import pytest

from matching.engine.documents import CapabilityDoc, DemandDoc
from matching.engine.index import Index
from matching.engine.lexicon import (
    families_of,
    implied_tokens,
    industry_similarity,
    linked_words,
    read_lexicon,
    shipped_lexicon,
)


def test_read_lexicon_reads_words_and_related_industries():
    lexicon = read_lexicon(
        "# note\n高分子 聚合物: 塑料 pp\n\n~ 化工 新材料\n"
        "= cmc 羧甲基纤维素\n= cmc 陶瓷基复合材料\n"
    )

    assert lexicon.wider == {"塑料": ("高分子", "聚合物"), "pp": ("高分子", "聚合物")}
    assert lexicon.narrower["高分子"] == ("塑料", "pp")
    assert lexicon.same == {
        "cmc": ("羧甲基纤维素", "陶瓷基复合材料"),
        "羧甲基纤维素": ("cmc",),
        "陶瓷基复合材料": ("cmc",),
    }
    assert lexicon.families["pp"] == ("#高分子",)
    assert lexicon.families["高分子"] == ("#高分子",)
    assert lexicon.families["羧甲基纤维素"] == ("#cmc=羧甲基纤维素",)
    assert lexicon.families["cmc"] == ("#cmc=羧甲基纤维素", "#cmc=陶瓷基复合材料")
    assert "聚合物" not in lexicon.families
    assert ("新材料", "化工") in lexicon.related


def test_words_of_one_line_and_other_names_are_of_one_family():
    assert families_of("hdpe护套", {"hdpe", "护套"}) & families_of("尼龙改性", {"尼龙", "改性"})
    assert families_of("亚克力", {"亚克"}) & families_of("pmma", {"pmma"})
    assert families_of("", set()) == set()


def test_a_sibling_is_found_that_no_wider_word_names():
    docs = [CapabilityDoc("a", "钎料牌号"), CapabilityDoc("b", "钎焊牌号")]

    ranked = Index.build(docs).rank(DemandDoc("d", "对焊接头"), 2)

    assert ranked[0].document_id == "b"
    assert ranked[0].features["lexicon"] == pytest.approx(1.0)
    assert linked_words("盘条对焊", "搅拌摩擦焊装备") == {"对焊": ["搅拌摩擦焊"]}


def test_a_demand_implies_the_wider_words_and_a_capability_the_special_ones():
    demand = implied_tokens(DemandDoc("d", "PP护套开裂"))
    capability = implied_tokens(CapabilityDoc("c", "高分子材料中试"))

    assert "高分" in demand
    assert "pp" in capability
    assert "pp" not in demand


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("SiC外延", "碳化硅外延中试"),
        ("碳化硅外延", "SiC外延中试"),
        ("3D打印", "增材制造中试"),
        ("不锈钢3d打印", "增材制造中试"),
        ("CMC", "羧甲基纤维素放大"),
        ("CMC", "陶瓷基复合材料试制"),
        ("土豆深加工", "马铃薯加工"),
    ],
)
def test_another_name_of_the_same_thing_is_found_from_both_sides(asked, offered):
    demand, capability = DemandDoc("d", asked), CapabilityDoc("c", offered)
    others = [CapabilityDoc("x", "果蔬汁中试"), CapabilityDoc("y", "飞手培训")]

    (ranked,) = Index.build([capability, *others]).rank(demand, 1)
    (back,) = Index.build([demand, DemandDoc("z", "果蔬汁")]).rank(capability, 1)

    assert ranked.document_id == "c"
    assert ranked.features["lexicon"] > 0.5
    assert back.document_id == "d"
    assert back.features["lexicon"] > 0.5


def test_another_name_leads_to_the_wider_words():
    assert "高分" in implied_tokens(DemandDoc("d", "特氟龙密封"))


@pytest.mark.parametrize(
    ("asked", "offered", "links"),
    [
        ("喷涂废水絮凝", "污水处理与再生", {"废水": ["污水处理"]}),
        ("SiC外延", "碳化硅外延", {"sic": ["碳化硅"]}),
        ("亞克力改性", "高分子，PMMA", {"亚克力": ["pmma", "高分子"]}),
        ("亚克力改性", "rpmmax", {}),
        ("高分子与塑料", "高分子中试", {}),
        ("", "高分子", {}),
    ],
)
def test_linked_words_are_what_the_offer_says_in_other_words(asked, offered, links):
    assert linked_words(asked, offered) == links


def test_latin_words_count_only_as_whole_words():
    assert implied_tokens(DemandDoc("d", "APPLE")) == {}


def test_the_lexicon_finds_what_shares_no_word():
    docs = [CapabilityDoc("a", "高分子材料中试"), CapabilityDoc("b", "果蔬汁中试")]

    ranked = Index.build(docs).rank(DemandDoc("d", "HDPE缆索护套"), 2)

    assert ranked[0].document_id == "a"
    assert ranked[0].features["lexicon"] == 1.0


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("化工", "化工", 1.0), ("化工", "新材料", 0.4), ("化工", "海洋", 0.0), ("", "", 0.0)],
)
def test_industry_similarity(one, other, expected):
    assert industry_similarity(one, other) == expected


def test_names_of_different_lists_that_mean_the_same_are_close():
    assert industry_similarity("高端装备", "高端装备制造") > 0.5
    assert industry_similarity("新能源", "新材料") == 0.0


def test_no_word_of_the_shipped_lexicon_stands_on_both_sides_of_a_line():
    lexicon = shipped_lexicon()

    assert not [word for word, heads in lexicon.wider.items() if word in heads]
