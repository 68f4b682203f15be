"""Demo people and organisations: one sign-in a role, only where DEMO_MODE is on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from accounts.enums import OrganisationStatus, Role
from accounts.models import Organisation, RoleAssignment, User
from accounts.selectors import DEMO_USCC
from core.access import SYSTEM
from core.errors import DomainError
from core.services import log_activity
from taxonomy.jurisdiction import current_jurisdiction
from taxonomy.models import Region

DEMO_PASSWORD = "zhongshi-demo-2026"  # noqa: S105 -- public on purpose, refused outside DEMO_MODE
DEMO_DOMAIN = "demo.example"  # RFC 2606: no mailbox can exist there


@dataclass(frozen=True)
class DemoPerson:
    """One sign-in. `organisation` names a key of DEMO_USCC, `scope` a region."""

    account: str
    name: str
    label: str
    role: Role
    organisation: str = ""
    scope: str = ""  # "root" or "city"

    @property
    def email(self) -> str:
        return f"{self.account}@{DEMO_DOMAIN}"


ORGANISATION_NAMES = {
    "enterprise": "演示新材料有限公司",
    "operator": "演示中试平台运营有限公司",
    "partner": "演示对接系统单位",
    "department": "演示协同部门",
}
DEMO_PEOPLE = (
    DemoPerson("enterprise", "演示企业用户", "企业用户", Role.ENTERPRISE, "enterprise"),
    DemoPerson("operator", "演示平台运营", "平台运营", Role.OPERATOR, "operator"),
    DemoPerson("province", "演示省级工作人员", "政府工作人员（省）", Role.GOVERNMENT, scope="root"),
    DemoPerson("city", "演示市级工作人员", "政府工作人员（市）", Role.GOVERNMENT, scope="city"),
    DemoPerson("department", "演示部门工作人员", "协同部门", Role.DEPARTMENT, "department"),
    DemoPerson("broker", "演示技术经理人", "技术经理人", Role.BROKER, scope="root"),
    DemoPerson("reviewer", "演示评审专家", "评审专家", Role.REVIEWER),
    DemoPerson("partner", "演示对接系统", "对接系统", Role.PARTNER, "partner"),
    DemoPerson("system-admin", "演示系统管理员", "系统管理员", Role.SYSTEM_ADMIN),
    DemoPerson("security-admin", "演示安全管理员", "安全管理员", Role.SECURITY_ADMIN),
    DemoPerson("auditor", "演示审计管理员", "审计管理员", Role.AUDITOR),
)


@transaction.atomic
def load_demo_accounts(*, now: datetime) -> int:
    """Make what is missing of the demo organisations and people; return how many rows were made.

    Safe to run twice: what is there gets its name, password and role back. Errors: demo_mode when
    DEMO_MODE is off, no_regions before the code lists are loaded.
    """
    if not settings.DEMO_MODE:
        raise DomainError("demo_mode", "未开启演示模式（DEMO_MODE），不能装入演示账号。")
    regions = {"root": _region(current_jurisdiction().region)}
    regions["city"] = _demo_city(regions["root"])
    organisations = {}
    made = 0
    for kind, uscc in DEMO_USCC.items():
        facts = {
            "name": ORGANISATION_NAMES[kind], "region": regions["city"], "is_demo": True,
            "status": OrganisationStatus.APPROVED, "wants_platform": kind == "operator",
        }  # fmt: skip
        organisations[kind], is_new = Organisation.objects.update_or_create(
            uscc=uscc, defaults=facts, create_defaults=facts | {"status_changed_at": now}
        )
        made += is_new
    for demo in demo_people():
        user, is_new = _demo_user(demo, now=now)
        _, is_new_role = RoleAssignment.objects.get_or_create(
            user=user, role=demo.role, ended_at=None,
            organisation=organisations.get(demo.organisation), region=regions.get(demo.scope),
            defaults={"granted_at": now},
        )  # fmt: skip
        made += is_new + is_new_role
    if made:
        root = organisations["operator"]
        log_activity(actor=SYSTEM, action="accounts.demo.load", target=root, now=now)
    return made


def _region(code: str) -> Region:
    region = Region.objects.filter(pk=code).first()
    if region is None:
        raise DomainError("no_regions", "请先装入代码表（load_code_lists）。")
    return region


def demo_people() -> list[DemoPerson]:
    """Who can sign in: where a city runs the portal, nobody sits above it."""
    if current_jurisdiction().level == "province":
        return list(DEMO_PEOPLE)
    return [
        replace(one, name="演示市级主管人员", label="政府工作人员（市，主管）")
        if one.account == "province"
        else one
        for one in DEMO_PEOPLE
    ]


def _demo_city(root: Region) -> Region:
    """中山 inside Guangdong; elsewhere the first city, or the region itself when it has none."""
    inside = Region.objects.active().under(root.prefix).filter(level=2).order_by("code")
    return inside.filter(pk="442000").first() or inside.first() or root


def _demo_user(demo: DemoPerson, *, now: datetime) -> tuple[User, bool]:
    user, is_new = User.objects.update_or_create(
        email=demo.email,
        defaults={"name": demo.name, "is_demo": True, "is_active": True},
        create_defaults={"name": demo.name, "is_demo": True, "date_joined": now},
    )
    if is_new or not user.check_password(DEMO_PASSWORD):
        user.set_password(DEMO_PASSWORD)
        user.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"primary": True, "verified": True}
    )
    return user, is_new
