"""Who may see and move projects, outcomes and cases.

In a project the platform is OWNER of the work, the enterprise is COUNTERPART.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet

from accounts.access import in_regions_of
from accounts.enums import Role
from cases.enums import OutcomeStatus, ProjectStatus
from cases.models import Outcome, Project, Receipt
from cases.states import OUTCOME, PROJECT, RECEIPT
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
