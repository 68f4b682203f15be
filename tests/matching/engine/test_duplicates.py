from matching.engine.documents import DemandDoc
from matching.engine.duplicates import likeness, near_duplicates
from matching.engine.index import Index

DEMANDS = [
    DemandDoc("d1", "铸铁锅坯全自动抛光机", "砂带加磨轮恒压力跟踪磨削,内外表面均匀抛光"),
    DemandDoc("d2", "花椒脱苦", "去除花椒中苦味物质"),
]


def test_near_duplicates_finds_the_same_need_in_other_words_order():
    typed = DemandDoc("new", "全自动铸铁锅坯抛光机", "内外表面均匀抛光，砂带加磨轮恒压力跟踪磨削")

    (found,) = near_duplicates(Index.build(DEMANDS), typed)

    assert found.document_id == "d1"
    assert found.likeness > 0.8


def test_near_duplicates_leaves_out_itself_and_the_merely_related():
    index = Index.build(DEMANDS)

    assert near_duplicates(index, DEMANDS[0]) == []
    assert near_duplicates(index, DemandDoc("x", "花椒精油提取")) == []


def test_likeness_of_the_same_and_of_nothing():
    assert likeness(DEMANDS[0], DEMANDS[0]) == 1.0
    assert likeness(DemandDoc("a", "，"), DemandDoc("b", "")) == 0.0
