import json

from matching.engine.learning import Judged, figures, learn, retrained
from matching.engine.weights import SHIPPED, shipped_weights, weights_from

PRESENT = shipped_weights().with_encoder


def judged(query, lexical, semantic, level):
    features = {"lexical": lexical, "semantic": semantic, "lexicon": 0.0, "taxonomy": 0.0}
    return Judged(query, features, level)


# relevance follows the meaning, not the words
PAIRS = [
    judged(f"q{n}", lexical, semantic, level)
    for n in range(20)
    for lexical, semantic, level in ((1.0, 0.1, 0), (0.2, 1.0, 3), (0.8, 0.2, 0), (0.1, 0.8, 2))
]


def test_learn_follows_the_judgements_and_leaves_the_unseen_alone():
    learnt = learn(PAIRS, PRESENT)

    assert learnt["semantic"] > PRESENT["semantic"]
    assert learnt["lexical"] < PRESENT["lexical"]
    assert learnt["taxonomy"] == PRESENT["taxonomy"]


def test_learn_without_pairs_keeps_the_weights():
    assert learn([], PRESENT) == dict(PRESENT)


def test_retrained_weights_order_the_pairs_better_and_name_their_version():
    before = shipped_weights()

    after = retrained(before, PAIRS, "test")

    assert after.version == "test"
    assert figures(PAIRS, after).auc > figures(PAIRS, before).auc
    assert figures(PAIRS, after).queries == 20


def test_weights_survive_their_json_form():
    record = json.loads(SHIPPED.read_text(encoding="utf-8"))

    assert weights_from(shipped_weights().record()) == weights_from(record)
