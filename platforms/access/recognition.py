"""Who may see and do what in recognition.

The platform's people are OWNER, government staff of its region STAFF, an invited expert REVIEWER.
A stage is taken by staff of its level or of one above: `check` says whose turn it is.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import RegionAccess, in_regions_of
from accounts.enums import Role
from core.access import ALLOWED, Decision
from core.states import Relation
from platforms.access.listings import PlatformScope
from platforms.enums import ApplicationStatus as A
from platforms.enums import AssignmentStatus, GovernmentLevel, ProgrammeStatus, RequestStatus
from platforms.models import (
    Appeal,
    Application,
    ExpertAssignment,
    OpinionRequest,
    Platform,
    Programme,
    Recognition,
    Scheme,
)
from platforms.states import (
    APPEAL,
    APPLICATION,
    ASSIGNMENT,
    PROGRAMME,
    RECOGNITION,
    STAGES,
    TRANSITION_TO,
)
from taxonomy.models import RegionLevel

OWNER, STAFF, COUNTERPART, REVIEWER, SYSTEM, VISITOR = (
    Relation.OWNER,
    Relation.STAFF,
    Relation.COUNTERPART,
    Relation.REVIEWER,
    Relation.SYSTEM,
    Relation.VISITOR,
)
LEVELS: dict[str, int] = {
    GovernmentLevel.NATIONAL: RegionLevel.COUNTRY,
    GovernmentLevel.PROVINCE: RegionLevel.PROVINCE,
    GovernmentLevel.CITY: RegionLevel.CITY,
    GovernmentLevel.COUNTY: RegionLevel.COUNTY,
}
LEVEL_WORDS = {
    RegionLevel.COUNTRY: "国家",
    RegionLevel.PROVINCE: "省级",
    RegionLevel.CITY: "市级",
    RegionLevel.COUNTY: "县区",
}
STAFF_WORK = frozenset({"assign", "consult", "visit", "settle"})
DECLARED = (AssignmentStatus.SCORING, AssignmentStatus.SCORED)
STAGE_LEVELS: dict[str, int] = {
    A.COUNTY: RegionLevel.COUNTY,
    A.CITY: RegionLevel.CITY,
    A.PROVINCE: RegionLevel.PROVINCE,
}


def staff_level(user: Any, region_code: str) -> int | None:
    """The widest level (0 country … 3 county) at which the user's staff role covers a region."""
    if not getattr(user, "is_authenticated", False) or getattr(user, "is_system", False):
        return None
    levels = [
        row.region.level
        for row in user.assignments
        if row.role == Role.GOVERNMENT and row.region and row.region.contains(region_code)
    ]
    return min(levels, default=None)


def level_decision(user: Any, platform: Platform, level: int) -> Decision:
    """Whether the user's staff role reaches up to `level` for the platform."""
    own = staff_level(user, platform.region_id)
    if own is None or own > level:
        return Decision(
            False, f"这一环节由{LEVEL_WORDS[RegionLevel(level)]}主管部门办理。", "level"
        )
    return ALLOWED


class ProgrammeAccess(RegionAccess):
    """Announced batches are public; staff of the scheme's region prepare them."""

    model = Programme
    machine = PROGRAMME
    region_path = "scheme__region"
    actions: ClassVar = {
        "view": frozenset({VISITOR, SYSTEM}),
        "create": frozenset({STAFF, SYSTEM}),
        "edit": frozenset({STAFF}),
        "print": frozenset({STAFF}),
    }
    labels: ClassVar = {
        "view": _("查看"),
        "create": _("新建批次"),
        "edit": _("修改"),
        "print": _("导出全部证书"),
    }

    def visible(self) -> QuerySet[Any]:
        rows = Programme.objects.all()
        if self.is_system:
            return rows
        shown = ~Q(status=ProgrammeStatus.DRAFT)
        return rows.filter(shown | Q(scheme__in=self.schemes()))

    def schemes(self) -> QuerySet[Scheme]:
        """Schemes the user may open batches on."""
        rows = Scheme.objects.filter(in_regions_of(self.user, Role.GOVERNMENT), is_active=True)
        return rows.order_by("region", "pk")

    def check(self, action: str, obj: Any | None) -> Decision:
        if action == "edit" and obj is not None and obj.status == ProgrammeStatus.CLOSED:
            return Decision(False, "批次已截止，不能修改。", "state")
        return ALLOWED


class ApplicationScope(PlatformScope):
    """The application's platform decides who owns and who watches it."""

    def application_of(self, obj: Any) -> Application:
        return obj

    def platform_of(self, obj: Any) -> Platform:
        return getattr(obj, "platform", None) or self.application_of(obj).platform

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        """As of the platform, but nobody owns an application of a platform that nobody runs."""
        found = super().relations(obj)
        if obj is not None and self.platform_of(obj).organisation_id is None:
            return found - {OWNER}
        return found


class ApplicationAccess(ApplicationScope):
    """Applications: their platform, the staff of its region, the experts and departments asked."""

    model = Application
    machine = APPLICATION
    actions: ClassVar = {
        "view": frozenset({OWNER, STAFF, COUNTERPART, REVIEWER, SYSTEM}),
        "create": frozenset({OWNER}),
        "edit": frozenset({OWNER}),
        "opine": frozenset({STAFF}),
        "consult": frozenset({STAFF}),
        "assign": frozenset({STAFF}),
        "visit": frozenset({STAFF}),
        "settle": frozenset({STAFF}),
        "appeal": frozenset({OWNER}),
    }
    labels: ClassVar = {
        "view": _("查看"),
        "create": _("申报"),
        "edit": _("填写"),
        "opine": _("填写审核或会签意见"),
        "consult": _("征求并汇总部门意见"),
        "assign": _("指派专家"),
        "visit": _("记录现场核查"),
        "settle": _("答复公示异议"),
        "appeal": _("申诉"),
    }

    names: ClassVar = {**ApplicationScope.names, COUNTERPART: _("被征求意见的部门")}

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        """REVIEWER: an expert who declared no interest; COUNTERPART: a department that is asked."""
        found = super().relations(obj)
        if obj is None or not obj.pk or Relation.MEMBER not in found:
            return found
        if self.user.has_role(Role.REVIEWER):
            declared = obj.assignments.filter(reviewer=self.user, status__in=DECLARED)
            found |= {REVIEWER} if declared.exists() else set()
        if self.user.has_role(Role.DEPARTMENT):
            found |= {COUNTERPART} if self._asked().filter(application=obj).exists() else set()
        return frozenset(found)

    def _asked(self) -> QuerySet[OpinionRequest]:
        """What the user's department was asked and that was not taken back."""
        ids = self.user.organisation_ids(Role.DEPARTMENT)
        rows = OpinionRequest.objects.filter(department__in=ids)
        return rows.exclude(status=RequestStatus.WITHDRAWN)

    def visible(self) -> QuerySet[Any]:
        """Own ones, submitted ones of the user's regions, those the user is asked to judge."""
        rows = Application.objects.all()
        if self.is_system:
            return rows
        if not getattr(self.user, "is_authenticated", False):
            return rows.none()
        condition = self.own() | (self.watched() & ~Q(status=A.DRAFT))
        if self.user.has_role(Role.REVIEWER):
            mine = ExpertAssignment.objects.filter(reviewer=self.user, status__in=DECLARED)
            condition |= Q(pk__in=mine.values("application"))
        if self.user.has_role(Role.DEPARTMENT):
            condition |= Q(pk__in=self._asked().values("application"))
        return rows.filter(condition)

    def check(self, action: str, obj: Any | None) -> Decision:
        """Whose turn it is, and which stage comes next on this application's path."""
        if obj is None:
            return ALLOWED
        if action == "edit" and obj.status not in {A.DRAFT, A.RETURNED}:
            return Decision(False, "提交后不能修改；退回补正后可以。", "state")
        if action == "appeal" and obj.status != A.REJECTED:
            return Decision(False, "未通过的申报才能申诉。", "state")
        if action == "assign" and obj.status != A.EXPERTS:
            return Decision(False, "专家评审环节才能指派专家。", "state")
        if action == "consult" and obj.status not in STAGES:
            return Decision(False, "受理期间才能征求部门意见。", "state")
        if action == "visit" and obj.status != A.SITE:
            return Decision(False, "现场核查环节才能记录。", "state")
        if action == "settle" and obj.status != A.PUBLICITY:
            return Decision(False, "公示环节才能答复异议。", "state")
        row = APPLICATION.by_name.get(action)
        if row and action == TRANSITION_TO.get(row.target) and obj.next_stage != row.target:
            return Decision(False, "按本办法的步骤，下一环节不是这个。", "path")
        if obj.status == A.SUBMITTED and action != "withdraw" and not self.is_system and row:
            return Decision(False, "提交后由系统分送，无须办理。", "path")
        is_staff_work = action in STAFF_WORK or (row and STAFF in row.relations)
        if self.is_system or not is_staff_work:
            return ALLOWED
        return level_decision(self.user, obj.platform, stage_level(obj))


def stage_level(application: Application) -> int:
    """The level of government that takes the present stage: the scheme's after the reviews."""
    scheme_level = LEVELS[GovernmentLevel(application.programme.scheme.level)]
    return int(STAGE_LEVELS.get(A(application.status), scheme_level))


class AssignmentAccess(ApplicationScope):
    """An invitation is the expert's own; staff who assign see it, the applicant does not."""

    model = ExpertAssignment
    machine = ASSIGNMENT
    actions: ClassVar = {"view": frozenset({REVIEWER, STAFF, SYSTEM})}
    labels: ClassVar = {"view": _("查看")}

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        found = super().relations(obj)
        if obj is not None and Relation.MEMBER in found and obj.reviewer_id == self.user.pk:
            return (found - {OWNER, STAFF}) | {REVIEWER}
        return found

    def visible(self) -> QuerySet[Any]:
        rows = ExpertAssignment.objects.all()
        if self.is_system:
            return rows
        if not getattr(self.user, "is_authenticated", False):
            return rows.none()
        return rows.filter(Q(reviewer=self.user) | self.watched())

    def watched(self) -> Q:
        """Of applications and of assessments in the user's regions."""
        paths = ("application__platform__region", "assessment__recognition__platform__region")
        applied, assessed = (in_regions_of(self.user, Role.GOVERNMENT, path) for path in paths)
        return applied | assessed

    def check(self, action: str, obj: Any | None) -> Decision:
        """Experts work while the application is with them, or the assessment has no conclusion."""
        if obj is None or action not in ASSIGNMENT.by_name:
            return ALLOWED
        application = obj.application
        if application is not None and application.status != A.EXPERTS:
            return Decision(False, "专家评审环节已结束。", "state")
        if application is None and obj.assessment.result:
            return Decision(False, "考核已有结论。", "state")
        if action in {"reopen", "release"}:
            level = LEVELS[GovernmentLevel(obj.scheme.level)]
            level = int(level) if application is None else stage_level(application)
            return level_decision(self.user, obj.platform, level)
        return ALLOWED


class RecognitionAccess(PlatformScope):
    """The roster is public; staff of the scheme's level keep it, its platform may leave."""

    model = Recognition
    machine = RECOGNITION
    actions: ClassVar = {
        "view": frozenset({VISITOR, SYSTEM}),
        "record": frozenset({STAFF, SYSTEM}),
        "assess": frozenset({STAFF}),
        "request": frozenset({OWNER}),
        "extend": frozenset({OWNER}),
        "appeal": frozenset({OWNER}),
    }
    labels: ClassVar = {
        "view": _("查看"),
        "record": _("登记已有认定"),
        "assess": _("安排和填写考核"),
        "request": _("申请考核、验收"),
        "extend": _("申请延期"),
        "appeal": _("申诉"),
    }

    def visible(self) -> QuerySet[Any]:
        return Recognition.objects.all()

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        found = super().relations(obj)
        if obj is not None and obj.platform.organisation_id is None:
            return found - {OWNER}
        return found

    def check(self, action: str, obj: Any | None) -> Decision:
        if obj is None or self.is_system:
            return ALLOWED
        if action == "appeal" and obj.status != "removed":
            return Decision(False, "被取消资格后才能申诉。", "state")
        row = RECOGNITION.by_name.get(action)
        if action in {"record", "assess"} or (row and STAFF in row.relations):
            level = LEVELS[GovernmentLevel(obj.scheme.level)]
            return level_decision(self.user, obj.platform, int(level))
        return ALLOWED


class _ByApplication(PlatformScope):
    platform_path = "application__platform__"


class _ByRecognition(PlatformScope):
    platform_path = "recognition__platform__"


class AppealAccess(PlatformScope):
    """Appeals: the platform that makes them, the staff who answer."""

    model = Appeal
    machine = APPEAL
    actions: ClassVar = {"view": frozenset({OWNER, STAFF, SYSTEM})}
    labels: ClassVar = {"view": _("查看")}

    def platform_of(self, obj: Any) -> Platform:
        return (obj.application or obj.recognition).platform

    def visible(self) -> QuerySet[Any]:
        rows = Appeal.objects.all()
        if self.is_system:
            return rows
        scopes = (_ByApplication(self.user), _ByRecognition(self.user))
        found = Q(pk__in=[])
        for scope in scopes:
            found |= scope.own() | scope.watched()
        return rows.filter(found)

    def check(self, action: str, obj: Any | None) -> Decision:
        """The level that decided answers."""
        if obj is None or self.is_system or action not in APPEAL.by_name:
            return ALLOWED
        target = obj.application.programme if obj.application else obj.recognition
        level = LEVELS[GovernmentLevel(target.scheme.level)]
        return level_decision(self.user, self.platform_of(obj), int(level))
