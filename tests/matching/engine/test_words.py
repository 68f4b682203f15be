from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.text import tokens
from matching.engine.words import word_runs


def shared_words(text, other, wanted=None):
    shared = set(tokens(text)) & set(tokens(other))
    return [text[run.start : run.end] for run in word_runs(text, wanted or shared, shared)]


@pytest.mark.parametrize(
    ("text", "other", "words"),
    [
        ("合成放大试验", "合成放大", ["合成放大"]),
        ("合成放大", "完成放料", []),
        ("聚合放大", "放大聚合", ["聚合", "放大"]),
        ("聚合反应", "聚合釜", ["聚合"]),
        ("聚合反应釜放大", "聚合反应釜", ["聚合反应釜"]),
        ("淀粉酶的水解", "淀粉酶水解", ["淀粉酶", "水解"]),
        ("鋰離子電池，ＰＡ66", "pa66 锂离子电池", ["鋰離子電池", "ＰＡ66"]),
        ("PA6", "PA66", []),
        ("酶", "酶", []),
        ("提纯50公斤", "50公斤提纯", ["提纯"]),
        ("<b>精馏</b>塔", "精馏塔", ["精馏"]),
        ("", "，。", []),
    ],
)
def test_word_runs_are_words_both_texts_hold(text, other, words):
    assert shared_words(text, other) == words


def test_a_pair_across_two_words_is_widened_to_both():
    assert shared_words("合成放大试验", "合成放大", {"成放"}) == ["合成放大"]


def test_a_shared_word_that_does_not_count_is_not_found():
    assert shared_words("技术，精馏", "精馏技术", {"精馏"}) == ["精馏"]


@given(
    st.text(alphabet="合成放大聚反应釜酶的锂電池ＰＡ6 <b>&amp;😀-.", max_size=40),
    st.text(alphabet="合成放大聚反应釜酶的锂電池ＰＡ6 <b>&amp;😀-.", max_size=40),
)
def test_word_runs_lie_apart_in_order_and_in_both_texts(text, other):
    shared = set(tokens(text)) & set(tokens(other))

    runs = word_runs(text, shared, shared)

    assert all(0 <= run.start < run.end <= len(text) for run in runs)
    assert all(one.end <= following.start for one, following in pairwise(runs))
    assert all(set(tokens(text[run.start : run.end])) <= shared for run in runs)
