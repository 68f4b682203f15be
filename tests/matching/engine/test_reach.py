import numpy as np
import pytest

from matching.engine.documents import CapabilityDoc, DemandDoc
from matching.engine.index import Index
from matching.engine.reach import core_words, reach
from matching.engine.weights import SHIPPED, shipped_weights, weights_from

WEIGHTS = shipped_weights().reach
ASKED = np.array([1.0, 0.0, 0.0], np.float32)
NEAR = np.array([0.8, 0.6, 0.0], np.float32)
FAR = np.array([0.0, 0.6, 0.8], np.float32)
KILN = DemandDoc("d", "大型石灰窑均匀供风系统", "更大窑径下供风均匀")
DAIRY = CapabilityDoc("c1", "乳制品发酵中试", "益生菌发酵与冻干")
ROBOT = CapabilityDoc("c2", "机器人系统中试", "机器人系统集成")
LIME = CapabilityDoc("c3", "石灰窑供风试验", "石灰窑均匀供风装置试制")


def found(*offered, vectors, demand=KILN, vector=ASKED):
    index = Index.build(offered, vectors)
    ranked = index.rank(demand, 20, vector)
    return reach(index, demand, ranked, vector, WEIGHTS)


def test_chance_is_small_where_nobody_says_what_is_asked():
    result = found(DAIRY, ROBOT, vectors={"c1": FAR, "c2": FAR})

    assert result.chance < 0.3
    assert result.missing == ("石灰窑均匀供风",)


def test_chance_grows_with_what_is_said_and_with_nearness():
    without = found(DAIRY, ROBOT, vectors={"c1": FAR, "c2": FAR})
    said = found(DAIRY, LIME, vectors={"c1": FAR, "c3": FAR})
    said_and_near = found(DAIRY, LIME, vectors={"c1": FAR, "c3": NEAR})

    assert without.chance < said.chance < said_and_near.chance
    assert said.missing == ()
    assert said.evidence["words"] == 1


def test_words_said_in_part_or_by_their_class_count_half():
    plastics = CapabilityDoc("c4", "高分子中试")
    screens = CapabilityDoc("c5", "电视展示")

    by_class = found(plastics, vectors={"c4": NEAR}, demand=DemandDoc("d", "尼龙技术"))
    in_part = found(screens, vectors={"c5": NEAR}, demand=DemandDoc("d", "电视机技术"))

    assert by_class.evidence["words"] == 0.5
    assert in_part.evidence["words"] == 0.25  # one pair of two, half
    assert (by_class.missing, in_part.missing) == (("尼龙",), ("电视机",))


def test_cosine_is_that_of_the_vectors():
    result = found(LIME, DAIRY, vectors={"c3": NEAR})

    assert result.evidence["cosine"] == pytest.approx(0.8, abs=1e-3)


@pytest.mark.parametrize("vectors", [{}, {"c3": NEAR}])
def test_no_chance_is_given_without_vectors_on_both_sides(vectors):
    assert found(DAIRY, vectors={}, vector=ASKED if not vectors else None) is None
    assert found(LIME, vectors=vectors, vector=None) is None


def test_no_chance_is_given_for_an_empty_list():
    index = Index.build([DAIRY], {"c1": NEAR})

    assert reach(index, KILN, [], ASKED, WEIGHTS) is None


def test_asking_changes_neither_order_nor_scores():
    index = Index.build([DAIRY, ROBOT, LIME], {"c1": FAR, "c2": FAR, "c3": NEAR})
    before = index.rank(KILN, 20, ASKED)

    reach(index, KILN, before, ASKED, WEIGHTS)

    assert index.rank(KILN, 20, ASKED) == before


def test_everyday_words_are_no_core_words():
    assert core_words(DemandDoc("d", "关键技术研发与产业化")) == []
    assert core_words(DemandDoc("d", "PA66 护套 50 生产技术")) == ["pa66", "护套"]


def test_title_of_everyday_words_misses_nothing():
    demand = DemandDoc("d", "关键技术研发", "石灰窑供风")

    result = found(LIME, vectors={"c3": NEAR}, demand=demand)

    assert (result.evidence["words"], result.missing) == (1, ())


def test_versions_from_before_have_no_reach():
    record = shipped_weights().record()
    del record["reach"]

    assert weights_from(record).reach is None
    assert weights_from(shipped_weights().record()).reach == WEIGHTS
    assert "reach" in SHIPPED.read_text(encoding="utf-8")


def test_incomplete_reach_is_refused():
    record = shipped_weights().record()
    record["reach"] = {"encoder": "x", "bias": 0, "evidence": {"best": 1}}

    with pytest.raises(ValueError, match="不完整"):
        weights_from(record)


def test_what_is_missing_is_told_in_stretches_of_the_title():
    demand = DemandDoc("d", "活塞杆镀铬与脱落控制、机器人穿孔及其技术")

    result = found(ROBOT, vectors={"c2": FAR}, demand=demand)

    assert result.missing == ("活塞杆镀铬与脱落", "穿孔")
