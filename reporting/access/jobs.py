"""Who sees and cancels long work."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import RegionAccess
from core.access import ALLOWED, Decision
from core.states import Relation
from reporting.access.base import OWNER, PARTIES, STAFF, SYSTEM
from reporting.models import ReportingJob


class JobAccess(RegionAccess):
    """Long work: its owner and the staff see it; who started it or any staff may cancel it."""

    model = ReportingJob
    region_path = "cycle__region"
    actions: ClassVar = {
        "list": frozenset({STAFF, SYSTEM}),
        "view": PARTIES,
        "cancel": frozenset({OWNER, STAFF, SYSTEM}),
    }
    labels: ClassVar = {"list": _("查看任务"), "view": _("查看任务"), "cancel": _("取消任务")}

    def relations(self, obj: ReportingJob | None) -> frozenset[Relation]:
        found = super().relations(obj)
        if obj is None or Relation.MEMBER not in found or not self.user.is_active:
            return found
        return found | {OWNER} if obj.owner_id == self.user.pk else found

    def visible(self) -> QuerySet[Any]:
        rows = ReportingJob.objects.all()
        if self.is_system:
            return rows
        if not getattr(self.user, "is_authenticated", False) or not self.user.is_active:
            return rows.none()
        return rows.filter(Q(owner=self.user.pk) | self.watched())

    def check(self, action: str, obj: ReportingJob | None) -> Decision:
        if action == "cancel" and obj and obj.is_finished:
            return Decision(False, "任务已结束。", "wrong_state")
        return ALLOWED
