"""Who sees and cancels long work."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from core.access import ALLOWED, Access, Decision
from core.states import Relation
from reporting.access.base import OWNER, PARTIES, STAFF, SYSTEM, is_staff
from reporting.models import ReportingJob


class JobAccess(Access):
    """Long work: its owner and the staff see it; who started it or any staff may cancel it."""

    model = ReportingJob
    actions: ClassVar = {
        "list": frozenset({STAFF, SYSTEM}),
        "view": PARTIES,
        "cancel": frozenset({OWNER, STAFF, SYSTEM}),
    }
    labels: ClassVar = {"list": _("查看任务"), "view": _("查看任务"), "cancel": _("取消任务")}

    def relations(self, obj: ReportingJob | None) -> frozenset[Relation]:
        found = set(super().relations(obj))
        if Relation.MEMBER not in found or not self.user.is_active:
            return frozenset(found)
        if obj is None:
            found |= {STAFF} if is_staff(self.user) else set()
            return frozenset(found)
        if obj.owner_id == self.user.pk:
            found.add(OWNER)
        if obj.cycle and self.user.covers_region(Role.GOVERNMENT, obj.cycle.region_id):
            found.add(STAFF)
        return frozenset(found)

    def visible(self) -> QuerySet[Any]:
        rows = ReportingJob.objects.all()
        if self.is_system:
            return rows
        if not getattr(self.user, "is_authenticated", False) or not self.user.is_active:
            return rows.none()
        condition = Q(owner=self.user.pk)
        for prefix in self.user.region_prefixes(Role.GOVERNMENT):
            condition |= Q(cycle__region__code__startswith=prefix)
        return rows.filter(condition)

    def check(self, action: str, obj: ReportingJob | None) -> Decision:
        if action == "cancel" and obj and obj.is_finished:
            return Decision(False, "任务已结束。", "wrong_state")
        return ALLOWED
