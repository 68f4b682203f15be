"""What a page shows of a stored list: cards with reasons, constraint checks and feedback."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, QuerySet, Value, When

from demands.access import DemandAccess
from demands.models import Demand
from matching.engine.lexicon import linked_words
from matching.enums import FeedbackSide, MismatchReason, Side, Verdict
from matching.models import Feedback, Match, MatchList, MatchRun
from matching.selectors.highlight import Piece, Text, shared_words, strong_terms
from matching.selectors.weights import RELEVANT_SCORE, feature_label, unmet
from platforms.models import Capability

SHOWN_CHARACTERS = 600
NEAREST = 3  # weak pairs shown openly where nothing better was found
# checks as the component knows them
RESULTS = {"met": "met", "not_met": "unmet", "unknown": "unknown"}
# the field of the demand's form that a relaxation is about
RELAXED_FIELDS = {
    "scale": "scale_high",
    "trl": "trl_current",
    "certificate": "certificates",
    "hazard": "hazard_class",
    "region": "wanted_region",
    "availability": "deadline_date",
    "budget": "budget_high_yuan",
}
WITHHELD = "对接后可见"


@dataclass(frozen=True, slots=True)
class Part:
    """One feature's share of the score bar, in percent from the left."""

    label: str
    share: float
    start: float


@dataclass(frozen=True, slots=True)
class CheckLine:
    label: str
    result: str
    asked: str
    offered: str
    hint: str


@dataclass(frozen=True, slots=True)
class PairCard:
    """One explained pair as it is shown: texts with marks, checks with both values, feedback."""

    match: Match
    demand_title: list[Piece]
    demand_text: list[Piece]
    capability_title: list[Piece]
    capability_text: list[Piece]
    words: list[str]
    links: dict[str, list[str]]
    parts: list[Part]
    checks: list[CheckLine]
    is_full_text: bool
    own: Feedback | None = None
    remarks: list[Feedback] = field(default_factory=list)
    is_rejected: bool = False

    @property
    def percent(self) -> int:
        """The calibrated score in percent."""
        return round(100 * self.match.score)

    @property
    def is_relevant(self) -> bool:
        return self.match.score >= RELEVANT_SCORE

    @property
    def phrases(self) -> list[dict[str, str]]:
        """Phrases of both texts that mean nearly the same; none of a withheld text."""
        return self.match.phrases if self.is_full_text else []

    @property
    def failed(self) -> list[CheckLine]:
        """Constraints that are not met: the reasons of a near miss."""
        return [check for check in self.checks if check.result == "unmet"]


@dataclass(frozen=True, slots=True)
class MatchPage:
    """A subject's list, sorted into what deserves attention and what does not."""

    side: str
    match_list: MatchList | None
    run: MatchRun | None
    best: list[PairCard]
    weak: list[PairCard]
    near: list[PairCard]
    rejected: list[PairCard]
    relaxations: list[dict[str, Any]]

    @property
    def cards(self) -> list[PairCard]:
        """All of them, in the order of the page."""
        return [*self.best, *self.weak, *self.near, *self.rejected]

    @property
    def folded(self) -> list[PairCard]:
        """Weak pairs that are folded away: all but the nearest few where nothing is better."""
        return self.weak if self.best else self.weak[NEAREST:]

    @property
    def is_unmet(self) -> bool:
        """Whether a demand's list counts as unmet, as its query told."""
        return bool(getattr(self.match_list, "is_unmet", False))

    @property
    def is_running(self) -> bool:
        return self.run is not None and not self.run.is_finished

    @property
    def has_failed(self) -> bool:
        return self.run is not None and self.run.status == "failed"


def demand_page(*, user: Any, demand: Demand) -> MatchPage:
    """The capabilities of `demand`'s list as `user` may see them. Six queries, however many."""
    is_unmet = Case(When(unmet(), then=Value(True)), default=Value(False))
    found = MatchList.objects.select_related("run").filter(demand=demand)
    match_list = found.annotate(is_unmet=is_unmet).first()
    cards = []
    if match_list is not None:
        rows = match_list.matches.live().ranked().select_related("capability__platform__region")
        said = Feedback.objects.filter(demand=demand, capability__isnull=False)
        judged = judgements(user, Side.DEMAND, said, "capability_id")
        texts = DemandTexts(demand, is_full=True)
        cards = [_card(match, texts, match_list, judged.get(match.capability_id)) for match in rows]
    run = MatchRun.objects.filter(demand=demand).newest_first().first()
    return _page(Side.DEMAND, match_list, run, cards, _named_relaxations(match_list))


def capability_page(*, user: Any, capability: Capability) -> MatchPage:
    """The demands of `capability`'s list; confidential texts only as far as `user` may read."""
    match_list = MatchList.objects.select_related("run").filter(capability=capability).first()
    cards = []
    if match_list is not None:
        rows = match_list.matches.filter(demand__in=Demand.objects.open()).ranked()
        rows = rows.select_related("demand__organisation", "demand__region", "demand__field")
        said = Feedback.objects.filter(capability=capability)
        judged = judgements(user, Side.CAPABILITY, said, "demand_id")
        readable = readable_demands(user, [match.demand for match in rows])
        for match in rows:
            match.capability = capability
            texts = DemandTexts(match.demand, is_full=match.demand_id in readable)
            cards.append(_card(match, texts, match_list, judged.get(match.demand_id)))
    run = MatchRun.objects.filter(capability=capability).newest_first().first()
    return _page(Side.CAPABILITY, match_list, run, cards, [])


def readable_demands(user: Any, demands: list[Demand]) -> set[int]:
    """Ids of those of `demands` whose full text `user` may read; one query at most."""
    access = DemandAccess(user)
    return {demand.pk for demand in demands if access.full_text_visible(demand)}


@dataclass(slots=True)
class Judged:
    """What was said of one pair, as somebody may read it."""

    own: Feedback | None = None
    remarks: list[Feedback] = field(default_factory=list)
    is_rejected: bool = False


def judgements(user: Any, side: str, said: QuerySet[Feedback], key: str) -> dict[int, Judged]:
    """Feedback by the other subject's id: one's own, what others say, whether this side refused.
    `key` is the field that holds that id.

    Each side sees its own judgements and those of brokers and staff; the latter see both sides'.
    """
    rows = said.select_related("given_by").order_by("updated_at")
    is_insider = user.has_role("government", "broker")
    found: dict[int, Judged] = {}
    for row in rows:
        entry = found.setdefault(getattr(row, key), Judged())
        if row.given_by_id == user.pk and row.side in {side, FeedbackSide.BROKER}:
            entry.own = row
        elif is_insider or row.side in {side, FeedbackSide.BROKER}:
            entry.remarks.append(row)
        if row.side == side and row.verdict == Verdict.UNSUITABLE:
            entry.is_rejected = True
    return found


class DemandTexts:
    """A demand's texts as far as they may be shown."""

    def __init__(self, demand: Demand, *, is_full: bool) -> None:
        self.is_full = is_full
        self.title = Text(demand.title)
        shown = demand.description if is_full else demand.public_text
        self.body = Text(shown[:SHOWN_CHARACTERS])

    @property
    def tokens(self) -> frozenset[str]:
        return self.title.tokens | self.body.tokens


def capability_text(capability: Capability) -> str:
    """What is shown of a capability beside its title."""
    parts = [capability.process, capability.description, capability.materials]
    equipment = "、".join(capability.equipment_names)
    return "；".join(part for part in [*parts, equipment] if part)[:SHOWN_CHARACTERS]


def _card(
    match: Match, demand: DemandTexts, match_list: MatchList, judged: Judged | None
) -> PairCard:
    title = Text(match.capability.title)
    body = Text(capability_text(match.capability))
    # only words of the shown texts are marked: a withheld text betrays none of its words
    both = demand.tokens & (title.tokens | body.tokens)
    wanted = {t: w for t, w in strong_terms(match_list.terms).items() if t in both}
    judged = judged or Judged()
    words = [*shared_words(title, wanted, both), *shared_words(body, wanted, both)]
    return PairCard(
        match=match,
        demand_title=demand.title.pieces(wanted.keys(), both),
        demand_text=demand.body.pieces(wanted.keys(), both),
        capability_title=title.pieces(wanted.keys(), both),
        capability_text=body.pieces(wanted.keys(), both),
        words=list(dict.fromkeys(words)),
        links=linked_words(
            f"{demand.title.text}\n{demand.body.text}", f"{title.text}\n{body.text}"
        ),
        parts=parts_of(match.shares),
        checks=[check_line(row, is_full=demand.is_full) for row in match.checks],
        is_full_text=demand.is_full,
        own=judged.own,
        remarks=judged.remarks,
        is_rejected=judged.is_rejected,
    )


def parts_of(shares: Mapping[str, float]) -> list[Part]:
    """What raised the score, largest first, as percents that sum to 100."""
    raising = sorted(((s, name) for name, s in shares.items() if s > 0), reverse=True)
    whole = sum(share for share, _ in raising)
    result, start = [], 0.0
    for share, name in raising:
        percent = 100 * share / whole
        result.append(Part(feature_label(name), percent, start))
        start += percent
    return result


def check_line(row: Mapping[str, str], *, is_full: bool) -> CheckLine:
    """One stored check as it is shown; what a withheld text asks stays withheld."""
    return CheckLine(
        label=row["label"],
        result=RESULTS[row["status"]],
        asked=row["asked"] if is_full else WITHHELD,
        offered=row["offered"],
        hint=row["relaxation"] if is_full else "",
    )


def _page(
    side: str,
    match_list: MatchList | None,
    run: MatchRun | None,
    cards: list[PairCard],
    relaxations: list[dict[str, Any]],
) -> MatchPage:
    kept = [card for card in cards if not card.is_rejected]
    possible = [card for card in kept if card.match.is_possible]
    return MatchPage(
        side=side,
        match_list=match_list,
        run=run,
        best=[card for card in possible if card.is_relevant],
        weak=[card for card in possible if not card.is_relevant],
        near=[card for card in kept if not card.match.is_possible],
        rejected=[card for card in cards if card.is_rejected],
        relaxations=relaxations,
    )


def _named_relaxations(match_list: MatchList | None) -> list[dict[str, Any]]:
    """The relaxations with the capabilities they would open, as links, and the field to change."""
    if match_list is None or not match_list.relaxations:
        return []
    ids = {pk for item in match_list.relaxations for pk in item["ids"]}
    shown = Capability.objects.shown().filter(pk__in=ids).select_related("platform__region")
    rows = {row.pk: row for row in shown}
    found = []
    for item in match_list.relaxations:
        opened = [rows[pk] for pk in item["ids"] if pk in rows]
        places = Counter(str(row.platform.region) for row in opened)
        where = "、".join(f"{name} {count} 项" for name, count in places.most_common(4))
        extra = {"field": RELAXED_FIELDS.get(item["name"], ""), "where": where}
        found.append({**item, **extra, "capabilities": opened})
    return found


def reason_choices() -> list[tuple[str, str]]:
    """Why a pair may be unsuitable, for a select."""
    return [(value, str(label)) for value, label in MismatchReason.choices]
