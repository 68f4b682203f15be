import pytest

from matching.engine.documents import CapabilityDoc, DemandDoc
from matching.engine.index import Index
from matching.engine.lexicon import (
    implied_tokens,
    industry_similarity,
    read_lexicon,
    shipped_lexicon,
)


def test_read_lexicon_reads_words_and_related_industries():
    lexicon = read_lexicon("# note\n高分子 聚合物: 塑料 pp\n\n~ 化工 新材料\n")

    assert lexicon.wider == {"塑料": ("高分子", "聚合物"), "pp": ("高分子", "聚合物")}
    assert lexicon.narrower["高分子"] == ("塑料", "pp")
    assert ("新材料", "化工") in lexicon.related


def test_a_demand_implies_the_wider_words_and_a_capability_the_special_ones():
    demand = implied_tokens(DemandDoc("d", "PP护套开裂"))
    capability = implied_tokens(CapabilityDoc("c", "高分子材料中试"))

    assert "高分" in demand
    assert "pp" in capability
    assert "pp" not in demand


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
