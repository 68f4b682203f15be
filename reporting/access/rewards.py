"""Who plans, decides and pays rewards; lists in publicity and decided ones are public."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from core.access import ALLOWED, Access, Decision
from core.states import Relation
from reporting.access.base import STAFF, SYSTEM, is_staff
from reporting.enums import RewardStatus
from reporting.models import RewardPlan
from reporting.states import REWARD

SHOWN = (RewardStatus.PUBLICITY, RewardStatus.DECIDED)


class RewardAccess(Access):
    """Reward plans are kept by the staff of the region that evaluated."""

    model = RewardPlan
    machine = REWARD
    actions: ClassVar = {
        "view": frozenset({Relation.VISITOR, SYSTEM}),
        "list": frozenset({Relation.VISITOR, SYSTEM}),
        "edit": frozenset({STAFF}),
        "pay": frozenset({STAFF, SYSTEM}),
    }
    labels: ClassVar = {
        "view": _("查看奖补名单"),
        "list": _("查看奖补方案列表"),
        "edit": _("调整名单"),
        "pay": _("登记拨付"),
    }

    def relations(self, obj: RewardPlan | None) -> frozenset[Relation]:
        found = set(super().relations(obj))
        if Relation.MEMBER not in found or not self.user.is_active:
            return frozenset(found)
        if obj is None:
            found |= {STAFF} if is_staff(self.user) else set()
        elif self.user.covers_region(Role.GOVERNMENT, obj.run.region_id):
            found.add(STAFF)
        return frozenset(found)

    def visible(self) -> QuerySet[Any]:
        rows = RewardPlan.objects.all()
        if self.is_system:
            return rows
        condition = Q(status__in=SHOWN)
        if getattr(self.user, "is_authenticated", False) and self.user.is_active:
            for prefix in self.user.region_prefixes(Role.GOVERNMENT):
                condition |= Q(run__region__code__startswith=prefix)
        return rows.filter(condition)

    def check(self, action: str, obj: RewardPlan | None) -> Decision:
        if action == "edit" and obj and obj.status != RewardStatus.DRAFT:
            return Decision(False, "公示后名单不能调整；可以取消方案重新拟定。", "wrong_state")
        if action == "pay" and obj and obj.status != RewardStatus.DECIDED:
            return Decision(False, "作出决定后才能登记拨付。", "wrong_state")
        return ALLOWED
