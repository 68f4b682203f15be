"""The weights that rank, and what each of their numbers means to people."""

from __future__ import annotations

from matching.engine.weights import Weights, shipped_weights, weights_from
from matching.models import MatchWeights

# calibrated probability from which a pair is worth somebody's time; weaker ones are folded away
RELEVANT_SCORE = 0.4
# from which a pair that fails a constraint is still worth showing as a near miss
RELATED_SCORE = 0.3
FEATURE_LABELS = {
    "lexical": "关键词相同",
    "lexicon": "专业词相近",
    "semantic": "语义相近",
    "taxonomy": "领域相同",
}


def active_weights() -> Weights:
    """The active version, or the one shipped with the engine while nobody activated any."""
    row = MatchWeights.objects.filter(is_active=True).first()
    return weights_from(row.record) if row else shipped_weights()


def feature_label(name: str) -> str:
    """What a feature is called on a page."""
    return FEATURE_LABELS.get(name, name)
