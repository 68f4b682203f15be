from hypothesis import given
from hypothesis import strategies as st

from matching.engine.text import (
    _SIMPLE,
    MAX_CHARACTERS,
    normalise,
    normalise_with_positions,
    tokens,
)


def test_normalise_unifies_width_case_and_traditional_characters():
    assert normalise("ＰＡ６６ 鋰電池") == "pa66 锂电池"


def test_every_traditional_character_has_one_simplified_form():
    assert (
        normalise("鈉離子電池層狀氧化物，矽基負極，氫燃料")
        == "钠离子电池层状氧化物,硅基负极,氢燃料"
    )
    assert not set(_SIMPLE) & set(_SIMPLE.values())


def test_normalise_drops_markup_and_emoji_but_keeps_units():
    text = "<p>中试&nbsp;平台</p><script>x()</script>😀 7200㎡ 25℃"

    assert normalise(text).split() == ["中试", "平台", "7200m2", "25°c"]


def test_normalise_bounds_the_length():
    assert len(normalise("试" * 50_000)) == MAX_CHARACTERS


def test_tokens_are_bigrams_and_whole_latin_words_with_parts():
    assert tokens("PA66复合,SiC") == ["pa66", "pa", "66", "复", "合", "复合", "sic"]


def test_tokens_of_a_single_character_and_of_punctuation():
    assert tokens("酶") == ["酶"]
    assert tokens("，。！？——") == []


@given(st.text(max_size=200))
def test_positions_agree_with_the_normal_form(text):
    normal, positions = normalise_with_positions(text)

    assert normal == normalise(text)
    assert len(positions) == len(normal)
    assert positions == sorted(positions)
