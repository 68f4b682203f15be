import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.fairness import exposure, spread
from matching.engine.index import Ranked


def ranked(*scores):
    return [Ranked(f"c{n}", n + 1, score, {}) for n, score in enumerate(scores)]


def ids(entries):
    return [entry.document_id for entry in entries]


def test_spread_lets_another_platform_in_where_it_is_as_good():
    entries = ranked(0.9, 0.9, 0.9, 0.9, 0.899, 0.2)
    owners = {"c0": "a", "c1": "a", "c2": "a", "c3": "a", "c4": "b", "c5": "b"}

    found = spread(entries, owners, 4)

    assert ids(found) == ["c0", "c1", "c2", "c4"]
    assert [entry.rank for entry in found] == [1, 2, 3, 4]


def test_spread_keeps_the_order_where_others_are_worse():
    entries = ranked(0.9, 0.9, 0.9, 0.9, 0.3)
    owners = {"c0": "a", "c1": "a", "c2": "a", "c3": "a", "c4": "b"}

    assert ids(spread(entries, owners, 4)) == ["c0", "c1", "c2", "c3"]


@given(
    st.lists(st.floats(0.01, 1), min_size=1, max_size=40),
    st.lists(st.sampled_from("abc"), min_size=40, max_size=40),
    st.integers(1, 12),
)
def test_spread_costs_at_most_one_percent(scores, owners, k):
    entries = ranked(*sorted(scores, reverse=True))
    owner_of = dict(zip(ids(entries), owners, strict=False))

    found = spread(entries, owner_of, k)

    discounts = 1 / np.log2(np.arange(2, len(found) + 2))
    before = np.array([entry.score for entry in entries[: len(found)]]) @ discounts
    after = np.array([entry.score for entry in found]) @ discounts
    assert len(found) == min(k, len(entries))
    assert len(set(ids(found))) == len(found)
    assert after >= 0.99 * before - 1e-12


def test_exposure_counts_high_places_more():
    shares = exposure([ranked(0.9, 0.8)], {"c0": "大型", "c1": "小型"})

    assert shares["大型"] > shares["小型"]
    assert sum(shares.values()) == 1
    assert exposure([], {}) == {}
