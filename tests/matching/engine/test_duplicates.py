from matching.engine.documents import DemandDoc
from matching.engine.duplicates import LIKE, likeness

DEMANDS = [
    DemandDoc("d1", "铸铁锅坯全自动抛光机", "砂带加磨轮恒压力跟踪磨削,内外表面均匀抛光"),
    DemandDoc("d2", "花椒脱苦", "去除花椒中苦味物质"),
]


def test_the_same_need_in_another_order_of_words_is_alike():
    typed = DemandDoc("new", "全自动铸铁锅坯抛光机", "内外表面均匀抛光，砂带加磨轮恒压力跟踪磨削")

    assert likeness(typed, DEMANDS[0]) > 0.8
    assert likeness(DemandDoc("x", "花椒精油提取"), DEMANDS[1]) < LIKE


def test_likeness_of_the_same_and_of_nothing():
    assert likeness(DEMANDS[0], DEMANDS[0]) == 1.0
    assert likeness(DemandDoc("a", "，"), DemandDoc("b", "")) == 0.0
