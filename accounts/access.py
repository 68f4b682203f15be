"""Who may know and do what with organisations, people, tokens and the activity log."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import ORGANISATION_ROLES, TOKEN_SCOPES, OrganisationStatus, Role, Scope
from accounts.models import Organisation, RoleAssignment, ServiceToken, User
from accounts.states import ORGANISATION
from core.access import ALLOWED, Access, Decision
from core.models import ActivityLog
from core.states import Relation

OWNER, STAFF, BROKER = Relation.OWNER, Relation.STAFF, Relation.BROKER
MEMBER, SYSTEM = Relation.MEMBER, Relation.SYSTEM


def in_regions_of(user: Any, role: Role, path: str = "region") -> Q:
    """Rows whose region, at `path`, lies in the scope of the user's `role`; none for others."""
    condition = Q(pk__in=[])
    if not getattr(user, "is_authenticated", False) or getattr(user, "is_system", False):
        return condition
    for prefix in user.region_prefixes(role) if user.is_active else ():
        condition |= Q(**{f"{path}__code__startswith": prefix})
    return condition


class RegionAccess(Access):
    """STAFF are the government people whose region covers the row's."""

    region_path: ClassVar[str] = "region"

    def relations(self, obj: Any | None) -> frozenset[Relation]:
        """With None, STAFF are those of any region."""
        found = super().relations(obj)
        if MEMBER not in found or not self.user.is_active:
            return found
        if obj is None:
            is_staff = self.user.has_role(Role.GOVERNMENT)
        else:
            *path, region = self.region_path.split("__")
            for part in path:
                obj = getattr(obj, part)
            code = getattr(obj, f"{region}_id", None)
            is_staff = bool(code) and self.user.covers_region(Role.GOVERNMENT, code)
        return found | {STAFF} if is_staff else found

    def watched(self) -> Q:
        """Rows of the regions the user is responsible for."""
        return in_regions_of(self.user, Role.GOVERNMENT, self.region_path)


class OrganisationAccess(Access):
    """Owners are its people; staff are the region's government and the security admin."""

    model = Organisation
    machine = ORGANISATION
    actions: ClassVar = {
        "view": frozenset({OWNER, STAFF, BROKER, SYSTEM}),
        "edit": frozenset({OWNER, STAFF}),
        # name and code are what the review confirmed
        "edit_identity": frozenset({OWNER, STAFF}),
        "request_role": frozenset({MEMBER}),
        "review": frozenset({STAFF}),
    }
    labels: ClassVar = {
        "view": _("查看单位"),
        "edit": _("修改单位资料"),
        "edit_identity": _("修改名称与信用代码"),
        "request_role": _("申请加入单位"),
        "review": _("查看单位审核队列"),
    }

    def visible(self) -> QuerySet[Organisation]:
        """Own organisations; those of the region for its staff and brokers; all for the
        security admin, the auditor and the system."""
        user = self.user
        if self.is_system:
            return Organisation.objects.all()
        if not user.is_authenticated or not user.is_active:
            return Organisation.objects.none()
        if user.has_role(Role.SECURITY_ADMIN, Role.AUDITOR):
            return Organisation.objects.all()
        found = Q(pk__in=user.organisation_ids())
        for role in (Role.GOVERNMENT, Role.BROKER):
            found |= in_regions_of(user, role)
        return Organisation.objects.filter(found)

    def relations(self, obj: Organisation | None) -> frozenset[Relation]:
        found = set(super().relations(obj))
        user = self.user
        if self.is_system or not user.is_authenticated or not user.is_active:
            return frozenset(found)
        region = obj.region_id if obj else None
        if user.has_role(Role.SECURITY_ADMIN) or _covers(user, Role.GOVERNMENT, region):
            found.add(STAFF)
        if _covers(user, Role.BROKER, region):
            found.add(BROKER)
        if obj is not None and obj.pk in user.organisation_ids(*ORGANISATION_ROLES):
            found.add(OWNER)
        return frozenset(found)

    def check(self, action: str, obj: Any | None) -> Decision:
        open_states = {OrganisationStatus.PENDING, OrganisationStatus.RETURNED}
        if (
            action == "edit_identity"
            and STAFF not in self.relations(obj)
            and obj is not None
            and obj.status not in open_states
        ):
            reason = "单位通过审核后，名称和信用代码由管辖部门更改。"
            return Decision(False, reason, "identity_settled")
        return ALLOWED


def _covers(user: User, role: Role, region: str | None) -> bool:
    """Whether the person holds `role` for the region, or anywhere when no record is asked of."""
    return user.has_role(role) if region is None else user.covers_region(role, region)


def _sees_all(user: Any) -> bool:
    """The system and the security admin see everybody's accounts and rights."""
    if not user.is_authenticated:  # neither is the system
        return bool(getattr(user, "is_system", False))
    return bool(user.has_role(Role.SECURITY_ADMIN))


class UserAccess(Access):
    """People see themselves; the security admin sees and manages everybody else."""

    model = User
    actions: ClassVar = {
        "view": frozenset({OWNER, STAFF, SYSTEM}),
        "edit": frozenset({OWNER}),
        "close": frozenset({OWNER}),
        "export": frozenset({OWNER}),
        "manage": frozenset({STAFF}),
        "invite": frozenset({STAFF, SYSTEM}),
        "grant": frozenset({STAFF, SYSTEM}),
        "end_role": frozenset({STAFF, SYSTEM}),
        "activate": frozenset({STAFF, SYSTEM}),
        "deactivate": frozenset({STAFF, SYSTEM}),
    }
    labels: ClassVar = {
        "view": _("查看人员"),
        "edit": _("修改本人资料"),
        "close": _("注销本人账号"),
        "export": _("导出本人数据"),
        "manage": _("查看人员列表"),
        "invite": _("开通账号"),
        "grant": _("授予角色"),
        "end_role": _("终止角色"),
        "activate": _("启用账号"),
        "deactivate": _("停用账号"),
    }
    names: ClassVar = {STAFF: _("安全管理员")}
    # nobody may raise or shield themselves (GB/T 22239-2019 level 3, separation of duties)
    not_to_oneself: ClassVar = frozenset({"grant", "end_role", "activate", "deactivate"})

    def visible(self) -> QuerySet[User]:
        """Everybody for the security admin and the system, oneself for anybody else."""
        if _sees_all(self.user):
            return User.objects.all()
        return User.objects.filter(pk=self.user.pk)  # none for visitors, who have no key

    def relations(self, obj: User | None) -> frozenset[Relation]:
        found = set(super().relations(obj))
        if not self.is_system and self.user.is_authenticated:
            if self.user.has_role(Role.SECURITY_ADMIN):
                found.add(STAFF)
            if obj is not None and obj.pk == self.user.pk:
                found.add(OWNER)
        return frozenset(found)

    def check(self, action: str, obj: Any | None) -> Decision:
        if action in self.not_to_oneself and obj is not None and obj.pk == self.user.pk:
            return Decision(
                False, "不能更改自己的角色或账号状态，请由另一位安全管理员办理。", "oneself"
            )
        return ALLOWED


class RoleAccess(Access):
    """Requests to join and roles of an organisation: its people and staff; the asker sees hers."""

    model = RoleAssignment
    actions: ClassVar = {
        "answer": frozenset({OWNER, STAFF}),
        "end": frozenset({OWNER, STAFF, SYSTEM}),
    }
    labels: ClassVar = {"answer": _("答复加入申请"), "end": _("终止角色")}

    def visible(self) -> QuerySet[RoleAssignment]:
        """Own rows and those of visible organisations; all for the security admin."""
        if _sees_all(self.user):
            return RoleAssignment.objects.all()
        if not self.user.is_authenticated:
            return RoleAssignment.objects.none()
        seen = OrganisationAccess(self.user).visible()
        return RoleAssignment.objects.filter(Q(user=self.user) | Q(organisation__in=seen))

    def relations(self, obj: RoleAssignment | None) -> frozenset[Relation]:
        if obj is None:
            return super().relations(None)
        if obj.organisation is None:
            return UserAccess(self.user).relations(obj.user)
        return OrganisationAccess(self.user).relations(obj.organisation)

    def check(self, action: str, obj: Any | None) -> Decision:
        if obj is None:
            return ALLOWED
        if action == "answer" and obj.user_id == self.user.pk:
            reason = "不能答复自己的申请，请由本单位其他人员或管辖部门答复。"
            return Decision(False, reason, "oneself")
        if action == "end" and obj.organisation_id is None:
            return UserAccess(self.user).can("end_role", obj.user)
        return ALLOWED


class TokenAccess(Access):
    """Keys of other systems: their owners make and revoke them, the security admin may revoke."""

    model = ServiceToken
    actions: ClassVar = {
        "create": frozenset({OWNER}),
        "view": frozenset({OWNER, STAFF}),
        "revoke": frozenset({OWNER, STAFF}),
    }
    labels: ClassVar = {
        "create": _("创建服务令牌"),
        "view": _("查看服务令牌"),
        "revoke": _("撤销服务令牌"),
    }
    names: ClassVar = {OWNER: _("企业、平台运营、对接系统、政府工作人员"), STAFF: _("安全管理员")}

    def visible(self) -> QuerySet[ServiceToken]:
        """Own tokens; all of them for the security admin."""
        if self.is_system or not self.user.is_authenticated:
            return ServiceToken.objects.none()
        if self.user.has_role(Role.SECURITY_ADMIN):
            return ServiceToken.objects.all()
        return ServiceToken.objects.filter(user=self.user)

    def scopes(self) -> frozenset[Scope]:
        """What a token that the user makes may be allowed to do."""
        held = [scopes for role, scopes in TOKEN_SCOPES.items() if self.user.has_role(role)]
        return frozenset().union(*held)

    def relations(self, obj: ServiceToken | None) -> frozenset[Relation]:
        found = set(super().relations(obj))
        if self.is_system or not self.user.is_authenticated:
            return frozenset(found)
        if self.user.has_role(Role.SECURITY_ADMIN):
            found.add(STAFF)
        if (obj is None and self.scopes()) or (obj is not None and obj.user_id == self.user.pk):
            found.add(OWNER)
        return frozenset(found)


class ActivityAccess(Access):
    """The activity log: all of it for auditors, one's own rows for everybody."""

    model = ActivityLog
    actions: ClassVar = {"audit": frozenset({STAFF})}
    labels: ClassVar = {"audit": _("查阅全部操作记录")}
    names: ClassVar = {STAFF: _("审计管理员")}

    def visible(self) -> QuerySet[ActivityLog]:
        if self.is_system or not self.user.is_authenticated:
            return ActivityLog.objects.none()
        if self.user.has_role(Role.AUDITOR):
            return ActivityLog.objects.all()
        return ActivityLog.objects.filter(actor=self.user)

    def relations(self, obj: ActivityLog | None) -> frozenset[Relation]:
        found = super().relations(obj)
        if not self.is_system and self.user.is_authenticated and self.user.has_role(Role.AUDITOR):
            found |= {STAFF}
        return found
