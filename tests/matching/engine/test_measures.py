import math

import numpy as np
import pytest

from matching.engine.measures import (
    auc,
    mean_with_interval,
    ndcg,
    recall,
    reciprocal_rank,
    spearman,
)


def test_ndcg_of_a_perfect_and_of_a_reversed_order():
    levels = np.array([3, 1, 0])

    assert ndcg(np.array([3, 2, 1]), levels) == pytest.approx(1)
    expected = (1 / math.log2(3) + 7 / math.log2(4)) / (7 + 1 / math.log2(3))
    assert ndcg(np.array([1, 2, 3]), levels) == pytest.approx(expected)


def test_auc_counts_a_tie_as_half():
    assert auc(np.array([1.0, 1.0]), np.array([True, False])) == 0.5
    assert auc(np.array([2.0, 1.0]), np.array([True, False])) == 1.0


def test_recall_and_reciprocal_rank():
    scores, relevant = np.array([3.0, 2.0, 1.0]), np.array([False, True, True])

    assert recall(scores, relevant, 2) == 0.5
    assert reciprocal_rank(scores, relevant) == 0.5


def test_figures_without_an_answer_are_nan_and_left_out_of_the_mean():
    nothing = np.array([False, False])

    assert math.isnan(ndcg(np.array([1.0, 2.0]), np.array([0, 0])))
    assert math.isnan(auc(np.array([1.0, 2.0]), nothing))
    assert math.isnan(recall(np.array([1.0, 2.0]), nothing, 1))
    assert math.isnan(reciprocal_rank(np.array([1.0, 2.0]), nothing))
    assert math.isnan(spearman(np.array([1.0, 1.0]), np.array([0, 1])))
    assert mean_with_interval([1.0, float("nan"), 1.0]) == (1.0, 1.0, 1.0)
