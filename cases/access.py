"""Who may see and move projects, outcomes and cases.

In a project the platform is OWNER of the work, the enterprise is COUNTERPART.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.access import RegionAccess, in_regions_of
from accounts.enums import Role
from cases.enums import CallStatus, CaseStatus, OutcomeStatus, ProjectStatus
from cases.models import Case, CaseCall, CaseEntry, Outcome, Project, Receipt
from cases.states import CALL, CASE, OUTCOME, PROJECT, RECEIPT
from core.access import ALLOWED, Access, Decision
from core.states import Relation
from demands.access import PROMISE_REQUIRED
from demands.selectors import granted_without_promise

# who speaks for an enterprise: a platform's people may ask another platform too
ENTERPRISE_ROLES = (Role.ENTERPRISE, Role.OPERATOR)
OWNER, COUNTERPART = Relation.OWNER, Relation.COUNTERPART
STAFF, BROKER, SYSTEM = Relation.STAFF, Relation.BROKER, Relation.SYSTEM
REVIEWER, VISITOR = Relation.REVIEWER, Relation.VISITOR
EVERY_PARTY = frozenset({OWNER, COUNTERPART, STAFF, BROKER, SYSTEM})


class ProjectScope(Access):
    """Everything that hangs on a project: its two sides, and who looks after their regions."""

    project_path: ClassVar[str] = "project__"

    def project_of(self, obj: Any) -> Project | None:
        return obj.project

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        """OWNER runs the platform, COUNTERPART is the enterprise; STAFF, BROKER by region."""
        found = set(super().relations(obj))
        if Relation.MEMBER not in found or not self.user.is_active:
            return frozenset(found)
        if obj is None:
            return frozenset(found | self._general())
        project = self.project_of(obj)
        if project is None:
            return frozenset(found | self._by_region(obj))
        if project.platform.organisation_id in self.user.organisation_ids(Role.OPERATOR):
            found.add(OWNER)
        if project.enterprise_id in self.user.organisation_ids(*ENTERPRISE_ROLES):
            found.add(COUNTERPART)
        for role, relation in ((Role.GOVERNMENT, STAFF), (Role.BROKER, BROKER)):
            regions = (project.platform.region_id, project.enterprise.region_id)
            if any(self.user.covers_region(role, region) for region in regions):
                found.add(relation)
        return frozenset(found)

    def _general(self) -> set[Relation]:
        found = set()
        if self.user.organisation_ids(Role.OPERATOR):
            found.add(OWNER)
        if self.user.organisation_ids(*ENTERPRISE_ROLES):
            found.add(COUNTERPART)
        if self.user.has_role(Role.GOVERNMENT):
            found.add(STAFF)
        if self.user.has_role(Role.BROKER):
            found.add(BROKER)
        return found

    def _by_region(self, obj: Any) -> set[Relation]:
        """Relations to something that has no project behind it."""
        raise NotImplementedError

    def involved(self) -> Q:
        """Rows of the user's own projects and of the regions in the user's care."""
        if self.is_system:
            return Q()
        condition = Q(pk__in=[])
        if not getattr(self.user, "is_authenticated", False) or not self.user.is_active:
            return condition
        path = self.project_path
        run, asked = (
            self.user.organisation_ids(Role.OPERATOR),
            self.user.organisation_ids(*ENTERPRISE_ROLES),
        )
        if run:
            condition |= Q(**{f"{path}platform__organisation__in": run})
        if asked:
            condition |= Q(**{f"{path}enterprise__in": asked})
        for role in (Role.GOVERNMENT, Role.BROKER):
            for side in ("platform", "enterprise"):
                condition |= in_regions_of(self.user, role, f"{path}{side}__region")
        return condition


class ProjectAccess(ProjectScope):
    """Projects: seen by both sides and by who looks after either region."""

    model = Project
    machine = PROJECT
    project_path = ""
    actions: ClassVar = {
        "view": EVERY_PARTY,
        "start": frozenset({COUNTERPART}),
        "read_thread": EVERY_PARTY,
        "message": frozenset({OWNER, COUNTERPART, BROKER}),
        "claim_outcome": frozenset({OWNER}),
        "register_receipt": frozenset({OWNER}),
        "write_case": frozenset({OWNER}),
        "export": EVERY_PARTY,
        "see_figures": frozenset({OWNER, STAFF}),
        "see_ledger": frozenset({OWNER, COUNTERPART, STAFF, SYSTEM}),
        "keep_ledger": frozenset({OWNER, STAFF}),
    }
    labels: ClassVar = {
        "view": "查看对接项目",
        "start": "发起咨询",
        "read_thread": "阅读对方的消息和附件",
        "message": "发送消息和文件",
        "claim_outcome": "提出成果",
        "register_receipt": "登记到账",
        "write_case": "撰写案例",
        "export": "导出列表",
        "see_figures": "查看对接成效",
        "see_ledger": "查看环评安评与安全检查",
        "keep_ledger": "登记环评安评与安全检查",
    }

    def project_of(self, obj: Any) -> Project | None:
        return obj

    def visible(self) -> QuerySet[Project]:
        return Project.objects.filter(self.involved())

    def supplied(self) -> QuerySet[Project]:
        """Projects on the platforms that the user runs; for staff, on those of their regions,
        where demonstrations do not count."""
        if self.is_system:
            return Project.objects.filter(is_demo=False)
        condition = Q(platform__organisation__in=self.user.organisation_ids(Role.OPERATOR))
        watched = in_regions_of(self.user, Role.GOVERNMENT, "platform__region")
        condition |= watched & Q(is_demo=False)
        return Project.objects.filter(condition)

    def is_thread_withheld(self, project: Project) -> bool:
        """Whether what the enterprise writes about its confidential demand waits for the promise
        of secrecy: of the platform's people, until their organisation gave one (D08)."""
        demand = project.demand
        if demand is None or not demand.is_confidential:
            return False
        if self.relations(project) & {COUNTERPART, STAFF, BROKER, SYSTEM}:
            return False
        return bool(granted_without_promise(demand, project.platform.organisation_id))

    def check(self, action: str, obj: Any | None) -> Decision:
        if action == "claim_outcome" and obj and obj.status not in {
            ProjectStatus.PILOTING, ProjectStatus.DELIVERED, ProjectStatus.CLOSED,
        }:  # fmt: skip
            return Decision(False, "中试开始以后才能提出成果。", "wrong_state")
        if action == "register_receipt" and obj and obj.status not in {
            ProjectStatus.CONTRACTED, ProjectStatus.PILOTING, ProjectStatus.DELIVERED,
            ProjectStatus.CLOSED,
        }:  # fmt: skip
            return Decision(False, "签约以后才能登记到账。", "wrong_state")
        if action == "write_case" and obj and obj.status not in {
            ProjectStatus.DELIVERED, ProjectStatus.CLOSED,
        }:  # fmt: skip
            return Decision(False, "交付以后才能撰写案例。", "wrong_state")
        if (
            action == "close"
            and obj
            and obj.status == ProjectStatus.DELIVERED
            # read through `all()`, so that a list that prefetched them asks once
            and all(row.status != OutcomeStatus.CONFIRMED for row in obj.outcomes.all())
        ):
            return Decision(False, "至少有一项成果经企业确认后才能办结。", "unconfirmed")
        if action == "read_thread" and obj and self.is_thread_withheld(obj):
            return Decision(False, "接受保密承诺后可以看对方的消息和附件。", PROMISE_REQUIRED)
        if action == "message" and obj and obj.is_ended:
            return Decision(False, "对接已结束，不能再发消息。", "wrong_state")
        return ALLOWED


class OutcomeAccess(ProjectScope):
    """Outcomes: the platform claims, only the enterprise confirms."""

    model = Outcome
    machine = OUTCOME
    actions: ClassVar = {"view": EVERY_PARTY}
    labels: ClassVar = {"view": "查看成果"}

    def visible(self) -> QuerySet[Outcome]:
        return Outcome.objects.filter(self.involved())


class ReceiptAccess(ProjectScope):
    """Receipts: the platform registers, only the enterprise confirms."""

    model = Receipt
    machine = RECEIPT
    actions: ClassVar = {"view": EVERY_PARTY}
    labels: ClassVar = {"view": "查看到账"}

    def visible(self) -> QuerySet[Receipt]:
        return Receipt.objects.filter(self.involved())


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
