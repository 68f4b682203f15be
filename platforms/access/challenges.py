"""Who sees and drafts challenge lists: public once the batch is, staff of its region prepare."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import RegionAccess
from core.access import ALLOWED, Decision
from core.states import Relation
from platforms.enums import ProgrammeStatus
from platforms.models import ChallengeItem

STAFF, SYSTEM, VISITOR = Relation.STAFF, Relation.SYSTEM, Relation.VISITOR


class ChallengeItemAccess(RegionAccess):
    """Items are shown with their batch, and may be changed until it is published."""

    model = ChallengeItem
    region_path = "programme__scheme__region"
    actions: ClassVar = {
        "view": frozenset({VISITOR, SYSTEM}),
        "create": frozenset({STAFF, SYSTEM}),
        "edit": frozenset({STAFF}),
        "delete": frozenset({STAFF}),
        "compare": frozenset({STAFF}),
    }
    labels: ClassVar = {
        "view": _("查看"),
        "create": _("起草榜单项目"),
        "edit": _("修改"),
        "delete": _("删除"),
        "compare": _("对比揭榜申报"),
    }

    def visible(self) -> QuerySet[Any]:
        rows = ChallengeItem.objects.all()
        if self.is_system:
            return rows
        return rows.filter(~Q(programme__status=ProgrammeStatus.DRAFT) | self.watched())

    def check(self, action: str, obj: Any | None) -> Decision:
        """A published list stands as it was published."""
        changes = action in {"create", "edit", "delete"}
        if changes and obj is not None and obj.programme.status != ProgrammeStatus.DRAFT:
            return Decision(False, "批次已发布，榜单不能再改。", "state")
        return ALLOWED
