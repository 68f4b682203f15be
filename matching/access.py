"""Who may see matches, start runs, judge pairs and change the weights.

A demand's list belongs to its owner, the staff and brokers of its region; a capability's list to
its operator and to the staff and brokers of the platform's region. How much of a demand's text
somebody reads is asked of `demands.access.DemandAccess`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import in_regions_of
from accounts.enums import Role
from core.access import ALLOWED, Access, Decision, OwnAccess
from core.states import Relation
from demands.access import DemandAccess
from demands.models import Demand
from matching.enums import FeedbackSide, ResourceKind, RunKind
from matching.kinds import MODEL_OF
from matching.models import Feedback, MatchRun, MatchWeights, Subscription
from platforms.access import CapabilityAccess, PlatformScope
from platforms.models import Capability, Platform
from taxonomy.jurisdiction import current_jurisdiction

OWNER, STAFF, BROKER, SYSTEM = Relation.OWNER, Relation.STAFF, Relation.BROKER, Relation.SYSTEM
INSIDERS = frozenset({OWNER, STAFF, BROKER})
ADMINS = frozenset({STAFF, SYSTEM})
LIST_ACTIONS = {
    "view": INSIDERS | {SYSTEM},
    "start": INSIDERS | {SYSTEM},
    "judge": INSIDERS,
    "subscribe": INSIDERS,
}
LIST_LABELS = {
    "view": _("查看匹配结果"),
    "start": _("发起匹配"),
    "judge": _("评价匹配是否合适"),
    "subscribe": _("订阅新匹配"),
}


def _signed_in(user: Any) -> bool:
    return bool(getattr(user, "is_authenticated", False)) and not getattr(user, "is_system", False)


class DemandMatchesAccess(Access):
    """The list of capabilities that fit a demand."""

    model = Demand
    actions: ClassVar = LIST_ACTIONS
    labels: ClassVar = LIST_LABELS

    def __init__(self, user: Any) -> None:
        super().__init__(user)
        self.demands = DemandAccess(user)

    def visible(self) -> QuerySet[Demand]:
        """Demands whose matches the user may see."""
        rows = self.demands.owned() | self.demands.governed()
        if _signed_in(self.user) and self.user.has_role(Role.GOVERNMENT, Role.BROKER):
            rows = rows | Demand.objects.public().filter(organisation__isnull=True)
        return rows

    def relations(self, obj: Demand | None) -> frozenset[Relation]:
        """As for the demand; what came from a public source is every official's and broker's."""
        found = self.demands.relations(obj)
        if obj is not None and obj.organisation_id is None and _signed_in(self.user):
            if self.user.has_role(Role.GOVERNMENT):
                found |= {STAFF}
            if self.user.has_role(Role.BROKER):
                found |= {BROKER}
        return found

    def check(self, action: str, obj: Demand | None) -> Decision:
        if action == "start" and obj is not None and not obj.is_open:
            return Decision(False, "只有征集中的需求才能匹配。", "wrong_state")
        return ALLOWED


class CapabilityMatchesAccess(Access):
    """The list of demands that fit a capability."""

    model = Capability
    actions: ClassVar = LIST_ACTIONS
    labels: ClassVar = LIST_LABELS

    def __init__(self, user: Any) -> None:
        super().__init__(user)
        self.capabilities = CapabilityAccess(user)

    def visible(self) -> QuerySet[Capability]:
        """Capabilities whose matches the user may see."""
        rows = Capability.objects.all()
        if self.is_system:
            return rows
        brokered = in_regions_of(self.user, Role.BROKER, "platform__region")
        return rows.filter(self.capabilities.own() | self.capabilities.watched() | brokered)

    def relations(self, obj: Capability | None) -> frozenset[Relation]:
        """As for the capability, and brokers of the platform's region."""
        found = self.capabilities.relations(obj)
        if not _signed_in(self.user) or not self.user.has_role(Role.BROKER):
            return found
        region = obj.platform.region_id if obj else None
        covers = obj is None or self.user.covers_region(Role.BROKER, region)
        return found | {BROKER} if covers else found

    def check(self, action: str, obj: Capability | None) -> Decision:
        if action != "start" or obj is None or (obj.is_published and obj.platform.is_published):
            return ALLOWED
        return Decision(False, "已发布的能力才能匹配。", "wrong_state")


class ResourceMatchesAccess(PlatformScope):
    """The demands that a platform, or one of its resources or solutions, suits: for its operator
    and for the staff and brokers of its region, like those of its capabilities."""

    model = Platform
    platform_path = ""
    actions: ClassVar = LIST_ACTIONS
    labels: ClassVar = LIST_LABELS | {"view": _("查看适合的需求"), "subscribe": _("订阅新需求")}

    def platform_of(self, obj: Any) -> Platform:
        return obj if isinstance(obj, Platform) else obj.platform

    def visible(self) -> QuerySet[Platform]:
        """Platforms whose fitting demands the user may see."""
        rows = Platform.objects.all()
        if self.is_system:
            return rows
        return rows.filter(self.own() | self.watched() | in_regions_of(self.user, Role.BROKER))

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        """As for the platform, and brokers of its region."""
        found = super().relations(obj)
        if not _signed_in(self.user) or not self.user.has_role(Role.BROKER):
            return found
        region = self.platform_of(obj).region_id if obj else None
        covers = obj is None or self.user.covers_region(Role.BROKER, region)
        return found | {BROKER} if covers else found

    def check(self, action: str, obj: Any | None) -> Decision:
        if action != "start" or obj is None:
            return ALLOWED
        if obj.is_published and self.platform_of(obj).is_published:
            return ALLOWED
        return Decision(False, "已发布的资源或方案才能匹配。", "wrong_state")


class _AdminAccess(Access):
    """What runs for everybody: for system administrators and for who runs the portal, not for
    staff of a part of its region."""

    names: ClassVar = {STAFF: _("本平台的主管部门和系统管理员")}

    def is_admin(self) -> bool:
        return _signed_in(self.user) and (
            self.user.has_role(Role.SYSTEM_ADMIN)
            or self.user.covers_region(Role.GOVERNMENT, current_jurisdiction().region)
        )

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        found = super().relations(obj)
        return found | {STAFF} if self.is_admin() else found


class MatchRunAccess(_AdminAccess):
    """Runs: one's own, those of lists one may see, and for staff all of them."""

    model = MatchRun
    actions: ClassVar = {
        "view": frozenset({OWNER, STAFF, BROKER, SYSTEM}),
        "list": ADMINS,
        "start_full": ADMINS,
        "cancel": ADMINS,
    }
    labels: ClassVar = {
        "view": _("查看匹配任务"),
        "list": _("查看全部匹配任务"),
        "start_full": _("发起全量重算"),
        "cancel": _("取消全量重算"),
    }

    def visible(self) -> QuerySet[MatchRun]:
        rows = MatchRun.objects.all()
        if self.is_system or self.is_admin():
            return rows
        if not _signed_in(self.user):
            return rows.none()
        return rows.filter(
            Q(owner=self.user, kind=RunKind.FULL)
            | Q(demand__in=DemandMatchesAccess(self.user).visible())
            | Q(capability__in=CapabilityMatchesAccess(self.user).visible())
            | self._of_resources()
        )

    def _of_resources(self) -> Q:
        """Runs of the resources and solutions of the platforms whose matches the user may see."""
        platforms = ResourceMatchesAccess(self.user).visible()
        condition = Q(pk__in=[])
        for kind in ResourceKind.values:
            mine = MODEL_OF[kind]._default_manager.filter(platform__in=platforms)
            condition |= Q(resource_kind=kind, resource_id__in=mine.values("pk"))
        return condition

    def relations(self, obj: MatchRun | None) -> frozenset[Relation]:
        found = super().relations(obj)
        if obj is not None and obj.demand is not None:
            found |= DemandMatchesAccess(self.user).relations(obj.demand)
        if obj is not None and obj.capability is not None:
            found |= CapabilityMatchesAccess(self.user).relations(obj.capability)
        if obj is not None and obj.resource_id is not None:
            resource = MODEL_OF[obj.resource_kind]._default_manager.filter(pk=obj.resource_id)
            for row in resource.select_related("platform"):
                found |= ResourceMatchesAccess(self.user).relations(row)
        return found

    def check(self, action: str, obj: MatchRun | None) -> Decision:
        if action == "cancel" and obj is not None:
            if obj.kind != RunKind.FULL:
                return Decision(False, "单项匹配几秒钟就完成，不需要取消。", "wrong_kind")
            if obj.is_finished:
                return Decision(False, "任务已经结束。", "wrong_state")
        return ALLOWED


class FeedbackAccess(_AdminAccess):
    """Judgements of pairs: one's own to change, all of them for staff to read."""

    model = Feedback
    actions: ClassVar = {
        "view": frozenset({OWNER, STAFF, SYSTEM}),
        "withdraw": frozenset({OWNER}),
    }
    labels: ClassVar = {"view": _("查看评价"), "withdraw": _("收回评价")}

    def visible(self) -> QuerySet[Feedback]:
        if self.is_system or self.is_admin():
            return Feedback.objects.all()
        if not _signed_in(self.user):
            return Feedback.objects.none()
        return Feedback.objects.filter(given_by=self.user)

    def relations(self, obj: Feedback | None) -> frozenset[Relation]:
        found = super().relations(obj)
        if obj is not None and _signed_in(self.user) and obj.given_by_id == self.user.pk:
            found |= {OWNER}
        return found

    def side(self, *, side: str, demand: Demand, offer: Any) -> str | None:
        """In what capacity the user may judge the pair of `demand` and `offer` (a capability,
        resource or solution) in the list of `side`; None: may not."""
        access: Access = DemandMatchesAccess(self.user)
        subject: Any = demand
        if side == FeedbackSide.CAPABILITY:
            is_capability = isinstance(offer, Capability)
            offers = CapabilityMatchesAccess if is_capability else ResourceMatchesAccess
            access, subject = offers(self.user), offer
        if not access.can("judge", subject):
            return None
        return side if OWNER in access.relations(subject) else FeedbackSide.BROKER


class MatchWeightsAccess(_AdminAccess):
    """The weights that rank for everybody."""

    model = MatchWeights
    actions: ClassVar = {
        "view": ADMINS, "add": ADMINS, "train": ADMINS, "activate": ADMINS, "freeze": ADMINS,
        "unfreeze": ADMINS,
    }  # fmt: skip
    labels: ClassVar = {
        "view": _("查看匹配权重"),
        "add": _("登记新版本"),
        "train": _("用反馈重新训练"),
        "activate": _("启用（回滚）"),
        "freeze": _("冻结"),
        "unfreeze": _("解除冻结"),
    }

    def visible(self) -> QuerySet[MatchWeights]:
        if self.is_system or self.is_admin():
            return MatchWeights.objects.all()
        return MatchWeights.objects.none()


class SubscriptionAccess(OwnAccess):
    """Subscriptions are their person's alone."""

    model = Subscription
    actions: ClassVar = {
        "view": frozenset({OWNER}),
        "create": frozenset({Relation.MEMBER}),
        "cancel": frozenset({OWNER}),
    }
    labels: ClassVar = {"view": _("查看订阅"), "create": _("订阅"), "cancel": _("取消订阅")}
