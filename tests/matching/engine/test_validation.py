from random import Random

from matching.engine.validation import cross_validated
from matching.engine.weights import shipped_weights
from tests.matching.engine.test_learning import PAIRS, judged


def test_weights_that_follow_the_judgements_gain_on_queries_they_have_not_seen():
    found = cross_validated(PAIRS, shipped_weights())

    assert found["auc"].gain.mean > 0
    assert found["auc"].after.mean > found["auc"].before.mean
    assert found["ndcg"].before.queries == 20


def test_order_of_pairs_changes_no_figure():
    shuffled = list(PAIRS)
    Random(7).shuffle(shuffled)

    assert cross_validated(shuffled, shipped_weights()) == cross_validated(PAIRS, shipped_weights())


def test_judgements_without_rhyme_or_reason_gain_nothing():
    noise = Random(3)
    pairs = [
        judged(f"q{n}", noise.random(), noise.random(), noise.choice([0, 2]))
        for n in range(40)
        for _ in range(4)
    ]

    gain = cross_validated(pairs, shipped_weights())["auc"].gain

    assert gain.low < 0


def test_queries_of_one_kind_alone_have_no_figure():
    pairs = [judged(f"q{n}", 1.0, 0.5, 0) for n in range(6)]

    found = cross_validated(pairs, shipped_weights())

    assert found["auc"].before.mean is None
    assert found["ndcg"].gain.queries == 0
