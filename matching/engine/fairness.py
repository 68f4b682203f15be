"""A fair share of attention: no platform fills a list where others are as good, at a bounded price.

The declared policy: in a list, one owner takes at most ``most`` places as long as passing over its
further entries costs, over the whole list, no more than ``price`` of the discounted relevance (nDCG
with the scores as gains). The bound holds by construction, not on average.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from .index import Ranked

MOST = 3
PRICE = 0.01


def _discounts(size: int) -> np.ndarray:
    return 1 / np.log2(np.arange(2, size + 2))


def spread(
    ranked: Sequence[Ranked],
    owner_of: Mapping[str, str],
    k: int,
    *,
    most: int = MOST,
    price: float = PRICE,
) -> list[Ranked]:
    """The best ``k`` of ``ranked`` under the policy, numbered anew.

    ``ranked`` should be longer than ``k`` (three times is plenty) so that there is something to
    choose from; a document without a known owner is never passed over.
    """
    size = min(k, len(ranked))
    discounts = _discounts(size)
    original = np.array([entry.score for entry in ranked[:size]])
    budget = price * float(original @ discounts)
    rest, lost = list(ranked), 0.0
    chosen: list[Ranked] = []
    taken: dict[str | None, int] = {}
    for place in range(size):
        pick = next((e for e in rest if _has_room(e, owner_of, taken, most)), rest[0])
        loss = float(discounts[place]) * (float(original[place]) - pick.score)
        if lost + loss > budget:
            pick = rest[0]
            loss = float(discounts[place]) * (float(original[place]) - pick.score)
        lost += loss
        rest.remove(pick)
        owner = owner_of.get(pick.document_id)
        taken[owner] = taken.get(owner, 0) + 1
        chosen.append(replace(pick, rank=place + 1))
    return chosen


def _has_room(
    entry: Ranked, owner_of: Mapping[str, str], taken: Mapping[str | None, int], most: int
) -> bool:
    owner = owner_of.get(entry.document_id)
    return owner is None or taken.get(owner, 0) < most


def exposure(lists: Sequence[Sequence[Ranked]], group_of: Mapping[str, str]) -> dict[str, float]:
    """The share of attention each group gets: places count less the lower they are in a list.

    A group is a size class, a region, new or established … ; a document without one counts as
    未注明.
    """
    shares: dict[str, float] = {}
    for entries in lists:
        for entry, weight in zip(entries, _discounts(len(entries)), strict=True):
            group = group_of.get(entry.document_id, "未注明")
            shares[group] = shares.get(group, 0.0) + float(weight)
    whole = sum(shares.values())
    return {group: shares[group] / whole for group in sorted(shares)} if whole else {}
