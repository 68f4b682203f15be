"""What must hold for any input: order of rows, deltas, stricter constraints, bad texts."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.documents import CapabilityDoc, DemandDoc
from matching.engine.explain import explain
from matching.engine.index import Index
from matching.engine.quantities import Interval, Quantity

WORDS = (
    *("锂电", "正极", "发酵", "中试", "轴承", "焊接", "涂层", "污水", "制氢", "药物"),
    *("SiC", "PA66", "，。", "１０", "kg", "<b>", "😀"),
)
texts = st.lists(st.sampled_from(WORDS), max_size=8).map("".join)
# a busy machine may take its time: what is tested is the answer, not the clock
bounded = settings(max_examples=40)
numbers = st.one_of(st.none(), st.floats(0, 1000))


@st.composite
def scales(draw):
    low, high = draw(numbers), draw(numbers)
    if low is not None and high is not None and low > high:
        low, high = high, low
    return (Quantity("mass", Interval(low, high), "kg"),)


@st.composite
def capabilities(draw, least=1):
    size = draw(st.integers(least, 12))
    return [
        CapabilityDoc(
            f"c{number:02d}",
            draw(texts) or "中试",
            draw(texts),
            industry=draw(st.sampled_from(["", "化工", "新材料"])),
            scale=draw(st.one_of(st.just(()), scales())),
            trl_low=draw(st.one_of(st.none(), st.integers(1, 5))),
            trl_high=draw(st.one_of(st.none(), st.integers(5, 9))),
            is_open=draw(st.sampled_from([None, True, False])),
            region_code=draw(st.sampled_from([None, "442000", "440300", "110000"])),
        )
        for number in range(size)
    ]


@st.composite
def demands(draw):
    return DemandDoc(
        "d",
        draw(texts) or "中试",
        draw(texts),
        industry=draw(st.sampled_from(["", "化工"])),
        scale=draw(st.one_of(st.just(()), scales())),
        needs_open=draw(st.booleans()),
    )


def vectors_of(docs, seed=0):
    return {
        doc.id: np.random.default_rng([seed, number]).standard_normal(384)
        for number, doc in enumerate(sorted(docs, key=lambda doc: doc.id))
    }


QUERY_VECTOR = np.random.default_rng(99).standard_normal(384)


@bounded
@given(capabilities(), demands(), st.randoms(use_true_random=False))
def test_permuting_the_rows_changes_nothing(docs, demand, random):
    vectors = vectors_of(docs)
    shuffled = random.sample(docs, len(docs))

    first = Index.build(docs, vectors).rank(demand, 20, QUERY_VECTOR)
    second = Index.build(shuffled, vectors).rank(demand, 20, QUERY_VECTOR)

    assert first == second


@bounded
@given(capabilities(least=2), demands(), st.data())
def test_a_delta_ranks_like_a_rebuild(docs, demand, data):
    vectors = vectors_of(docs)
    cut = data.draw(st.integers(0, len(docs)))
    gone = data.draw(st.sampled_from(docs)).id

    delta = Index.build(docs[:cut], vectors).changed(docs[cut:], vectors).changed(removed=[gone])
    whole = Index.build([doc for doc in docs if doc.id != gone], vectors)

    assert delta.rank(demand, 20, QUERY_VECTOR) == whole.rank(demand, 20, QUERY_VECTOR)
    assert delta.rank(demand, 20) == whole.rank(demand, 20)


@bounded
@given(capabilities(), st.lists(demands(), min_size=1, max_size=4), st.integers(1, 5))
def test_a_batch_ranks_like_single_queries(docs, asked, k):
    asked = [dataclasses.replace(one, id=f"d{n}") for n, one in enumerate(asked)]
    vectors, queries = vectors_of(docs), vectors_of(asked, seed=1)
    queries.pop(asked[-1].id)
    index = Index.build(docs, vectors)

    batch = list(index.rank_many(asked, k, queries))

    for demand, ranked in zip(asked, batch, strict=True):
        alone = index.rank(demand, k, queries.get(demand.id), with_checks=False)
        assert ranked == alone


@bounded
@given(capabilities(), demands(), st.integers(1, 9), st.integers(1, 9))
def test_a_stricter_constraint_never_adds_a_match(docs, demand, low, high):
    index = Index.build(docs)
    possible = {row.document_id for row in index.rank(demand, 99)}
    stricter = [
        dataclasses.replace(demand, trl_low=min(low, high), trl_high=max(low, high)),
        dataclasses.replace(demand, region_code="442000", region_required=True),
        dataclasses.replace(demand, needs_open=True),
        dataclasses.replace(demand, hazard_class="甲类"),
    ]

    for one in stricter:
        assert {row.document_id for row in index.rank(one, 99)} <= possible


@bounded
@given(capabilities(), demands(), st.floats(0, 1000), st.floats(0, 1000))
def test_a_narrower_scale_never_adds_a_match(docs, demand, one, other):
    low, high = min(one, other), max(one, other)
    wide = dataclasses.replace(demand, scale=(Quantity("mass", Interval(low, None), "kg"),))
    narrow = dataclasses.replace(demand, scale=(Quantity("mass", Interval(low, high), "kg"),))
    index = Index.build(docs)

    kept = {row.document_id for row in index.rank(narrow, 99)}

    assert kept <= {row.document_id for row in index.rank(wide, 99)}


def test_an_unrelated_capability_leaves_the_order_of_the_rest():
    docs = [
        CapabilityDoc("a", "锂电池正极材料中试", "磷酸铁锂"),
        CapabilityDoc("b", "锂电池电解液评测", "隔膜"),
        CapabilityDoc("c", "益生菌发酵中试", "冻干"),
    ]
    demand = DemandDoc("d", "磷酸铁锂正极材料")
    index = Index.build(docs)

    grown = index.changed([CapabilityDoc("z", "飞手培训")])

    before = [row.document_id for row in index.rank(demand, 9)]
    after = [row.document_id for row in grown.rank(demand, 9) if row.document_id != "z"]
    assert after == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "，。！？——……《》",
        "锂" * 20_000,
        "電池製造技術",
        "１２３４５６",
        "<script>alert(1)</script><p>锂电池</p>",
        "😀🔋🔋",
        "酶",
        "a",
        "\x00\x01\ud800",
    ],
    ids=["empty", "punctuation", "20000", "traditional", "full-width", "html", "emoji", "one",
         "latin", "control"],
)  # fmt: skip
def test_any_text_is_ranked_and_explained(text):
    docs = [CapabilityDoc("a", "锂电池正极材料中试"), CapabilityDoc("b", text or "无", text)]
    demand = DemandDoc("d", text, text)
    index = Index.build(docs)

    ranked = index.rank(demand, 9)

    assert sorted(row.document_id for row in ranked) == ["a", "b"]
    assert all(0 < row.score < 1 for row in ranked)
    assert explain(index, demand, "a").shares.keys() == {"lexical", "lexicon", "taxonomy"}


def test_a_demand_without_words_matches_nothing_and_says_so():
    (row,) = Index.build([CapabilityDoc("a", "锂电池")]).rank(DemandDoc("d", "，"), 9)

    assert set(row.features.values()) == {0.0}


def test_traditional_and_simplified_full_and_half_width_rank_alike():
    docs = [CapabilityDoc("a", "锂电池PA66中试"), CapabilityDoc("b", "发酵中试")]
    index = Index.build(docs)

    assert index.rank(DemandDoc("d", "鋰電池ＰＡ６６"), 9) == index.rank(
        DemandDoc("d", "锂电池PA66"), 9
    )


@bounded
@given(capabilities(least=1), demands())
def test_an_empty_index_and_k_of_nothing(docs, demand):
    empty = Index.build([]).rank(demand, 5)

    assert empty == []
    assert Index.build(docs).rank(demand, 0) == []
