"""Reading people, organisations and tokens."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, F, Model, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.access import OrganisationAccess, UserAccess
from accounts.enums import OrganisationStatus, Role
from accounts.models import ConsentRecord, Organisation, RoleAssignment, ServiceToken, User
from core.activity import sentence
from core.models import ActivityLog, ActivitySeal

TOKEN_PREFIX_LENGTH = 12
# valid by check character (GB 32100-2015), of a division 999999 that does not exist
DEMO_USCC = {
    "enterprise": "91999999MA0DEM0A1N",
    "operator": "91999999MA0DEM0B2T",
    "partner": "91999999MA0DEM0C3Y",
    "department": "11999999MA0DEM0D12",
}


def token_digest(secret: str) -> str:
    """SHA-256 of a token's secret, in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_for_secret(secret: str, *, now: datetime) -> ServiceToken | None:
    """The token that this secret opens, if it is in force and its user is active."""
    token = (
        ServiceToken.objects.select_related("user")
        .filter(prefix=secret[:TOKEN_PREFIX_LENGTH], revoked_at__isnull=True, expires_at__gt=now)
        .first()
    )
    if token is None or not token.user.may_sign_in:
        return None
    return token if hmac.compare_digest(token.digest, token_digest(secret)) else None


def people_of_organisation(
    organisation_id: int | None, roles: Iterable[str] = ()
) -> QuerySet[User]:
    """Active people who act for the organisation, in one of `roles` (none given: any), by name;
    nobody for None."""
    return people_of_organisations([organisation_id], roles)


def people_of_organisations(
    organisations: Iterable[int | None] | QuerySet[Any], roles: Iterable[str] = ()
) -> QuerySet[User]:
    """The same for several: their ids, or a query that gives them."""
    current = RoleAssignment.objects.current(now=timezone.now())
    held = current.filter(organisation__in=organisations)
    if roles := list(roles):
        held = held.filter(role__in=roles)
    return _people(held)


def departments(region_prefix: str = "") -> QuerySet[Organisation]:
    """Approved organisations with people who answer as 协同部门, by name."""
    held = RoleAssignment.objects.current(now=timezone.now()).filter(role=Role.DEPARTMENT)
    rows = Organisation.objects.approved().in_region(region_prefix)
    return rows.filter(pk__in=held.values("organisation")).order_by("name", "pk")


def staff_for_region(region_code: str) -> QuerySet[User]:
    """Active government staff nearest to the region: county before city before province.

    A wider level is asked only where the narrower one has nobody, so that the province is not
    told of every city's business.
    """
    return _nearest(Role.GOVERNMENT, region_code)


def brokers_for_region(region_code: str) -> QuerySet[User]:
    """Active brokers (技术经理人) nearest to the region, as `staff_for_region`."""
    return _nearest(Role.BROKER, region_code)


def security_admins() -> QuerySet[User]:
    """Active security administrators, by name."""
    held = RoleAssignment.objects.current(now=timezone.now())
    return _people(held.filter(role=Role.SECURITY_ADMIN))


def reviewers() -> QuerySet[User]:
    """Active people with the role of 评审专家, by name."""
    held = RoleAssignment.objects.current(now=timezone.now())
    return _people(held.filter(role=Role.REVIEWER))


def _nearest(role: Role, region_code: str) -> QuerySet[User]:
    held = RoleAssignment.objects.current(now=timezone.now()).filter(role=role)
    codes = [region_code, f"{region_code[:4]}00", f"{region_code[:2]}0000", "000000"]
    held = held.filter(user__is_active=True, region__in=codes).select_related("region")
    covering = [row for row in held.order_by("pk") if row.region.contains(region_code)]
    nearest = max((row.region.level for row in covering), default=None)
    wanted = [row.pk for row in covering if row.region.level == nearest]
    return _people(RoleAssignment.objects.filter(pk__in=wanted))


def _people(held: QuerySet[RoleAssignment]) -> QuerySet[User]:
    people = User.objects.filter(is_active=True, pk__in=held.values("user"))
    return people.order_by("name", "pk")


def join_requests(organisation: Organisation) -> QuerySet[RoleAssignment]:
    """Who waits to be let into the organisation, the longest waiting first."""
    rows = organisation.role_assignments.waiting().select_related("user", "organisation")
    return rows.order_by("created_at", "pk")


def members(organisation: Organisation) -> QuerySet[RoleAssignment]:
    """Roles in force at the organisation, by person."""
    rows = organisation.role_assignments.current(now=timezone.now()).filter(user__is_active=True)
    rows = rows.select_related("user", "organisation", "region")
    return rows.order_by("user__name", "role", "pk")


def demo_organisation(kind: str) -> Organisation | None:
    """The demo organisation of `kind`: enterprise, operator or partner; None before loading."""
    return Organisation.objects.filter(is_demo=True, uscc=DEMO_USCC[kind]).first()


def history_of(*targets: Model) -> QuerySet[ActivityLog]:
    """What was done to the records, the newest first."""
    about = Q(pk__in=[])
    for row in targets:
        about |= Q(target_type=row._meta.label_lower, target_id=str(row.pk))
    return ActivityLog.objects.filter(about).order_by("-at", "-pk")


def last_reason(target: Model, *transitions: str) -> str:
    """The reason given when `target` last took one of `transitions`; empty when it did not."""
    actions = [f"{target._meta.label_lower}.{name}" for name in transitions]
    row = history_of(target).filter(action__in=actions).first()
    return row.reason if row else ""


def review_queue(user: Any) -> QuerySet[Organisation]:
    """Organisations the user sees, those that wait first and longest first, then the newest."""
    waits = ExpressionWrapper(Q(status=OrganisationStatus.PENDING), output_field=BooleanField())
    rows = OrganisationAccess(user).visible().select_related("region__parent", "industry")
    return rows.order_by(waits.desc(), "-status_changed_at", "-pk")


def people_with_roles(user: Any) -> QuerySet[User]:
    """People the user sees, newest first, each with `current_roles` prefetched."""
    held = RoleAssignment.objects.current(now=timezone.now())
    held = held.select_related("organisation", "region").order_by("pk")
    rows = UserAccess(user).visible()
    return rows.prefetch_related(
        Prefetch("role_assignments", queryset=held, to_attr="current_roles")
    ).order_by("-date_joined", "-pk")


def roles_of(user: User) -> QuerySet[RoleAssignment]:
    """Every role of the person, waiting and ended ones too: in force first, then the newest."""
    rows = user.role_assignments.select_related("organisation", "region", "granted_by", "user")
    return rows.order_by(F("ended_at").desc(nulls_first=True), "-created_at", "-pk")


def consents_of(user: User) -> QuerySet[ConsentRecord]:
    """Consents of the person, the newest first."""
    return user.consents.order_by("-granted_at", "-pk")


def identity_providers() -> dict[str, str]:
    """Id and name of each configured identity provider, in the order of the configuration."""
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return {app["provider_id"]: app["name"] for app in apps}


def identities_of(user: User) -> QuerySet[SocialAccount]:
    """Identities the person signs in through, the oldest first."""
    return SocialAccount.objects.filter(user=user).order_by("date_joined", "pk")


def organisation_to_join(user: User | None, uscc: str) -> Organisation | None:
    """The organisation of the code, unless the person acts for it or has asked to."""
    found = Organisation.objects.filter(uscc=uscc).select_related("region").first()
    if found is None or user is None:
        return found
    held = user.role_assignments.filter(organisation=found, ended_at__isnull=True)
    return None if held.exists() else found


def tokens_of(user: User) -> QuerySet[ServiceToken]:
    """Service tokens of the person, the newest first."""
    return user.service_tokens.order_by("-created_at", "-pk")


def activity_of(user: User) -> QuerySet[ActivityLog]:
    """What the person did, the newest first."""
    return ActivityLog.objects.filter(actor=user).order_by("-at", "-pk")


def last_seal() -> ActivitySeal | None:
    """The newest link of the chain over the activity log."""
    return ActivitySeal.objects.order_by("-last_id").first()


def personal_data(user: User, *, now: datetime) -> dict[str, Any]:
    """Everything kept about the person, ready for JSON, Chinese keys as on the pages."""
    return {
        "导出时间": now.isoformat(),
        "账号": {
            "姓名": user.name, "邮箱": user.email, "电话": user.phone,
            "注册时间": user.date_joined.isoformat(),
            "最近登录": user.last_login.isoformat() if user.last_login else None,
        },
        "角色": [
            {
                "角色": row.get_role_display(), "单位": row.organisation and row.organisation.name,
                "地区": row.region and row.region.name,
                "授予时间": row.granted_at and row.granted_at.isoformat(),
                "终止时间": row.ended_at and row.ended_at.isoformat(),
            }
            for row in roles_of(user)
        ],
        "同意": [
            {
                "目的": row.purpose, "文本版本": row.text_version,
                "同意时间": row.granted_at.isoformat(),
                "撤回时间": row.withdrawn_at and row.withdrawn_at.isoformat(),
            }
            for row in consents_of(user)
        ],
        "服务令牌": [
            {
                "用途": row.name, "权限范围": row.scopes,
                "有效期至": row.expires_at.isoformat(),
                "撤销时间": row.revoked_at and row.revoked_at.isoformat(),
            }
            for row in tokens_of(user)
        ],
        "统一身份认证": [
            {
                "提供方": row.provider, "用户标识": row.uid, "姓名": row.extra_data.get("name", ""),
                "关联时间": row.date_joined.isoformat(), "最近登录": row.last_login.isoformat(),
            }
            for row in identities_of(user)
        ],
        "登录会话": [
            {"网络地址": row.ip, "设备": row.user_agent, "开始时间": row.created_at.isoformat()}
            for row in UserSession.objects.filter(user=user).order_by("pk")
        ],
        "操作记录": [
            {"时间": row.at.isoformat(), "动作": sentence(row.action), "对象": row.target_label}
            for row in activity_of(user)[:10_000]
        ],
    }  # fmt: skip
