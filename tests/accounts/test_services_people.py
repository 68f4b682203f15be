"""Roles, accounts, tokens, consents, closing an account."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts import services
from accounts.enums import ADMIN_ROLES, Role
from accounts.models import RoleAssignment, ServiceToken, User
from accounts.selectors import personal_data, token_for_secret
from core.access import SYSTEM
from core.errors import DomainError, Refused
from core.models import ActivityLog
from tests.factories.accounts import (
    PASSWORD,
    OrganisationFactory,
    RoleAssignmentFactory,
    ServiceTokenFactory,
    UserFactory,
    person,
)
from tests.factories.taxonomy import guangdong

pytestmark = pytest.mark.django_db


def actions() -> list[str]:
    return list(ActivityLog.objects.order_by("pk").values_list("action", flat=True))


def test_grant_gives_the_role_and_tells(now, security_admin, django_capture_on_commit_callbacks):
    user = UserFactory()

    with django_capture_on_commit_callbacks(execute=True):
        services.grant_role(
            actor=security_admin, user=user, role=Role.GOVERNMENT, region=guangdong(), now=now
        )

    fresh = User.objects.get(pk=user.pk)
    assert fresh.covers_region(Role.GOVERNMENT, "442000")
    assert fresh.role_assignments.get().granted_by == security_admin
    assert fresh.notifications.get().title == "您已获得角色：广东省政府工作人员"
    assert actions() == ["accounts.roleassignment.grant"]


def test_grant_by_the_system_starts_everything(now):
    user = UserFactory()

    services.grant_role(actor=SYSTEM, user=user, role=Role.SECURITY_ADMIN, now=now)

    assert User.objects.get(pk=user.pk).roles == {Role.SECURITY_ADMIN}


def test_grant_keeps_only_the_scope_the_role_has(now, security_admin):
    user = UserFactory()

    services.grant_role(
        actor=security_admin, user=user, role=Role.REVIEWER, region=guangdong(),
        organisation=OrganisationFactory(), now=now,
    )  # fmt: skip

    row = user.role_assignments.get()
    assert (row.region, row.organisation) == (None, None)


@pytest.mark.parametrize(
    ("role", "code", "field"),
    [
        (Role.GOVERNMENT, "region_required", "region"),
        (Role.BROKER, "region_required", "region"),
        (Role.OPERATOR, "organisation_required", "organisation"),
        ("king", "invalid", "role"),
    ],
)
def test_grant_without_scope_is_refused(role, code, field, now, security_admin):
    with pytest.raises(DomainError) as refusal:
        services.grant_role(actor=security_admin, user=UserFactory(), role=role, now=now)

    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert actions() == []


def test_grant_twice_is_refused(now, security_admin):
    user = person(Role.REVIEWER)

    with pytest.raises(DomainError, match="已有这一角色"):
        services.grant_role(actor=security_admin, user=user, role=Role.REVIEWER, now=now)


@pytest.mark.parametrize("held", sorted(ADMIN_ROLES))
@pytest.mark.parametrize("role", sorted(ADMIN_ROLES))
def test_the_three_admins_are_three_people(held, role, now, security_admin):
    user = person(held)

    with pytest.raises(DomainError) as refusal:
        services.grant_role(actor=security_admin, user=user, role=role, now=now)

    assert refusal.value.code == ("invalid" if held == role else "separate_admins")


def test_grant_to_oneself_is_refused(now, security_admin):
    with pytest.raises(Refused, match="不能更改自己"):
        services.grant_role(actor=security_admin, user=security_admin, role=Role.REVIEWER, now=now)

    assert security_admin.role_assignments.count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_ADMIN])
def test_grant_by_others_is_refused(role, now):
    with pytest.raises(Refused):
        services.grant_role(actor=person(role), user=UserFactory(), role=Role.REVIEWER, now=now)


def test_end_stops_the_role_and_twice_changes_nothing(now, security_admin):
    user = person(Role.GOVERNMENT)
    row = user.assignments[0]

    services.end_role(actor=security_admin, assignment=row, now=now, reason="调离")
    services.end_role(actor=security_admin, assignment=row, now=now + timedelta(hours=1))

    row.refresh_from_db()
    assert row.ended_at == now
    assert User.objects.get(pk=user.pk).roles == frozenset()
    assert actions() == ["accounts.roleassignment.end"]


def test_end_of_a_colleague_by_their_organisation(now):
    organisation = OrganisationFactory()
    left = person(Role.OPERATOR, organisation=organisation)
    colleague = person(Role.ENTERPRISE, organisation=organisation)

    services.end_role(actor=colleague, assignment=left.assignments[0], now=now)

    assert User.objects.get(pk=left.pk).roles == frozenset()


def test_end_by_strangers_is_refused(now):
    row = person(Role.OPERATOR).assignments[0]

    with pytest.raises(Refused):
        services.end_role(actor=person(Role.OPERATOR), assignment=row, now=now)

    row.refresh_from_db()
    assert row.ended_at is None


def test_the_last_security_admin_stays(now, security_admin):
    with pytest.raises(DomainError) as refusal:
        services.end_role(actor=SYSTEM, assignment=security_admin.assignments[0], now=now)

    assert refusal.value.code == "last_security_admin"


def test_one_of_two_security_admins_may_go(now, security_admin):
    second = person(Role.SECURITY_ADMIN)

    services.end_role(actor=security_admin, assignment=second.assignments[0], now=now)

    assert User.objects.get(pk=second.pk).roles == frozenset()


def test_invite_opens_an_account_without_password(now, security_admin):
    user = services.invite_person(
        actor=security_admin, email="Wang@Gd.Gov.Cn", name="王某", now=now
    )

    assert (user.email, user.has_usable_password()) == ("wang@gd.gov.cn", False)
    assert EmailAddress.objects.get(user=user).verified


def test_invite_of_a_known_address_is_refused(now, security_admin):
    with pytest.raises(DomainError) as refusal:
        services.invite_person(
            actor=security_admin, email=security_admin.email.upper(), name="王某", now=now
        )

    assert refusal.value.field == "email"


def test_shutting_out_ends_sessions_and_tokens(now, security_admin):
    token = ServiceTokenFactory(secret="zs0123456789secret")
    client = Client()
    client.force_login(token.user)
    assert client.get("/profile/").status_code == 200

    services.set_active(
        actor=security_admin, user=token.user, is_active=False, reason="离职", now=now
    )

    assert client.get("/profile/").status_code == 302
    assert token_for_secret("zs0123456789secret", now=now) is None


def test_shutting_out_needs_a_reason(now, security_admin):
    user = UserFactory()

    with pytest.raises(DomainError, match="请写明原因"):
        services.set_active(actor=security_admin, user=user, is_active=False, now=now)

    user.refresh_from_db()
    assert user.is_active


def test_letting_in_again_and_twice(now, security_admin):
    user = UserFactory(is_active=False)

    services.set_active(actor=security_admin, user=user, is_active=True, now=now)
    services.set_active(actor=security_admin, user=user, is_active=True, now=now)

    user.refresh_from_db()
    assert user.is_active
    assert actions() == ["accounts.user.activate"]


def test_shutting_out_the_last_security_admin_is_refused(now, security_admin):
    with pytest.raises(DomainError) as refusal:
        services.set_active(
            actor=SYSTEM, user=security_admin, is_active=False, reason="离职", now=now
        )

    assert refusal.value.code == "last_security_admin"


def make_token(user: User, now: Any, **changes: Any) -> tuple[ServiceToken, str]:
    values = {
        "name": "ERP 同步",
        "scopes": ["demands:write", "demands:read"],
        "expires_at": now + timedelta(days=90),
        **changes,
    }
    return services.create_token(actor=user, now=now, **values)


def test_token_opens_with_its_secret_only(now):
    user = person(Role.PARTNER)

    token, secret = make_token(user, now)

    assert token_for_secret(secret, now=now) == token
    assert token_for_secret(secret[:-1] + "x", now=now) is None
    assert secret not in str(ServiceToken.objects.values().get())
    assert token.scopes == ["demands:read", "demands:write"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"expires_at": -1}, "expires_at"),
        ({"expires_at": 400}, "expires_at"),
        ({"name": " "}, "name"),
    ],
)
def test_token_refused_changes_nothing(changes, field, now):
    if "expires_at" in changes:
        changes = {"expires_at": now + timedelta(days=changes["expires_at"])}

    with pytest.raises(DomainError) as refusal:
        make_token(person(Role.PARTNER), now, **changes)

    assert refusal.value.field == field
    assert not ServiceToken.objects.exists()


def test_token_is_not_for_staff(now):
    with pytest.raises(Refused):
        make_token(person(Role.GOVERNMENT), now)


def test_token_expires(now):
    user = person(Role.PARTNER)
    token, secret = make_token(user, now)

    assert token_for_secret(secret, now=now + timedelta(days=91)) is None
    assert not token.is_usable(now + timedelta(days=91))


def test_revoked_token_is_dead_and_twice_changes_nothing(now):
    user = person(Role.PARTNER)
    token, secret = make_token(user, now)

    services.revoke_token(actor=user, token=token, now=now)
    services.revoke_token(actor=user, token=token, now=now + timedelta(hours=1))

    token.refresh_from_db()
    assert token.revoked_at == now
    assert token_for_secret(secret, now=now) is None


def test_anothers_token_is_not_revoked(now):
    token = ServiceTokenFactory()

    with pytest.raises(Refused):
        services.revoke_token(actor=person(Role.PARTNER), token=token, now=now)

    token.refresh_from_db()
    assert token.revoked_at is None


def test_token_use_is_noted_once_a_minute(now):
    token = ServiceTokenFactory()

    services.note_token_use(token=token, now=now)
    token.refresh_from_db()
    services.note_token_use(token=token, now=now + timedelta(seconds=30))

    token.refresh_from_db()
    assert token.last_used_at == now


def test_profile_is_changed(now):
    user = UserFactory()

    services.edit_profile(actor=user, name=" 李某 ", phone="0760-1", now=now)

    user.refresh_from_db()
    assert (user.name, user.phone) == ("李某", "0760-1")


def test_profile_without_name_is_refused(now):
    user = UserFactory(name="李某")

    with pytest.raises(DomainError) as refusal:
        services.edit_profile(actor=user, name=" ", phone="", now=now)

    assert refusal.value.field == "name"
    user.refresh_from_db()
    assert user.name == "李某"


def test_consent_is_withdrawn_once_and_by_its_person(now):
    user = UserFactory()
    consent = user.consents.create(purpose="注册", text_version="1", granted_at=now)

    services.withdraw_consent(actor=user, consent=consent, now=now)
    services.withdraw_consent(actor=user, consent=consent, now=now + timedelta(days=1))

    consent.refresh_from_db()
    assert consent.withdrawn_at == now
    with pytest.raises(Refused):
        services.withdraw_consent(actor=UserFactory(), consent=consent, now=now)


def test_closing_erases_the_person_and_keeps_the_log(now):
    user = person(Role.ENTERPRISE)
    address, name = user.email, user.name
    EmailAddress.objects.create(user=user, email=address, primary=True, verified=True)
    TOTP.activate(user, generate_totp_secret())
    token = ServiceTokenFactory(user=user, secret="zs9999999999secret")
    UserSession.objects.create(user=user, ip="127.0.0.1", session_key="phone", user_agent="x")

    services.close_account(actor=user, now=now)

    user = User.objects.get(pk=user.pk)
    assert (user.name, user.phone, user.is_active) == ("已注销用户", "", False)
    assert user.email == f"closed-{user.pk}@account.invalid"
    assert not user.check_password(PASSWORD)
    assert user.roles == frozenset()
    assert token_for_secret("zs9999999999secret", now=now) is None
    assert not EmailAddress.objects.filter(email=address).exists()
    assert not Authenticator.objects.filter(user=user).exists()
    assert not UserSession.objects.filter(user=user).exists()
    token.refresh_from_db()
    assert token.revoked_at == now
    assert ActivityLog.objects.get(action="accounts.user.close").actor_name == name


def test_closed_address_may_register_again(now):
    user = UserFactory(email="again@example.com")

    services.close_account(actor=user, now=now)

    assert not User.objects.filter(email="again@example.com").exists()


def test_the_last_security_admin_may_not_close(now, security_admin):
    with pytest.raises(DomainError) as refusal:
        services.close_account(actor=security_admin, now=now)

    assert refusal.value.code == "last_security_admin"
    security_admin.refresh_from_db()
    assert security_admin.is_active


def test_demo_accounts_are_not_closed(now):
    user = UserFactory(is_demo=True)

    with pytest.raises(DomainError) as refusal:
        services.close_account(actor=user, now=now)

    assert refusal.value.code == "demo_account"


def test_personal_data_is_all_that_is_kept(now):
    user = person(Role.PARTNER)
    user.consents.create(purpose="注册", text_version="1", granted_at=now)
    ServiceTokenFactory(user=user)
    services.note_export(actor=user, now=now)

    data = personal_data(user, now=now)

    assert data["账户"]["邮箱"] == user.email
    assert [row["角色"] for row in data["角色"]] == ["对接系统"]
    assert [row["文本版本"] for row in data["同意"]] == ["1"]
    assert [row["用途"] for row in data["服务令牌"]] == ["对接系统"]
    assert [row["动作"] for row in data["操作记录"]] == ["导出了个人数据"]
    assert "digest" not in str(data)


def test_the_constraints_hold_in_the_database():
    row = RoleAssignmentFactory.build(user=UserFactory(), role=Role.GOVERNMENT)

    with pytest.raises(Exception, match="管辖地区"):
        row.full_clean()
    assert not RoleAssignment.objects.exists()
