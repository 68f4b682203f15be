"""Who may see and move cases, calls for cases and what was entered in them."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.access import RegionAccess, in_regions_of
from accounts.enums import Role
from cases.access.projects import OWNER, REVIEWER, STAFF, SYSTEM, VISITOR, ProjectScope
from cases.enums import CallStatus, CaseStatus
from cases.models import Case, CaseCall, CaseEntry
from cases.states import CALL, CASE
from core.access import ALLOWED, Access, Decision
from core.states import Relation


class CaseAccess(ProjectScope):
    """Cases: published ones are public; the rest belong to the project's parties and the staff."""

    model = Case
    machine = CASE
    actions: ClassVar = {
        "view": frozenset({Relation.VISITOR, SYSTEM}),
        "edit": frozenset({OWNER}),
        "review": frozenset({STAFF}),
    }
    labels: ClassVar = {"view": "查看案例", "edit": "修改草稿", "review": "进入审核队列"}

    def _by_region(self, obj: Any) -> set[Relation]:
        found = set()
        region = obj.region_id or (obj.platform.region_id if obj.platform else None)
        if self.user.covers_region(Role.GOVERNMENT, region):
            found.add(STAFF)
        if obj.platform and obj.platform.organisation_id in self.user.organisation_ids(
            Role.OPERATOR
        ):
            found.add(OWNER)
        return found

    def involved(self) -> Q:
        """As for projects; a case from a public source belongs to its platform and region."""
        condition = super().involved()
        if self.is_system or not getattr(self.user, "is_authenticated", False):
            return condition
        sourced = Q(pk__in=[])
        if run := self.user.organisation_ids(Role.OPERATOR):
            sourced |= Q(platform__organisation__in=run)
        sourced |= in_regions_of(self.user, Role.GOVERNMENT)
        of_platform = in_regions_of(self.user, Role.GOVERNMENT, "platform__region")
        sourced |= of_platform & Q(region=None)
        return condition | Q(sourced, project=None)

    def visible(self) -> QuerySet[Case]:
        rows = Case.objects.all()
        return rows if self.is_system else rows.filter(
            Q(status=CaseStatus.PUBLISHED) | self.involved()
        )  # fmt: skip

    def reviewable(self) -> QuerySet[Case]:
        """Cases in the user's regions that wait for a decision."""
        rows = Case.objects.filter(status=CaseStatus.IN_REVIEW)
        if self.is_system:
            return rows
        sides = ("project__platform__region", "project__enterprise__region")
        return rows.filter(
            reduce(or_, (in_regions_of(self.user, Role.GOVERNMENT, side) for side in sides))
        )

    def check(self, action: str, obj: Any | None) -> Decision:
        if action == "edit" and obj and obj.status != CaseStatus.DRAFT:
            return Decision(False, "只有草稿可以修改。", "wrong_state")
        return ALLOWED


class CallAccess(RegionAccess):
    """Calls for cases: public while open and once over; staff of the region keep them."""

    model = CaseCall
    machine = CALL
    actions: ClassVar = {
        "view": frozenset({VISITOR, SYSTEM}),
        "create": frozenset({STAFF}),
        "edit": frozenset({STAFF}),
        "rank": frozenset({STAFF}),
        "enter": frozenset({OWNER}),
    }
    labels: ClassVar = {
        "view": "查看案例征集",
        "create": "新建案例征集",
        "edit": "修改案例征集、邀请专家",
        "rank": "查看评分汇总",
        "enter": "案例报名",
    }
    names: ClassVar = {OWNER: "中试平台运营人员"}

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        """OWNER runs a platform, whose cases it may enter; REVIEWER was invited to this call."""
        found = set(super().relations(obj))
        if Relation.MEMBER not in found or not self.user.is_active:
            return frozenset(found)
        if self.user.organisation_ids(Role.OPERATOR):
            found.add(OWNER)
        if self.user.has_role(Role.REVIEWER) and self._is_invited(obj):
            found.add(REVIEWER)
        return frozenset(found)

    def _is_invited(self, obj: CaseCall | None) -> bool:
        """To this call; without one, to any. A call not yet written has invited nobody."""
        if obj is None:
            return True
        return obj.pk is not None and obj.reviewers.filter(pk=self.user.pk).exists()

    def visible(self) -> QuerySet[CaseCall]:
        """Those that are open, selected or cancelled; while marks are given, whoever takes part;
        drafts for staff."""
        if self.is_system:
            return CaseCall.objects.all()
        public = [CallStatus.OPEN, CallStatus.SELECTED, CallStatus.CANCELLED]
        found = Q(status__in=public) | self.watched()
        if getattr(self.user, "is_authenticated", False) and self.user.is_active:
            own = CaseEntry.objects.filter(
                case__platform__organisation__in=self.user.organisation_ids(Role.OPERATOR)
            )
            found |= Q(status=CallStatus.SCORING, pk__in=own.values("call"))
            if self.user.has_role(Role.REVIEWER):
                invited = CaseCall.reviewers.through.objects.filter(user=self.user)
                found |= Q(status=CallStatus.SCORING, pk__in=invited.values("casecall"))
        return CaseCall.objects.filter(found)

    def check(self, action: str, obj: Any | None) -> Decision:
        if obj is None:
            return ALLOWED
        today = timezone.localdate()
        if action == "edit" and obj.status in {CallStatus.SELECTED, CallStatus.CANCELLED}:
            return Decision(False, f"{obj.get_status_display()}，不能再改。", "wrong_state")
        if action == "open" and obj.due_date < today:
            return Decision(False, "截止日期已过，请先修改。", "wrong_state")
        if action == "enter" and not obj.takes_entries(today):
            return Decision(False, "现在不是报名时间。", "wrong_state")
        if action == "score" and obj.due_date >= today:
            return Decision(False, "报名截止日期过后才能开始评分。", "wrong_state")
        return ALLOWED


class EntryAccess(Access):
    """Entries: OWNER runs the case's platform; STAFF and REVIEWER are those of the call."""

    model = CaseEntry
    actions: ClassVar = {
        "view": frozenset({OWNER, STAFF, REVIEWER, SYSTEM}),
        "withdraw": frozenset({OWNER}),
        "mark": frozenset({STAFF, REVIEWER}),
    }
    labels: ClassVar = {"view": "查看案例报名", "withdraw": "撤回报名", "mark": "给案例评分"}
    names: ClassVar = {OWNER: "案例所属平台"}

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        found = set(CallAccess(self.user).relations(obj.call if obj else None))
        if obj is not None and OWNER in found and not self._is_own(obj.case):
            found.discard(OWNER)
        return frozenset(found)

    def _is_own(self, case: Case) -> bool:
        ids = self.user.organisation_ids(Role.OPERATOR)
        return bool(case.platform and case.platform.organisation_id in ids)

    def visible(self) -> QuerySet[CaseEntry]:
        """Those of the own platforms, of the own regions' calls, and those to be marked."""
        rows = CaseEntry.objects.all()
        if self.is_system:
            return rows
        if not getattr(self.user, "is_authenticated", False) or not self.user.is_active:
            return rows.none()
        found = Q(case__platform__organisation__in=self.user.organisation_ids(Role.OPERATOR))
        found |= in_regions_of(self.user, Role.GOVERNMENT, "call__region")
        if self.user.has_role(Role.REVIEWER):
            invited = CaseCall.reviewers.through.objects.filter(user=self.user)
            found |= Q(call__status=CallStatus.SCORING, call__in=invited.values("casecall"))
        return rows.filter(found)

    def check(self, action: str, obj: Any | None) -> Decision:
        """Whoever belongs to the platform's or the client's organisation does not judge."""
        if obj is None:
            return ALLOWED
        if action == "withdraw" and not obj.call.takes_entries(timezone.localdate()):
            return Decision(False, "报名已经截止，不能撤回。", "wrong_state")
        if action == "mark":
            if obj.call.status != CallStatus.SCORING:
                return Decision(False, "现在不是评分时间。", "wrong_state")
            sides = {obj.case.platform.organisation_id if obj.case.platform else None}
            sides.add(obj.case.project.enterprise_id if obj.case.project else None)
            if sides & self.user.organisation_ids():
                return Decision(False, "案例与您所在单位有关，须回避。", "conflict")
        return ALLOWED
