"""Who sees evaluations, computes them, contests them and answers.

Staff whose region covers the run are STAFF; its entrusted third party is REVIEWER; who runs a
platform in it is OWNER, and sees its own result from the publicity on. Published grades are public.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import RegionAccess, in_regions_of
from accounts.enums import Role
from core.access import ALLOWED, Access, Decision
from core.states import Relation
from platforms.access import PlatformScope
from reporting.access.base import OWNER, STAFF, SYSTEM, is_staff
from reporting.enums import DisputeStatus, RunStatus
from reporting.models import EvaluationDispute, EvaluationResult, EvaluationRun, EvaluationScheme
from reporting.querysets import ResultQuerySet
from reporting.states import DISPUTE, EVALUATION
from taxonomy.jurisdiction import regions_keeping

REVIEWER, VISITOR = Relation.REVIEWER, Relation.VISITOR
SHOWN = (RunStatus.PUBLICITY, RunStatus.PUBLISHED)


class SchemeAccess(Access):
    """How platforms are judged is public; drafts are seen by staff.

    STAFF of a version are those of the region that keeps the scheme: a city does not change what
    its province judges by.
    """

    model = EvaluationScheme
    actions: ClassVar = {
        "view": frozenset({VISITOR, SYSTEM}),
        "revise": frozenset({STAFF}),
        "compare": frozenset({STAFF}),
        "activate": frozenset({STAFF}),
        "drop": frozenset({STAFF}),
        "load": frozenset({SYSTEM}),
    }
    labels: ClassVar = {
        "view": _("查看评价办法"),
        "revise": _("修改评价办法"),
        "compare": _("与现行版本比较"),
        "activate": _("启用评价办法的一版"),
        "drop": _("删除草稿"),
        "load": _("载入评价办法"),
    }

    def relations(self, obj: EvaluationScheme | None) -> frozenset[Relation]:
        found = super().relations(obj)
        if not is_staff(self.user):
            return found
        keepers = regions_keeping(obj.slug) if obj is not None else []
        if obj is None or any(self.user.covers_region(Role.GOVERNMENT, code) for code in keepers):
            found |= {STAFF}
        return found

    def visible(self) -> QuerySet[Any]:
        rows = EvaluationScheme.objects.all()
        return rows if self.is_system or is_staff(self.user) else rows.filter(is_draft=False)

    def check(self, action: str, obj: EvaluationScheme | None) -> Decision:
        if obj is None:
            return ALLOWED
        if action == "revise" and not (obj.is_current or obj.is_draft):
            return Decision(False, "请在现行版本或草稿上修改。", "wrong_state")
        if action in {"activate", "compare"} and obj.is_current:
            return Decision(False, "这一版正在使用。", "wrong_state")
        if action == "drop" and not obj.is_draft:
            return Decision(False, "启用过的版本不能删除。", "wrong_state")
        return ALLOWED


class EvaluationAccess(RegionAccess):
    """Runs: published ones are public, earlier ones their staff's and their third party's."""

    model = EvaluationRun
    machine = EVALUATION
    names: ClassVar = {REVIEWER: _("受托评审人员")}
    actions: ClassVar = {
        "view": frozenset({VISITOR, SYSTEM}),
        "create": frozenset({STAFF, SYSTEM}),
        "compute": frozenset({STAFF, SYSTEM}),
        "verify": frozenset({STAFF, REVIEWER, SYSTEM}),
        "correct": frozenset({STAFF}),
        "entrust": frozenset({STAFF}),
        "comment": frozenset({STAFF, REVIEWER}),
        "see_all": frozenset({STAFF, REVIEWER, SYSTEM}),
        "rectify": frozenset({STAFF}),
        "reward": frozenset({STAFF, SYSTEM}),
    }
    labels: ClassVar = {
        "view": _("查看评价"),
        "create": _("建立评价"),
        "compute": _("计算"),
        "verify": _("核验计算"),
        "correct": _("更正输入"),
        "entrust": _("委托第三方"),
        "comment": _("写评价意见"),
        "see_all": _("查看全部得分明细"),
        "rectify": _("责令整改"),
        "reward": _("拟定奖补方案"),
    }

    def relations(self, obj: EvaluationRun | None) -> frozenset[Relation]:
        found = super().relations(obj)
        if obj is None or Relation.MEMBER not in found or not self.user.is_active:
            return found
        if self.user.has_role(Role.REVIEWER) and obj.reviewers.filter(pk=self.user.pk).exists():
            return found | {REVIEWER}
        return found

    def visible(self) -> QuerySet[Any]:
        rows = EvaluationRun.objects.all()
        if self.is_system:
            return rows
        condition = Q(status=RunStatus.PUBLISHED)
        if getattr(self.user, "is_authenticated", False) and self.user.is_active:
            condition |= self._concerns()
        return rows.filter(condition)

    def _concerns(self) -> Q:
        """Runs of the user's regions, those entrusted to her, those that show her platforms."""
        condition = self.watched()
        inside = in_regions_of(self.user, Role.GOVERNMENT, "platform__region")
        if self.user.has_role(Role.REVIEWER):
            mine = EvaluationRun.reviewers.through.objects.filter(user=self.user.pk)
            condition |= Q(pk__in=mine.values("evaluationrun"))
        own = self.user.organisation_ids(Role.OPERATOR)
        if own or is_staff(self.user):
            results = EvaluationResult.objects.filter(Q(platform__organisation__in=own) | inside)
            condition |= Q(status__in=SHOWN, pk__in=results.values("round__run"))
        return condition

    def check(self, action: str, obj: EvaluationRun | None) -> Decision:
        if obj is None:
            return ALLOWED
        if action in {"compute", "correct", "entrust"} and not obj.is_open:
            return Decision(False, "评价已结束，不能再更改。", "wrong_state")
        if action == "comment" and obj.status not in {RunStatus.COMPUTED, RunStatus.PUBLICITY}:
            return Decision(False, "计算完成后、公布之前才能写评价意见。", "wrong_state")
        if action in {"rectify", "reward"} and obj.status != RunStatus.PUBLISHED:
            return Decision(False, "结果公布后才能这样做。", "wrong_state")
        return ALLOWED


class ResultAccess(PlatformScope):
    """Results: all of them once published; the details stay with the platform and the staff."""

    model = EvaluationResult
    names: ClassVar = {REVIEWER: _("受托评审人员")}
    actions: ClassVar = {
        "view": frozenset({VISITOR, SYSTEM}),
        "detail": frozenset({OWNER, STAFF, REVIEWER, SYSTEM}),
        "dispute": frozenset({OWNER}),
    }
    labels: ClassVar = {
        "view": _("查看等次"),
        "detail": _("查看得分明细"),
        "dispute": _("提出异议"),
    }

    def relations(self, obj: EvaluationResult | None) -> frozenset[Relation]:
        found = set(super().relations(obj))
        if obj is not None and Relation.MEMBER in found:
            found |= EvaluationAccess(self.user).relations(obj.round.run) & {STAFF, REVIEWER}
            if obj.platform.organisation_id is None:
                found -= {OWNER}
        return frozenset(found)

    def visible(self) -> ResultQuerySet:
        """Of the last round: what is published, what is one's own or one's region's and shown,
        and everything of the runs that one keeps or looks through."""
        rows = EvaluationResult.objects.in_force()
        if self.is_system:
            return rows
        condition = Q(round__run__status=RunStatus.PUBLISHED)
        condition |= Q(round__run__status__in=SHOWN) & (self.own() | self.watched())
        if getattr(self.user, "is_authenticated", False) and self.user.is_active:
            condition |= in_regions_of(self.user, Role.GOVERNMENT, "round__run__region")
            if self.user.has_role(Role.REVIEWER):
                entrusted = EvaluationRun.objects.filter(reviewers=self.user.pk)
                condition |= Q(round__run__in=entrusted)
        return rows.filter(condition)

    def check(self, action: str, obj: EvaluationResult | None) -> Decision:
        if action == "dispute" and obj is not None:
            run = obj.round.run
            ends_at = run.publicity_ends_at
            if run.status != RunStatus.PUBLICITY or ends_at is None or timezone.now() > ends_at:
                return Decision(False, "公示期内才能提出异议。", "wrong_state")
        return ALLOWED


class DisputeAccess(PlatformScope):
    """Disputes: the platform's and the run's staff's; the third party reads them."""

    model = EvaluationDispute
    machine = DISPUTE
    names: ClassVar = {REVIEWER: _("受托评审人员")}
    actions: ClassVar = {"view": frozenset({OWNER, STAFF, REVIEWER, SYSTEM})}
    labels: ClassVar = {"view": _("查看异议")}

    def relations(self, obj: EvaluationDispute | None) -> frozenset[Relation]:
        found = set(super().relations(obj))
        if obj is not None:
            # a county's officer watches the platform, but only the run's staff decide
            found -= {STAFF}
            found |= EvaluationAccess(self.user).relations(obj.run) & {STAFF, REVIEWER}
        return frozenset(found)

    def visible(self) -> QuerySet[Any]:
        rows = EvaluationDispute.objects.all()
        if self.is_system:
            return rows
        condition = self.own()
        if getattr(self.user, "is_authenticated", False) and self.user.is_active:
            condition |= in_regions_of(self.user, Role.GOVERNMENT, "run__region")
            if self.user.has_role(Role.REVIEWER):
                mine = EvaluationRun.reviewers.through.objects.filter(user=self.user.pk)
                condition |= Q(run__in=mine.values("evaluationrun"))
        return rows.filter(condition)

    def waiting(self) -> QuerySet[Any]:
        """Open ones that the user's region has to answer."""
        condition = in_regions_of(self.user, Role.GOVERNMENT, "run__region")
        return EvaluationDispute.objects.filter(condition, status=DisputeStatus.OPEN)

    def check(self, action: str, obj: EvaluationDispute | None) -> Decision:
        if action == "uphold" and obj is not None and not obj.run.is_open:
            return Decision(False, "评价已结束，不能再更改。", "wrong_state")
        return ALLOWED


def may_read_dispute(user: Any, target_id: str) -> bool:
    """Evidence of a dispute: whoever sees the dispute."""
    return DisputeAccess(user).visible().filter(pk=target_id).exists()
