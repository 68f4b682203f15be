"""Platforms, resources and solutions that suit a demand, and the demands that they suit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from demands.models import Demand
from matching.enums import FeedbackSide, ResourceKind, Side, Verdict
from matching.kinds import KIND_OF, MODEL_OF, resource_fields
from matching.models import Feedback, Match, MatchList, ResourceMatch
from matching.selectors.documents import TEXTS
from matching.selectors.highlight import Piece, Text, shared_words, strong_terms
from matching.selectors.results import (
    SHOWN_CHARACTERS,
    CheckLine,
    DemandTexts,
    Judged,
    MatchPage,
    Part,
    check_line,
    judgements,
    parts_of,
    readable_demands,
)
from matching.selectors.weights import RELEVANT_SCORE
from platforms.models import Capability, Platform

PLATFORM = "platform"
MOST_DEMANDS = 50
FEW = 3


@dataclass(frozen=True, slots=True)
class ResourceCard:
    """One resource or solution with its reasons; `unknown` names what nobody stated."""

    listing: Any
    rank: int
    percent: int
    title: list[Piece]
    text: list[Piece]
    words: list[str]
    parts: list[Part]
    checks: list[CheckLine]
    unknown: list[str]
    own: Feedback | None = None
    remarks: list[Feedback] = field(default_factory=list)
    is_rejected: bool = False


@dataclass(frozen=True, slots=True)
class PlatformCard:
    """A platform by its best capability, and what else of it suits."""

    platform: Platform
    rank: int
    percent: int
    capability: Capability
    count: int
    resources: list[tuple[str, int]]  # label of a kind, how many


def resource_cards(
    user: Any, match_list: MatchList, demand: Demand, kind: str
) -> list[ResourceCard]:
    """What of `kind` suits `demand`, best first, what its side refused last; only what is still
    shown. Three queries."""
    rows = list(match_list.resources.filter(kind=kind).order_by("rank", "pk"))
    shown = MODEL_OF[kind]._default_manager.shown().select_related("platform__region")
    listings = shown.in_bulk([row.object_id for row in rows])
    texts = DemandTexts(demand, is_full=True)
    said = Feedback.objects.filter(demand=demand, resource_kind=kind)
    judged = judgements(user, Side.DEMAND, said, "resource_id")
    found = [(row, judged.get(row.object_id) or Judged()) for row in rows]
    found = [(row, judged) for row, judged in found if row.object_id in listings]
    found.sort(key=lambda pair: pair[1].is_rejected)
    return [
        _card(row, rank, listings[row.object_id], texts, match_list, judged)
        for rank, (row, judged) in enumerate(found, start=1)
    ]


def _card(
    row: ResourceMatch,
    rank: int,
    listing: Any,
    demand: DemandTexts,
    match_list: MatchList,
    judged: Judged,
) -> ResourceCard:
    _title, *parts = TEXTS[KIND_OF[type(listing)]](listing)
    title = Text(str(listing))
    body = Text("；".join(part for part in parts if part)[:SHOWN_CHARACTERS])
    both = demand.tokens & (title.tokens | body.tokens)
    wanted = {t: w for t, w in strong_terms(match_list.terms).items() if t in both}
    words = [*shared_words(title, wanted, both), *shared_words(body, wanted, both)]
    lines = [check_line(check, is_full=True) for check in row.checks]
    return ResourceCard(
        listing=listing,
        rank=rank,
        percent=round(100 * row.score),
        title=title.pieces(wanted.keys(), both),
        text=body.pieces(wanted.keys(), both),
        words=list(dict.fromkeys(words)),
        parts=parts_of(row.shares),
        checks=[line for line in lines if line.result != "unknown"],
        unknown=list(dict.fromkeys(line.label for line in lines if line.result == "unknown")),
        own=judged.own,
        remarks=judged.remarks,
        is_rejected=judged.is_rejected,
    )


def platform_cards(match_list: MatchList) -> list[PlatformCard]:
    """The platforms that suit a demand, best first; only what is still shown. Three queries."""
    stored = match_list.platforms
    platforms = Platform.objects.shown().select_related("region")
    by_id = platforms.in_bulk([item["platform"] for item in stored])
    offers = Capability.objects.shown().in_bulk([item["capability"] for item in stored])
    counted = Counter(match_list.resources.values_list("platform_id", "kind"))
    found = [item for item in stored if item["platform"] in by_id and item["capability"] in offers]
    return [
        PlatformCard(
            platform=by_id[item["platform"]],
            rank=rank,
            percent=round(100 * item["score"]),
            capability=offers[item["capability"]],
            count=item["count"],
            resources=[
                (str(kind.label), counted[item["platform"], kind])
                for kind in ResourceKind
                if counted[item["platform"], kind]
            ],
        )
        for rank, item in enumerate(found, start=1)
    ]


def tab_counts(match_list: MatchList) -> dict[str, int]:
    """How many of each kind suit a demand and were not refused by its side. One query."""
    refused = _refused(FeedbackSide.DEMAND, OuterRef("kind"), OuterRef("object_id"))
    rows = match_list.resources.exclude(Exists(refused.filter(demand=OuterRef("demand"))))
    counts = Counter(rows.values_list("kind", flat=True))
    return {PLATFORM: len(match_list.platforms)} | {
        str(kind): counts[kind] for kind in ResourceKind.values
    }


def _refused(side: str, kind: Any, pk: Any) -> QuerySet[Feedback]:
    """Words of `side` that a resource or solution does not suit."""
    return Feedback.objects.filter(
        resource_kind=kind, resource_id=pk, side=side, verdict=Verdict.UNSUITABLE
    )


def also_related(user: Any, match_list: MatchList, demand: Demand) -> list[dict[str, Any]]:
    """The best few experts, solutions, lines and machines, for a demand without a capability."""
    order = (
        ResourceKind.EXPERT,
        ResourceKind.SOLUTION,
        ResourceKind.LINE,
        ResourceKind.EQUIPMENT,
    )
    found = [(kind, resource_cards(user, match_list, demand, kind)) for kind in order]
    kept = [(kind, [card for card in cards if not card.is_rejected]) for kind, cards in found]
    return [
        {"label": str(kind.label), "url": f"?kind={kind.value}", "cards": cards[:FEW]}
        for kind, cards in kept
        if cards
    ]


def offer_lines(user: Any, demand: Demand, kind: str) -> list[dict[str, Any]]:
    """What of `kind` suits `demand`, in plain values for machines."""
    match_list = MatchList.objects.filter(demand=demand).first()
    if match_list is None:
        return []
    if kind == PLATFORM:
        return [
            _line(kind, card.platform, card.platform, card)
            | {"capability": card.capability.slug, "count": card.count}
            for card in platform_cards(match_list)
        ]
    return [
        _line(kind, card.listing, card.listing.platform, card)
        | {"words": card.words, "checks": card.checks, "unknown": card.unknown}
        | {"own": card.own, "is_rejected": card.is_rejected}
        for card in resource_cards(user, match_list, demand, kind)
    ]


def _line(kind: str, listing: Any, platform: Platform, card: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "rank": card.rank,
        "percent": card.percent,
        "slug": listing.slug,
        "title": str(listing),
        "url": listing.get_absolute_url(),
        "platform": platform.slug,
        "capability": "",
        "count": 1,
        "words": [],
        "checks": [],
        "unknown": [],
        "own": None,
        "is_rejected": False,
    }


def demand_tabs(page: MatchPage, active: str) -> list[dict[str, Any]]:
    """Tabs over what suits a demand, with their counts; none before the first run."""
    if page.match_list is None:
        return []
    counts = tab_counts(page.match_list)
    labels = {PLATFORM: "平台"} | {str(kind): str(kind.label) for kind in ResourceKind}
    first = {"label": "能力", "url": "?", "active": active not in labels, "count": len(page.best)}
    return [first] + [
        {"label": label, "url": f"?kind={kind}", "active": kind == active, "count": counts[kind]}
        for kind, label in labels.items()
    ]


@dataclass(frozen=True, slots=True)
class DemandFit:
    """A demand that something suits, by the best of what suits it."""

    demand: Demand
    percent: int
    text: str
    is_full: bool
    parts: list[Part]
    checks: list[CheckLine]
    capability: Capability | None = None
    count: int = 1
    own: Feedback | None = None
    remarks: list[Feedback] = field(default_factory=list)
    is_rejected: bool = False


@dataclass(slots=True)
class _Best:
    match: Any
    capability: Capability | None = None
    others: set[int] = field(default_factory=set)


def demands_suited(user: Any, listing: Any) -> list[DemandFit]:
    """The open demands that a platform, resource or solution suits, best first.

    Confidential texts only as far as `user` may read them. A platform's are those of its
    capabilities that its side has not called unsuitable; what its side refused of a resource's
    comes last.
    """
    judged: dict[int, Judged] = {}
    if isinstance(listing, Platform):
        best = _by_capabilities(listing)
    else:
        rows = resource_matches(listing)
        best = {row.demand_id: _Best(row) for row in rows[:MOST_DEMANDS]}
        said = Feedback.objects.filter(**resource_fields(listing))
        judged = judgements(user, Side.CAPABILITY, said, "demand_id")
    demands = [one.match.demand for one in best.values()]
    readable = readable_demands(user, demands)
    fits = [
        _fit(one, judged.get(pk) or Judged(), is_full=pk in readable) for pk, one in best.items()
    ]
    return sorted(fits, key=lambda fit: fit.is_rejected)


def resource_matches(listing: Any) -> QuerySet[ResourceMatch]:
    """Places of a resource or solution in the lists of open demands, best first."""
    rows = ResourceMatch.objects.filter(
        kind=KIND_OF[type(listing)], object_id=listing.pk, demand__in=Demand.objects.open()
    )
    related = ("demand__organisation", "demand__region", "demand__field")
    return rows.select_related(*related).order_by("-score", "demand_id")


def platform_matches(platform: Platform) -> QuerySet[Match]:
    """Relevant entries of the lists of a platform's capabilities, best first."""
    refused = Feedback.objects.filter(
        capability__platform=platform,
        side=FeedbackSide.CAPABILITY,
        verdict=Verdict.UNSUITABLE,
    ).values_list("demand_id", "capability_id")
    rows = Match.objects.for_capabilities().possible().live()
    rows = rows.filter(
        capability__platform=platform,
        demand__in=Demand.objects.open(),
        score__gte=RELEVANT_SCORE,
    )
    for demand_id, capability_id in refused:
        rows = rows.exclude(demand=demand_id, capability=capability_id)
    related = ("demand__organisation", "demand__region", "demand__field", "capability")
    return rows.select_related(*related).order_by("-score", "demand_id", "pk")


def _by_capabilities(platform: Platform) -> dict[int, _Best]:
    found: dict[int, _Best] = {}
    for match in platform_matches(platform)[: 10 * MOST_DEMANDS]:
        one = found.setdefault(match.demand_id, _Best(match, match.capability))
        one.others.add(match.capability_id)
    return dict(list(found.items())[:MOST_DEMANDS])


def _fit(one: _Best, judged: Judged, *, is_full: bool) -> DemandFit:
    demand = one.match.demand
    text = demand.description if is_full else demand.public_text
    lines = [check_line(check, is_full=is_full) for check in one.match.checks]
    return DemandFit(
        demand=demand,
        percent=round(100 * one.match.score),
        text=text[:SHOWN_CHARACTERS],
        is_full=is_full,
        parts=parts_of(one.match.shares),
        checks=[line for line in lines if line.result != "unknown"],
        capability=one.capability,
        count=max(len(one.others), 1),
        own=judged.own,
        remarks=judged.remarks,
        is_rejected=judged.is_rejected,
    )
