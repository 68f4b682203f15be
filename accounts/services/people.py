"""What people do with their own account: change it, take it away, close it."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.access import UserAccess
from accounts.models import ConsentRecord, User
from accounts.services.roles import check_security_admin_stays
from core.errors import DomainError, Refused
from core.services import check_record, emit, lock, log_activity

CLOSED_NAME = "已注销用户"


@transaction.atomic
def edit_profile(*, actor: User, name: str, phone: str, now: datetime) -> User:
    """Change the actor's own name and phone."""
    user = lock(actor)
    UserAccess(actor).require("edit", user)
    user.name, user.phone = name.strip(), phone.strip()
    check_record(user)
    user.save(update_fields=["name", "phone"])
    log_activity(actor=actor, action="accounts.user.edit", target=user, now=now)
    return user


@transaction.atomic
def withdraw_consent(*, actor: User, consent: ConsentRecord, now: datetime) -> ConsentRecord:
    """Take back the actor's own consent; doing it twice changes nothing.

    What was done under it stays lawful (个人信息保护法 第十五条).
    """
    locked = lock(consent)
    if locked.user_id != actor.pk:
        raise Refused("只能撤回本人的同意。")
    if locked.withdrawn_at is None:
        locked.withdrawn_at = now
        locked.save(update_fields=["withdrawn_at", "updated_at"])
        log_activity(actor=actor, action="accounts.consentrecord.withdraw", target=locked, now=now)
    return locked


@transaction.atomic
def close_account(*, actor: User, now: datetime) -> User:
    """Close the actor's account for good: personal data erased, rights ended, sign-in impossible.

    Kept under legal hold: the activity log with the name at the time (网络安全法 第二十一条, six
    months at least) and what was written for the organisation, now by 已注销用户.
    Errors: demo_account, last_security_admin.
    """
    user = lock(actor)
    UserAccess(actor).require("close", user)
    if user.is_demo:
        raise DomainError("demo_account", "演示账号供大家共用，不能注销。")
    check_security_admin_stays(user, now=now, roles=set(user.roles))
    log_activity(actor=actor, action="accounts.user.close", target=user, now=now)
    user.role_assignments.filter(ended_at__isnull=True).update(ended_at=now)
    user.service_tokens.filter(revoked_at__isnull=True).update(revoked_at=now)
    user.consents.filter(withdrawn_at__isnull=True).update(withdrawn_at=now)
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
    user.email = f"closed-{user.pk}@account.invalid"
    user.name, user.phone, user.is_active = CLOSED_NAME, "", False
    user.set_unusable_password()
    user.save(update_fields=["email", "name", "phone", "is_active", "password"])
    emit("accounts.user.closed", user_id=user.pk)
    return user


def note_export(*, actor: User, now: datetime) -> None:
    """Log that the actor took a copy of their personal data."""
    UserAccess(actor).require("export", actor)
    log_activity(actor=actor, action="accounts.user.export", target=actor, now=now)
