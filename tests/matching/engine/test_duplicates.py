from matching.engine.duplicates import LIKE, distinct_tokens, likeness

POLISHER = distinct_tokens("铸铁锅坯全自动抛光机", "砂带加磨轮恒压力跟踪磨削,内外表面均匀抛光")
PEPPER = distinct_tokens("花椒脱苦", "去除花椒中苦味物质")


def test_the_same_need_in_another_order_of_words_is_alike():
    typed = distinct_tokens("全自动铸铁锅坯抛光机", "内外表面均匀抛光，砂带加磨轮恒压力跟踪磨削")

    assert likeness(typed, POLISHER) > 0.8
    assert likeness(distinct_tokens("花椒精油提取"), PEPPER) < LIKE


def test_likeness_of_the_same_and_of_nothing():
    assert likeness(POLISHER, POLISHER) == 1.0
    assert likeness(distinct_tokens("，"), distinct_tokens("")) == 0.0
