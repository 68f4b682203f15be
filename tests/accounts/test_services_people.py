"""Accounts: invitations, shutting out, profile, consents, closing."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts import services
from accounts.enums import Role
from accounts.models import RoleAssignment, User
from accounts.selectors import personal_data, token_for_secret
from core.access import SYSTEM
from core.errors import DomainError, Refused
from core.models import ActivityLog
from tests.factories.accounts import (
    PASSWORD,
    RoleAssignmentFactory,
    ServiceTokenFactory,
    UserFactory,
    person,
)

pytestmark = pytest.mark.django_db


def actions() -> list[str]:
    return list(ActivityLog.objects.order_by("pk").values_list("action", flat=True))


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

    assert data["账号"]["邮箱"] == user.email
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
