import numpy as np
import pytest

from matching.engine.documents import CapabilityDoc, DemandDoc
from matching.engine.explain import explain
from matching.engine.index import Index
from matching.engine.quantities import parse_quantity

CAPABILITIES = [
    CapabilityDoc(
        "c1",
        "锂电池正极材料中试",
        "磷酸铁锂正极材料公斤级到百公斤级中试",
        platform="电池材料平台",
        industry="新型储能",
        scale=(parse_quantity("10-50 kg/批"),),
        trl_low=4,
        trl_high=6,
        certificates=frozenset({"CNAS"}),
        region_code="442000",
        is_open=True,
    ),
    CapabilityDoc(
        "c2", "锂离子电池电解液评测", "电解液与隔膜评测", industry="新型储能", region_code="440300"
    ),
    CapabilityDoc("c3", "乳制品发酵中试", "益生菌发酵与冻干", industry="现代农业与食品"),
]
DEMAND = DemandDoc(
    "d1", "磷酸铁锂正极材料放大", "小试已完成，需要80公斤级中试验证", industry="新型储能"
)


def ids(ranked):
    return [row.document_id for row in ranked]


def test_rank_puts_the_relevant_first_and_counts_from_one():
    ranked = Index.build(CAPABILITIES).rank(DEMAND, 3)

    assert ids(ranked) == ["c1", "c2", "c3"]
    assert [row.rank for row in ranked] == [1, 2, 3]
    assert ranked[0].score > ranked[1].score > ranked[2].score


def test_rank_leaves_out_what_a_constraint_rules_out_and_keeps_the_unknown():
    demand = DemandDoc(
        "d", "锂电池材料中试", region_code="440300", region_required=True, needs_open=False
    )

    ranked = Index.build(CAPABILITIES).rank(demand, 3)

    status = {row.document_id: row.checks[0].status for row in ranked}
    assert status == {"c2": "met", "c3": "unknown"}


def test_near_misses_name_the_failed_constraint_and_the_nearest_relaxation():
    demand = DemandDoc("d", "锂电池正极材料中试", scale=(parse_quantity("80 kg/批"),))
    index = Index.build(CAPABILITIES)

    (miss,) = index.near_misses(demand)
    (relaxation,) = index.relaxations(demand)

    assert miss.document_id == "c1"
    assert not miss.possible
    assert miss.checks[0].relaxation == "规模由 80 kg/批 改为 50 kg"
    assert (relaxation.message, relaxation.gains) == ("规模由 80 kg/批 改为 50 kg", 1)


def test_changed_ranks_exactly_like_a_rebuild():
    rng = np.random.default_rng(1)
    vectors = {doc.id: rng.standard_normal(384) for doc in CAPABILITIES}
    replaced = CapabilityDoc("c2", "固态电池中试线", "硫化物固态电解质", industry="新型储能")
    query = rng.standard_normal(384)

    delta = Index.build(CAPABILITIES, vectors).changed([replaced], vectors, removed=["c3"])
    whole = Index.build([CAPABILITIES[0], replaced], vectors)

    assert len(delta) == 2
    assert delta.rank(DEMAND, 5, query) == whole.rank(DEMAND, 5, query)


def test_rank_works_backwards_from_a_capability_to_demands():
    demands = [
        DEMAND,
        DemandDoc("d2", "锂电池正极材料中试", region_code="440300", region_required=True),
        DemandDoc("d3", "酸奶发酵剂"),
    ]

    ranked = Index.build(demands).rank(CAPABILITIES[0], 5)

    assert ids(ranked) == ["d1", "d3"]


def test_build_refuses_a_repeated_id():
    with pytest.raises(ValueError, match="重复"):
        Index.build([CAPABILITIES[0], CAPABILITIES[0]])


def test_explain_highlights_the_same_words_in_both_texts():
    index = Index.build(CAPABILITIES)

    explanation = explain(index, DEMAND, "c1")

    term = explanation.terms[0]
    assert term.text == "磷酸铁锂正极材料"
    place = term.query_places[0]
    assert getattr(DEMAND, place.field)[place.span.start : place.span.end] == term.text
    assert (
        0.9 < sum(term.share for term in explanation.terms) <= 1
    )  # single characters bring the rest
    assert sum(abs(share) for share in explanation.shares.values()) == pytest.approx(1)
    assert [check.status for check in explanation.checks] == ["met"]
