"""Ranked lists: found by the engine, stored whole, replaced whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from matching.engine.constraints import Check
from matching.engine.documents import CapabilityDoc, DemandDoc, Doc
from matching.engine.fairness import spread
from matching.engine.fusion import shares
from matching.engine.index import Index, Ranked
from matching.engine.reach import Reach, reach
from matching.engine.relax import relaxations
from matching.engine.widen import widenings
from matching.enums import Side
from matching.models import Match, MatchList, MatchRun, ResourceMatch
from matching.selectors.index import Offers
from matching.selectors.vectors import current_encoder, version_of
from matching.selectors.weights import RELATED_SCORE, RELEVANT_SCORE
from taxonomy.models import Region

CHOICE = 3  # lists of this many times TOP are looked at when attention is spread
TOP = 20  # the best pairs that no stated constraint rules out
NEAR = 8  # the most relevant ones that a constraint does rule out
NEAR_DEPTH = 30  # how many of those are looked at for changes that would help
NEAR_AT_LEAST = 3
PLATFORMS = 10
RESOURCES = 8  # of each kind
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


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
    entries = best_entries(index, doc, vector)
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
        platforms=_platforms(index, doc, vector),
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


def _platforms(index: Index, doc: DemandDoc, vector: np.ndarray | None) -> list[dict[str, Any]]:
    """Platforms by their best capability, with how many of theirs are relevant.

    Looks down the ranking until enough platforms are found or nothing relevant is left.
    """
    depth = CHOICE * TOP
    while True:
        ranked = index.rank(doc, depth, vector, with_checks=False)
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


def _with_resources(
    found: FoundList, offers: Offers, doc: DemandDoc, vector: np.ndarray | None
) -> FoundList:
    """The resources and solutions worth showing, of each kind the best few."""
    ranked = offers.index.rank_within(doc, offers.rows_of, RESOURCES, vector)
    kept = {
        kind: [entry for entry in rows if entry.score >= RELEVANT_SCORE]
        for kind, rows in ranked.items()
    }
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
    if not isinstance(doc, DemandDoc):
        return index.rank(doc, TOP, vector)
    ranked = index.rank(doc, CHOICE * TOP, vector, with_checks=False)
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


@transaction.atomic
def store_lists(*, run: MatchRun, found: Sequence[FoundList]) -> int:
    """Replace the stored lists of the subjects in `found`, all of one side; how many were.

    Locks the lists in order of pk. A list that was made from a later reading stays as it is.
    """
    if not found:
        return 0
    key = f"{found[0].side}_id"
    by_subject = {item.subject_id: item for item in found}
    MatchList.objects.bulk_create(
        [MatchList(**{key: pk}, run=run, looked_at=NEVER) for pk in sorted(by_subject)],
        ignore_conflicts=True,
    )
    locked = MatchList.objects.select_for_update().filter(**{f"{key}__in": list(by_subject)})
    lists = [
        row
        for row in locked.order_by("pk")
        if row.looked_at <= by_subject[getattr(row, key)].looked_at
    ]
    old = Match.objects.filter(match_list__in=lists)
    phrases = _phrases(old)
    old.delete()
    regions = _region_names(found)
    entries: list[Match] = []
    for row in lists:
        item = by_subject[getattr(row, key)]
        _fill(row, item, run)
        entries += [_match(row, item, entry, at, regions) for at, entry in _numbered(item)]
    for entry in entries:
        entry.phrases = phrases.get((entry.demand_id, entry.capability_id), [])
    MatchList.objects.bulk_update(
        lists,
        [
            "run", "looked_at", "relevant_count", "possible_count", "near_count", "best_score",
            "chance", "missing", "terms", "relaxations", "platforms",
        ],
    )  # fmt: skip
    Match.objects.bulk_create(entries, batch_size=2000)
    _store_resources(lists, by_subject, regions)
    return len(lists)


def _store_resources(
    lists: Sequence[MatchList], by_subject: Mapping[int, FoundList], regions: Mapping[str, str]
) -> None:
    """Replace the resources of demands' lists."""
    ours = [row for row in lists if row.demand_id is not None]
    ResourceMatch.objects.filter(match_list__in=ours).delete()
    ResourceMatch.objects.bulk_create(
        [
            ResourceMatch(
                match_list=row,
                demand_id=item.subject_id,
                run_id=row.run_id,
                kind=kind,
                object_id=int(entry.document_id.partition(":")[2]),
                platform_id=item.platform_of[entry.document_id],
                rank=entry.rank,
                score=entry.score,
                shares=item.shares[entry.document_id],
                checks=[_check(check, regions) for check in entry.checks],
            )
            for row in ours
            for item in [by_subject[row.demand_id or 0]]
            for kind, entries in item.resources.items()
            for entry in entries
        ],
        batch_size=2000,
    )


def _phrases(old: QuerySet[Match]) -> dict[tuple[int, int], list[dict[str, str]]]:
    """Phrases found earlier; a text that changes has a run of its own, which finds them anew."""
    rows = old.exclude(phrases=[]).values_list("demand_id", "capability_id", "phrases")
    return {(demand, capability): found for demand, capability, found in rows}


def _fill(row: MatchList, item: FoundList, run: MatchRun) -> None:
    row.run = run
    row.looked_at = item.looked_at
    row.relevant_count = len(item.relevant)
    row.possible_count = len(item.entries)
    row.near_count = len(item.near)
    row.best_score = item.entries[0].score if item.entries else None
    row.chance = item.reach.chance if item.reach else None
    row.missing = list(item.reach.missing) if item.reach else []
    row.terms = item.terms
    row.relaxations = item.relaxations
    row.platforms = item.platforms


def _numbered(item: FoundList) -> list[tuple[int, Ranked]]:
    """Possible ones first, near misses after them, in one numbering."""
    return list(enumerate([*item.entries, *item.near], start=1))


def _match(
    row: MatchList, item: FoundList, entry: Ranked, rank: int, regions: Mapping[str, str]
) -> Match:
    is_demand = item.side == Side.DEMAND
    return Match(
        match_list=row,
        demand_id=item.subject_id if is_demand else int(entry.document_id),
        capability_id=int(entry.document_id) if is_demand else item.subject_id,
        run_id=row.run_id,
        rank=rank,
        score=entry.score,
        is_possible=entry.possible,
        features={name: round(value, 6) for name, value in entry.features.items()},
        shares=item.shares[entry.document_id],
        checks=[_check(check, regions) for check in entry.checks],
    )


def _check(check: Check, regions: Mapping[str, str]) -> dict[str, Any]:
    asked, offered = check.demand_value, check.capability_value
    if check.name == "region":
        asked, offered = regions.get(asked, asked), regions.get(offered, offered)
    return {
        "name": check.name,
        "label": check.label,
        "status": check.status,
        "asked": asked,
        "offered": offered,
        "relaxation": check.relaxation or "",
    }


def _region_names(found: Sequence[FoundList]) -> dict[str, str]:
    codes = {
        value
        for item in found
        for entry in chain(item.entries, item.near, *item.resources.values())
        for check in entry.checks
        if check.name == "region"
        for value in (check.demand_value, check.capability_value)
    }
    return dict(Region.objects.filter(pk__in=codes).values_list("pk", "name")) if codes else {}
