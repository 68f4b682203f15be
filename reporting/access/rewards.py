"""Who plans, decides and pays rewards; lists in publicity and decided ones are public."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import RegionAccess
from core.access import ALLOWED, Decision
from core.states import Relation
from reporting.access.base import STAFF, SYSTEM
from reporting.enums import RewardStatus
from reporting.models import RewardPlan
from reporting.states import REWARD

SHOWN = (RewardStatus.PUBLICITY, RewardStatus.DECIDED)


class RewardAccess(RegionAccess):
    """Reward plans are kept by the staff of the region that evaluated."""

    model = RewardPlan
    machine = REWARD
    region_path = "run__region"
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

    def visible(self) -> QuerySet[Any]:
        rows = RewardPlan.objects.all()
        if self.is_system:
            return rows
        return rows.filter(Q(status__in=SHOWN) | self.watched())

    def check(self, action: str, obj: RewardPlan | None) -> Decision:
        if action == "edit" and obj and obj.status != RewardStatus.DRAFT:
            return Decision(False, "公示后名单不能调整；可以取消方案重新拟定。", "wrong_state")
        if action == "pay" and obj and obj.status != RewardStatus.DECIDED:
            return Decision(False, "作出决定后才能登记拨付。", "wrong_state")
        return ALLOWED
