"""Who may see and change platforms and what they offer."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import in_regions_of
from accounts.enums import Role
from core.access import ALLOWED, Access, Decision
from core.states import Relation
from platforms.enums import ListingStatus
from platforms.models import (
    Capability,
    Equipment,
    Expert,
    Line,
    ListingReport,
    Platform,
    PlatformClaim,
    Solution,
)
from platforms.states import CLAIM, LISTING, REPORT

OWNER, STAFF, SYSTEM = Relation.OWNER, Relation.STAFF, Relation.SYSTEM
EDITABLE = frozenset({ListingStatus.DRAFT, ListingStatus.RETURNED, ListingStatus.PUBLISHED})


class PlatformScope(Access):
    """Everything that hangs on a platform: its operator owns it, staff of its region watch it."""

    platform_path: ClassVar[str] = "platform__"
    names: ClassVar = {OWNER: _("平台运营单位")}

    def platform_of(self, obj: Any) -> Platform:
        return obj.platform

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        """OWNER runs the platform; STAFF are government staff of its region.

        With None: OWNER runs any organisation's platforms, STAFF is responsible for any region.
        """
        found = set(super().relations(obj))
        if Relation.MEMBER not in found or not self.user.is_active:
            return frozenset(found)
        if obj is None:
            found |= {OWNER} if self.user.organisation_ids(Role.OPERATOR) else set()
            found |= {STAFF} if self.user.has_role(Role.GOVERNMENT) else set()
            return frozenset(found)
        platform = self.platform_of(obj)
        if platform.organisation_id in self.user.organisation_ids(Role.OPERATOR):
            found.add(OWNER)
        if self.user.covers_region(Role.GOVERNMENT, platform.region_id):
            # what nobody runs here (facts from public sources) is kept by the staff of its region
            found |= {STAFF} if platform.organisation_id else {STAFF, OWNER}
        return frozenset(found)

    def own(self) -> Q:
        """Rows of the platforms that the user's organisations run."""
        ids = self._signed_in_ids()
        return Q(**{f"{self.platform_path}organisation__in": ids}) if ids else Q(pk__in=[])

    def watched(self) -> Q:
        """Rows of the platforms in the regions that the user is responsible for."""
        return in_regions_of(self.user, Role.GOVERNMENT, f"{self.platform_path}region")

    def _signed_in_ids(self, role: Role = Role.OPERATOR) -> set[int]:
        if not getattr(self.user, "is_authenticated", False) or self.is_system:
            return set()
        return self.user.organisation_ids(role)


class DepartmentScope(PlatformScope):
    """What a department is asked to answer, beside its platform: rows with a `department`."""

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        """COUNTERPART: people of the department that is asked (with None: of any)."""
        found = super().relations(obj)
        if Relation.MEMBER not in found or not self.user.is_active:
            return found
        departments = self.user.organisation_ids(Role.DEPARTMENT)
        is_asked = bool(departments) if obj is None else obj.department_id in departments
        return found | {Relation.COUNTERPART} if is_asked else found

    def asked(self) -> Q:
        """Rows that ask the user's department."""
        return Q(department__in=self._signed_in_ids(Role.DEPARTMENT))


class ListingAccess(PlatformScope):
    """Listings: published ones are public; drafts are their operator's and the staff's."""

    machine = LISTING
    actions = {
        "view": frozenset({Relation.VISITOR, SYSTEM}),
        "create": frozenset({OWNER, SYSTEM}),
        "receive": frozenset({SYSTEM}),
        "manage": frozenset({OWNER}),
        "edit": frozenset({OWNER, SYSTEM}),
        "confirm": frozenset({OWNER, SYSTEM}),
        "discard": frozenset({OWNER}),
        "review": frozenset({STAFF}),
        "see_contact": frozenset({Relation.MEMBER, SYSTEM}),
        "report": frozenset({Relation.VISITOR}),
    }
    labels = {
        "view": _("查看"),
        "create": _("新增"),
        "receive": _("从其他门户同步"),
        "manage": _("进入工作台"),
        "edit": _("修改"),
        "confirm": _("确认仍然有效"),
        "discard": _("删除草稿"),
        "review": _("审核"),
        "see_contact": _("查看联系方式"),
        "report": _("报告问题"),
    }

    def visible(self) -> QuerySet[Any]:
        """Published rows, and whatever else the user runs or watches."""
        rows = self.model._default_manager.all()
        if self.is_system:
            return rows
        return rows.filter(self.public() | self.own() | self.watched())

    def manageable(self) -> QuerySet[Any]:
        """Rows the user runs: the operator's workbench."""
        return self.model._default_manager.filter(self.own())

    def reviewable(self) -> QuerySet[Any]:
        """Rows of the user's regions that wait for a decision."""
        rows = self.model._default_manager.filter(self.watched())
        return rows.filter(status=ListingStatus.IN_REVIEW)

    def public(self) -> Q:
        shown = ListingStatus.PUBLISHED
        return Q(status=shown, platform__status=shown)

    def check(self, action: str, obj: Any | None) -> Decision:
        """State of the row and of its platform; the reason says what to do first."""
        if obj is None or self.is_system:
            return ALLOWED
        platform = self.platform_of(obj)
        if action == "edit" and obj.status not in EDITABLE:
            return Decision(False, f"当前状态为“{obj.get_status_display()}”，不能修改。", "state")
        if action == "confirm" and not obj.is_published:
            return Decision(False, "发布之后才需要确认。", "state")
        if action == "discard" and obj.status != ListingStatus.DRAFT:
            return Decision(False, "只能删除草稿。", "state")
        organisation = platform.organisation
        if action == "submit" and organisation and not organisation.is_approved:
            return Decision(False, "单位通过审核后才能提交。", "organisation")
        if action == "publish" and platform.pk != obj.pk and not platform.is_published:
            return Decision(False, "请先发布所属平台。", "platform")
        return ALLOWED


class PlatformAccess(ListingAccess):
    model = Platform
    platform_path = ""
    actions = {
        **ListingAccess.actions,
        "claim": frozenset({OWNER}),
    }
    labels = {**ListingAccess.labels, "claim": _("认领")}

    def platform_of(self, obj: Any) -> Platform:
        return obj

    def public(self) -> Q:
        return Q(status=ListingStatus.PUBLISHED)

    def supervised(self) -> QuerySet[Any]:
        """Platforms of the user's regions, as forms of the staff offer them."""
        return self.visible().filter(self.watched()).order_by("pinyin_key", "pk")

    def can(self, action: str, obj: Any | None = None) -> Decision:
        """Claiming is asked of a person's organisations, not of the (unowned) platform."""
        if action != "claim":
            return super().can(action, obj)
        if obj is not None and obj.organisation_id is not None:
            return Decision(False, "该平台已有运营单位。", "state")
        if not self._signed_in_ids():
            return Decision(False, "请先以平台运营单位的身份登录。", "refused")
        return ALLOWED


class OfferAccess(ListingAccess):
    """What belongs to a platform."""


class CapabilityAccess(OfferAccess):
    model = Capability


class EquipmentAccess(OfferAccess):
    model = Equipment


class LineAccess(OfferAccess):
    model = Line


class ExpertAccess(OfferAccess):
    """A person is shown only while their own consent stands (the database holds it too)."""

    model = Expert

    def public(self) -> Q:
        return super().public() & Q(consented_at__isnull=False)

    def check(self, action: str, obj: Any | None) -> Decision:
        if action in {"submit", "publish"} and obj is not None and obj.consented_at is None:
            return Decision(False, "专家本人同意公开后才能提交。", "consent")
        return super().check(action, obj)


class SolutionAccess(OfferAccess):
    model = Solution


class ClaimAccess(PlatformScope):
    model = PlatformClaim
    machine = CLAIM
    actions = {"view": frozenset({OWNER, STAFF, SYSTEM})}
    labels = {"view": _("查看")}

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        """OWNER: of the claiming organisation."""
        found = super().relations(obj) - {OWNER}  # of the platform: here it is the claimant
        if obj is not None and obj.organisation_id in self._signed_in_ids():
            found |= {OWNER}
        return found

    def visible(self) -> QuerySet[Any]:
        rows = PlatformClaim.objects.all()
        if self.is_system:
            return rows
        return rows.filter(Q(organisation__in=self._signed_in_ids()) | self.watched())


class ReportAccess(PlatformScope):
    model = ListingReport
    machine = REPORT
    actions = {"view": frozenset({OWNER, STAFF, SYSTEM})}
    labels = {"view": _("查看")}

    def visible(self) -> QuerySet[Any]:
        rows = ListingReport.objects.all()
        return rows if self.is_system else rows.filter(self.own() | self.watched())


ACCESS: dict[type[Model], type[ListingAccess]] = {
    access.model: access
    for access in (
        PlatformAccess,
        CapabilityAccess,
        EquipmentAccess,
        LineAccess,
        ExpertAccess,
        SolutionAccess,
    )
}


def access_to(model: type[Model], user: Any) -> ListingAccess:
    """The access object of a listing's model."""
    return ACCESS[model](user)
