"""Writers of identities: a person signs in through an identity provider (统一身份认证).

An identity opens an account only after its person has proved both. It never brings a right: an
organisation named by its credit code is asked to let the person in, like anybody.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from accounts.access import UserAccess
from accounts.identity_providers import Identity
from accounts.models import Organisation, User
from accounts.services.organisations import Registration, register, request_role
from core.errors import DomainError, Refused
from core.services import lock, log_activity


@transaction.atomic
def link_identity(
    *, actor: User, identity: Identity, now: datetime, role: str = ""
) -> SocialAccount:
    """Let the actor sign in through `identity`; doing it twice changes nothing.

    With `role` they also ask to act for the organisation that the identity's credit code names.
    Errors: demo_account, identity_taken, no_organisation, those of `request_role`.
    """
    user = lock(actor)
    UserAccess(actor).require("edit", user)
    if user.is_demo:
        raise DomainError("demo_account", "演示账号供大家共用，不能关联个人身份。")
    held, is_new = SocialAccount.objects.get_or_create(
        provider=identity.provider, uid=identity.uid,
        defaults={"user": user, "extra_data": {"name": identity.claims.name}},
    )  # fmt: skip
    if held.user_id != user.pk:
        raise DomainError("identity_taken", "这个身份已关联其他账号，请先在那里解除。")
    if is_new:
        log_activity(
            actor=user, action="accounts.user.link_identity", target=user, now=now,
            data={"provider": identity.provider, "role_there": identity.claims.role},
        )  # fmt: skip
    if role:
        organisation = Organisation.objects.filter(uscc=identity.claims.uscc).first()
        if organisation is None:
            raise DomainError("no_organisation", "没有登记这个代码的单位。", "role")
        request_role(actor=user, organisation=organisation, role=role, now=now)
    return held


@transaction.atomic
def unlink_identity(*, actor: User, identity: SocialAccount, now: datetime) -> None:
    """End signing in through `identity`; doing it twice changes nothing.

    Errors: last_sign_in when the actor could not come in again.
    """
    user = lock(actor)
    if identity.user_id != user.pk:
        raise Refused("只能解除本人的关联。")
    others = SocialAccount.objects.filter(user=user).exclude(pk=identity.pk)
    if not user.has_usable_password() and not others.exists():
        raise DomainError("last_sign_in", "这是您唯一的登录方式，请先设置密码，再解除关联。")
    removed, _ = SocialAccount.objects.filter(pk=identity.pk).delete()
    if removed:
        log_activity(
            actor=actor, action="accounts.user.unlink_identity", target=user, now=now,
            data={"provider": identity.provider},
        )  # fmt: skip


@transaction.atomic
def register_with_identity(*, identity: Identity, now: datetime, **values: Any) -> Registration:
    """`register`, and let the new person sign in through `identity` as well.

    Errors: those of `register` and `link_identity`.
    """
    done = register(now=now, **values)
    link_identity(actor=done.user, identity=identity, now=now)
    return done
