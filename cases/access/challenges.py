"""Who may put a demand forward, bid for it, read what was bid, and judge (Z06)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.access import RegionAccess, in_regions_of
from accounts.enums import Role
from cases.access.projects import ENTERPRISE_ROLES
from cases.enums import BidStatus, ChallengeStatus
from cases.models import Bid, Challenge
from cases.querysets import UNSEALED
from cases.states import BID, CHALLENGE
from core.access import ALLOWED, Access, Decision
from core.states import Relation

OWNER, COUNTERPART, STAFF = Relation.OWNER, Relation.COUNTERPART, Relation.STAFF
REVIEWER, MEMBER, VISITOR = Relation.REVIEWER, Relation.MEMBER, Relation.VISITOR
SYSTEM = Relation.SYSTEM
EDITABLE = (ChallengeStatus.DRAFT, ChallengeStatus.RETURNED)
BEFORE = (*EDITABLE, ChallengeStatus.IN_REVIEW, ChallengeStatus.ACCEPTED, ChallengeStatus.OPEN)
# what is no move but wants a state, and what is said outside of it
WANTED: dict[str, tuple[Collection[str], str]] = {
    "edit": (EDITABLE, "提交以后不能修改。"),
    "extend": ([ChallengeStatus.OPEN], "只有揭榜中的可以延期。"),
    "bid": ([ChallengeStatus.OPEN], "现在不接受揭榜。"),
    "invite": ([ChallengeStatus.OPEN, ChallengeStatus.JUDGING], "发榜后、选定前才能邀请专家。"),
    "read_bids": (UNSEALED, "方案在揭榜截止后拆封。"),
    "object": ([ChallengeStatus.PUBLICITY], "只有公示期内可以提出异议。"),
}


class ChallengeAccess(RegionAccess):
    """OWNER speaks for the enterprise whose demand it is, STAFF look after its region, COUNTERPART
    runs a platform and may bid, REVIEWER was invited to give marks. Public once on a list."""

    model = Challenge
    machine = CHALLENGE
    actions: ClassVar = {
        "view": frozenset({VISITOR, SYSTEM}),
        "propose": frozenset({OWNER}),
        "edit": frozenset({OWNER}),
        "list": frozenset({STAFF}),
        "extend": frozenset({OWNER, STAFF}),
        "invite": frozenset({STAFF}),
        "count_bids": frozenset({OWNER, STAFF}),
        "read_bids": frozenset({OWNER, STAFF, REVIEWER}),
        "bid": frozenset({COUNTERPART}),
        "object": frozenset({MEMBER}),
        "answer_objection": frozenset({STAFF}),
    }
    labels: ClassVar = {
        "view": "查看技术揭榜项目",
        "propose": "用需求提出揭榜",
        "edit": "修改草稿",
        "list": "编制榜单",
        "extend": "延长揭榜截止日",
        "invite": "邀请评审专家",
        "count_bids": "查看收到几份方案",
        "read_bids": "拆封后查看方案与评分",
        "bid": "揭榜",
        "object": "公示期内提出异议",
        "answer_objection": "答复异议",
    }
    names: ClassVar = {OWNER: "需求单位", COUNTERPART: "中试平台运营人员"}

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        found = set(super().relations(obj))
        if MEMBER not in found or not self.user.is_active:
            return frozenset(found)
        mine = self.user.organisation_ids(*ENTERPRISE_ROLES)
        if mine if obj is None else obj.demand.organisation_id in mine:
            found.add(OWNER)
        if self.user.organisation_ids(Role.OPERATOR):
            found.add(COUNTERPART)
        if self.user.has_role(Role.REVIEWER) and self._is_invited(obj):
            found.add(REVIEWER)
        return frozenset(found)

    def _is_invited(self, obj: Challenge | None) -> bool:
        if obj is None:
            return True
        return obj.pk is not None and obj.reviewers.filter(pk=self.user.pk).exists()

    def owned(self) -> Q:
        """Those of the enterprises that the user speaks for."""
        if self.is_system or not getattr(self.user, "is_authenticated", False):
            return Q(pk__in=[])
        return Q(demand__organisation__in=self.user.organisation_ids(*ENTERPRISE_ROLES))

    def visible(self) -> QuerySet[Challenge]:
        """Public ones, the own ones, and what was handed in to the staff of a region."""
        if self.is_system:
            return Challenge.objects.all()
        handed_in = self.watched() & ~Q(status__in=EDITABLE)
        public = Challenge.objects.public().values("pk")
        return Challenge.objects.filter(Q(pk__in=public) | self.owned() | handed_in)

    def check(self, action: str, obj: Any | None) -> Decision:
        """The state and the day that each action wants."""
        if obj is None:
            return ALLOWED
        if action == "bid" and OWNER in self.relations(obj):
            return Decision(False, "这是本单位的需求，不能自己揭榜。", "own_challenge")
        today, status = timezone.localdate(), obj.status
        found = _on_the_way(action, obj, today) if status in BEFORE else ""
        if action in WANTED and status not in WANTED[action][0]:
            found = WANTED[action][1]
        elif action in {"object", "settle"}:
            found = _in_publicity(action, obj, today)
        return Decision(False, found, "wrong_state") if found else ALLOWED


def _on_the_way(action: str, row: Challenge, today: date) -> str:
    """Why a challenge that takes no bids yet, or takes them, cannot be moved; else nothing."""
    if action in {"submit", "accept", "publish"}:
        if row.due_date <= today:
            return f"“{row}”的揭榜截止日须晚于今天，请先修改。"
        return "" if row.demand.is_open else f"“{row}”已不在征集中，不能揭榜。"
    if action == "bid" and row.due_date < today:
        return "揭榜已经截止。"
    if action == "unseal" and row.due_date >= today:
        return "揭榜截止以后才能拆封。"
    return ""


def _in_publicity(action: str, row: Challenge, today: date) -> str:
    """Why a choice that is public cannot be objected to, or does not hold yet; else nothing."""
    is_over = row.publicity_until is not None and today > row.publicity_until
    if action == "object":
        return "公示期已满。" if is_over else ""
    if not is_over:
        return "公示期还没有满。"
    return "还有异议没有答复。" if row.objections.filter(answered_at=None).exists() else ""


class BidAccess(Access):
    """OWNER is the bidder; COUNTERPART put the demand forward. Until bids are opened nobody but
    the bidder knows of one."""

    model = Bid
    machine = BID
    actions: ClassVar = {
        "view": frozenset({OWNER, COUNTERPART, STAFF, REVIEWER, SYSTEM}),
        "edit": frozenset({OWNER}),
        "mark": frozenset({COUNTERPART, STAFF, REVIEWER}),
    }
    labels: ClassVar = {"view": "查看揭榜方案", "edit": "修改揭榜方案", "mark": "给揭榜方案评分"}
    names: ClassVar = {OWNER: "揭榜单位", COUNTERPART: "需求单位"}

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        found = set(super().relations(obj))
        if MEMBER not in found or not self.user.is_active:
            return frozenset(found)
        of_challenge = ChallengeAccess(self.user).relations(obj.challenge if obj else None)
        found |= of_challenge & {STAFF, REVIEWER}
        if OWNER in of_challenge:
            found.add(COUNTERPART)
        run = self.user.organisation_ids(Role.OPERATOR)
        if run if obj is None else obj.organisation_id in run:
            found.add(OWNER)
        return frozenset(found)

    def own(self) -> QuerySet[Bid]:
        """Bids of the organisations the user acts for, in any state."""
        if self.is_system or not getattr(self.user, "is_authenticated", False):
            return Bid.objects.none()
        return Bid.objects.filter(organisation__in=self.user.organisation_ids(Role.OPERATOR))

    def visible(self) -> QuerySet[Bid]:
        """The own ones; once bids are opened, those that the user has to judge."""
        if self.is_system:
            return Bid.objects.all()
        if not getattr(self.user, "is_authenticated", False) or not self.user.is_active:
            return Bid.objects.none()
        judged = in_regions_of(self.user, Role.GOVERNMENT, "challenge__region")
        mine = self.user.organisation_ids(*ENTERPRISE_ROLES)
        judged |= Q(challenge__demand__organisation__in=mine)
        if self.user.has_role(Role.REVIEWER):
            invited = Challenge.reviewers.through.objects.filter(user=self.user)
            judged |= Q(challenge__in=invited.values("challenge"))
        shown = Bid.objects.unsealed().filter(judged)
        return Bid.objects.filter(Q(pk__in=self.own()) | Q(pk__in=shown))

    def check(self, action: str, obj: Any | None) -> Decision:
        """Who belongs to a bidder neither judges nor chooses."""
        if obj is None:
            return ALLOWED
        takes = obj.challenge.takes_bids(timezone.localdate())
        if action in {"edit", "submit", "withdraw"} and not takes:
            return Decision(False, "揭榜已经截止。", "wrong_state")
        if action == "mark":
            is_standing = obj.status in {BidStatus.SUBMITTED, BidStatus.LOST}
            if obj.challenge.status != ChallengeStatus.JUDGING or not is_standing:
                return Decision(False, "现在不是评分时间。", "wrong_state")
        if action in {"mark", "win"}:
            rivals = obj.challenge.bids.standing().filter(
                organisation__in=self.user.organisation_ids()
            )
            if rivals.exists():
                return Decision(False, "您所在单位也揭了榜，须回避。", "conflict")
        return ALLOWED
