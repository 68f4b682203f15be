"""The words behind a semantic hit: the nearest phrases of both texts, found after the ranking."""

from __future__ import annotations

from demands.models import Demand
from matching.engine.documents import CapabilityDoc, DemandDoc
from matching.engine.encoder import EncoderError
from matching.engine.explain import near_phrases
from matching.models import Match, MatchRun
from matching.selectors.documents import capability_docs, demand_docs
from matching.selectors.vectors import current_encoder
from matching.selectors.weights import RELEVANT_SCORE
from platforms.models import Capability

EXPLAINED = 5  # encoding phrases takes tenths of a second a pair


def find_phrases(*, run_id: int) -> int:
    """Store the nearest phrases of the best pairs of a run's own list; how many pairs.

    People see the list before; this adds to its reasons. Nothing without an encoder.
    """
    run, encoder = MatchRun.objects.get(pk=run_id), current_encoder()
    if encoder is None:
        return 0
    pairs = Match.objects.possible().filter(match_list__run=run, score__gte=RELEVANT_SCORE)
    if run.demand_id:
        pairs = pairs.filter(match_list__demand=run.demand_id)
    else:
        pairs = pairs.filter(match_list__capability=run.capability_id)
    found = list(pairs.ranked().values_list("demand_id", "capability_id")[:EXPLAINED])
    demands, capabilities = _docs(found)
    try:
        for demand_id, capability_id in found:
            if demand_id in demands and capability_id in capabilities:
                phrases = [
                    {"asked": item.query_text, "offered": item.document_text}
                    for item in near_phrases(
                        demands[demand_id], capabilities[capability_id], encoder
                    )
                ]
                pair = Match.objects.filter(demand=demand_id, capability=capability_id)
                pair.update(phrases=phrases)
    except EncoderError:
        return 0  # reported where vectors are made; the list is complete without phrases
    return len(found)


def _docs(
    pairs: list[tuple[int, int]],
) -> tuple[dict[int, DemandDoc], dict[int, CapabilityDoc]]:
    asked = Demand.objects.open().filter(pk__in={demand for demand, _ in pairs})
    offered = Capability.objects.shown().filter(pk__in={capability for _, capability in pairs})
    return (
        {int(doc.id): doc for doc in demand_docs(asked)},
        {int(doc.id): doc for doc in capability_docs(offered)},
    )
