"""Ranked lists as the engine finds them; `storing` keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np

from matching.engine.documents import CapabilityDoc, DemandDoc, Doc
from matching.engine.fairness import spread
from matching.engine.fusion import shares
from matching.engine.index import Index, Ranked
from matching.engine.reach import Reach, reach
from matching.engine.relax import relaxations
from matching.engine.widen import widenings
from matching.enums import Side
from matching.selectors.index import Offers
from matching.selectors.vectors import current_encoder, version_of
from matching.selectors.weights import RELATED_SCORE, RELEVANT_SCORE

CHOICE = 3  # lists of this many times TOP are looked at when attention is spread
TOP = 20  # the best pairs that no stated constraint rules out
NEAR = 8  # the most relevant ones that a constraint does rule out
NEAR_DEPTH = 30  # how many of those are looked at for changes that would help
NEAR_AT_LEAST = 3
PLATFORMS = 10
RESOURCES = 8  # of each kind


@dataclass(frozen=True, slots=True)
class FoundList:
    """What the engine says about one subject, and when the rows it read were read."""

    side: str
    subject_id: int
    looked_at: datetime
    entries: list[Ranked]
    near: list[Ranked]
    shares: dict[str, dict[str, float]]
    terms: dict[str, int]
    relaxations: list[dict[str, Any]]
    searched_count: int
    weights_version: str
    reach: Reach | None = None  # of a demand, where there are vectors to tell it by
    platforms: list[dict[str, Any]] = field(default_factory=list)
    resources: dict[str, list[Ranked]] = field(default_factory=dict)
    platform_of: dict[str, int] = field(default_factory=dict)  # of each resource's document

    @property
    def relevant(self) -> list[Ranked]:
        """Entries worth somebody's time, best first."""
        return [entry for entry in self.entries if entry.score >= RELEVANT_SCORE]


def find_list(
    *,
    index: Index,
    doc: Doc,
    vector: np.ndarray | None,
    looked_at: datetime,
    offers: Offers | None = None,
) -> FoundList:
    """Rank the other side for `doc`: capabilities for a demand, demands for a capability.

    For a demand also the platforms they belong to and, out of `offers`, resources and solutions.
    """
    ranked = _choice(index, doc, vector)
    entries = _spread(index, doc, ranked)
    near, relaxed = _near_misses(index, doc, vector, entries)
    found = FoundList(
        side=Side.DEMAND if isinstance(doc, DemandDoc) else Side.CAPABILITY,
        subject_id=int(doc.id),
        looked_at=looked_at,
        entries=entries,
        near=near,
        shares={row.document_id: _shares(index, row) for row in [*entries, *near]},
        terms=index.term_weights(doc),
        relaxations=relaxed,
        searched_count=len(index),
        weights_version=index.weights.version,
    )
    if not isinstance(doc, DemandDoc):
        return found
    found = replace(
        found,
        reach=_reach(index, doc, entries, vector),
        platforms=_platforms(index, doc, vector, ranked),
    )
    return found if offers is None else _with_resources(found, offers, doc, vector)


def _reach(
    index: Index, doc: DemandDoc, entries: Sequence[Ranked], vector: np.ndarray | None
) -> Reach | None:
    """The chance that somebody in the list can do it; None with an encoder that the weights do not
    know."""
    weights = index.weights.reach
    if weights is None or version_of(current_encoder()) != weights.encoder:
        return None
    return reach(index, doc, entries, vector, weights)


def _platforms(
    index: Index, doc: DemandDoc, vector: np.ndarray | None, ranked: Sequence[Ranked]
) -> list[dict[str, Any]]:
    """Platforms by their best capability, with how many of theirs are relevant.

    Looks down the ranking, further than `ranked` goes, until enough platforms are found or nothing
    relevant is left.
    """
    depth = CHOICE * TOP
    while True:
        found: dict[str, dict[str, Any]] = {}
        for entry in ranked:
            if entry.score < RELEVANT_SCORE:
                break
            row = index.document(entry.document_id)
            if not isinstance(row, CapabilityDoc):
                continue
            first = {
                "platform": int(row.platform_id),
                "capability": int(row.id),
                "score": entry.score,
                "count": 0,
            }
            found.setdefault(row.platform_id, first)["count"] += 1
        is_all = len(ranked) < depth or ranked[-1].score < RELEVANT_SCORE
        if is_all or len(found) >= PLATFORMS:
            return list(found.values())[:PLATFORMS]
        depth *= 4
        ranked = index.rank(doc, depth, vector, with_checks=False)


def _with_resources(
    found: FoundList, offers: Offers, doc: DemandDoc, vector: np.ndarray | None
) -> FoundList:
    """The resources and solutions worth showing, of each kind the best few."""
    kept = offers.index.rank_within(doc, offers.rows_of, RESOURCES, vector, least=RELEVANT_SCORE)
    every = [entry for rows in kept.values() for entry in rows]
    docs = {entry.document_id: offers.index.document(entry.document_id) for entry in every}
    return replace(
        found,
        resources=kept,
        shares=found.shares | {e.document_id: _shares(offers.index, e) for e in every},
        platform_of={
            pk: int(row.platform_id) for pk, row in docs.items() if isinstance(row, CapabilityDoc)
        },
    )


def best_entries(index: Index, doc: Doc, vector: np.ndarray | None) -> list[Ranked]:
    """The best pairs of one subject.

    In a demand's list no platform takes every place where others are as good.

    The policy and its price are declared in `matching.engine.fairness`.
    """
    return _spread(index, doc, _choice(index, doc, vector))


def _choice(index: Index, doc: Doc, vector: np.ndarray | None) -> list[Ranked]:
    """What there is to choose from."""
    if not isinstance(doc, DemandDoc):
        return index.rank(doc, TOP, vector)
    return index.rank(doc, CHOICE * TOP, vector, with_checks=False)


def _spread(index: Index, doc: Doc, ranked: list[Ranked]) -> list[Ranked]:
    if not isinstance(doc, DemandDoc):
        return ranked
    found = [index.document(entry.document_id) for entry in ranked]
    owners = {row.id: row.platform_id for row in found if isinstance(row, CapabilityDoc)}
    chosen = spread(ranked, owners, TOP)
    tables = index.checks_many(doc, [entry.document_id for entry in chosen])
    return [replace(entry, checks=table) for entry, table in zip(chosen, tables, strict=True)]


def _near_misses(
    index: Index, doc: Doc, vector: np.ndarray | None, entries: Sequence[Ranked]
) -> tuple[list[Ranked], list[dict[str, Any]]]:
    """What a constraint rules out although it is related, and which single change lets it in: of
    the demand in its own list, of the capability in the list of the capability.

    Where nothing possible is relevant, the nearest few are kept however weak: an owner is never
    left with an empty page.
    """
    found = index.near_misses(doc, NEAR_DEPTH, vector)
    if not isinstance(doc, DemandDoc):
        return [_widened(index, doc, e) for e in found if e.score >= RELATED_SCORE][:NEAR], []
    related = [entry for entry in found if entry.score >= RELATED_SCORE]
    if not any(entry.score >= RELEVANT_SCORE for entry in entries):
        related = related or found[:NEAR_AT_LEAST]
    candidates = [index.document(entry.document_id) for entry in related]
    changes = relaxations(doc, [row for row in candidates if isinstance(row, CapabilityDoc)])
    return related[:NEAR], [
        {
            "name": change.name,
            "label": change.label,
            "message": change.message,
            "gains": change.gains,
            "ids": [int(pk) for pk in change.document_ids[:NEAR]],
        }
        for change in changes
    ]


def _widened(index: Index, doc: CapabilityDoc, entry: Ranked) -> Ranked:
    """A near miss of a capability, with what the capability would have to offer instead of what
    the demand would have to give up."""
    demand = index.document(entry.document_id)
    changes = widenings(demand, doc) if isinstance(demand, DemandDoc) else {}
    return replace(
        entry,
        checks=tuple(
            replace(check, relaxation=changes.get((check.name, check.demand_value)))
            for check in entry.checks
        ),
    )


def _shares(index: Index, row: Ranked) -> dict[str, float]:
    """What each feature brought to the score of one entry."""
    weights = index.weights.features(has_vector="semantic" in row.features)
    return {name: round(value, 4) for name, value in shares(weights, row.features).items()}
