import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.scoring import CHUNKS, Column, Room, Scored, best_rows

bounded = settings(max_examples=60)
few_values = st.integers(-3, 3).map(float)


@bounded
@given(st.lists(few_values, min_size=1, max_size=CHUNKS * 6), st.integers(0, 9), st.integers(1, 9))
def test_the_best_rows_are_those_of_a_plain_sort(odds, k, modulus):
    def name(row):
        return f"{row * 7 % 11:02d}-{row:04d}"

    def allowed(rows):
        return rows % modulus == 0

    found = best_rows(np.array(odds, np.float32), allowed, k, name)

    rows = [row for row in range(len(odds)) if row % modulus == 0]
    assert found == sorted(rows, key=lambda row: (-odds[row], name(row)))[:k]


def test_more_rows_are_looked_at_while_too_few_are_allowed():
    odds = np.arange(CHUNKS * 100, dtype=np.float32)
    asked = []

    def allowed(rows):
        asked.append(len(rows))
        return rows < 5

    assert best_rows(odds, allowed, 3, str) == [4, 3, 2]
    assert asked == sorted(asked)
    assert asked[0] < 1000 < asked[-1] == len(odds)


def test_no_row_is_best_where_none_is_allowed():
    assert best_rows(np.zeros(5, np.float32), lambda rows: rows < 0, 3, str) == []
    assert best_rows(np.zeros(0, np.float32), None, 3, str) == []


def test_a_share_is_of_the_best_row_that_counts():
    values = np.array([4.0, 8.0, 2.0], np.float32)

    column = Column.share_of_best(values, np.array([1]))

    assert column.all().tolist() == [1.0, 2.0, 0.5]
    assert column.at([2, 0]) == [0.5, 1.0]


@pytest.mark.parametrize("left_out", [[0, 1, 2], []])
def test_a_feature_without_a_positive_value_is_zero(left_out):
    values = np.array([-1.0, 0.0, -2.0], np.float32)

    column = Column.share_of_best(values, np.array(left_out, int))

    assert column.factor == 0


def test_scores_are_the_weighted_sum_and_an_unused_room_is_not_read():
    columns = {
        "a": Column(np.array([1.0, 2.0], np.float32)),
        "b": Column(np.ones(2, np.float32), 0),
    }
    room = Room(2)

    one = Scored.of(columns, {"bias": -1.0, "a": 3.0, "b": 5.0}, room)

    assert one.odds_at([0, 1]) == [2.0, 5.0]
    assert one.features_at([1]) == [{"a": 2.0, "b": 0.0}]
    room.array("odds").fill(9)
    none = Scored.of({"b": columns["b"]}, {"bias": 0.0, "b": 5.0}, room)
    assert none.odds_at([0, 1]) == [0.0, 0.0]
