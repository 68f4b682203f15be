"""Writers of service tokens."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from accounts.access import TokenAccess
from accounts.models import ServiceToken, User
from accounts.selectors import TOKEN_PREFIX_LENGTH, token_digest
from core.errors import DomainError
from core.services import check_record, lock, log_activity

LONGEST = timedelta(days=366)


@transaction.atomic
def create_token(
    *, actor: User, name: str, scopes: Sequence[str], expires_at: datetime, now: datetime
) -> tuple[ServiceToken, str]:
    """Make a token that acts as the actor within `scopes`; return it and its secret.

    The secret is not kept and cannot be shown again. Errors: scopes when none or not for the
    actor's roles, expires_at when past or more than a year ahead.
    """
    access = TokenAccess(actor)
    access.require("create")
    if not scopes or not set(scopes) <= access.scopes():
        raise DomainError("scopes", "请至少选择一项权限范围。", "scopes")
    if not now < expires_at <= now + LONGEST:
        raise DomainError("expires_at", "有效期须在今天之后、一年之内。", "expires_at")
    secret = f"zs{secrets.token_hex(32)}"
    token = ServiceToken(
        user=actor, name=name.strip(), prefix=secret[:TOKEN_PREFIX_LENGTH],
        digest=token_digest(secret), scopes=sorted(set(scopes)), expires_at=expires_at,
    )  # fmt: skip
    check_record(token)
    token.save()
    log_activity(
        actor=actor, action="accounts.servicetoken.create", target=token, now=now,
        data={"scopes": token.scopes, "expires_at": expires_at.isoformat()},
    )  # fmt: skip
    return token, secret


@transaction.atomic
def revoke_token(*, actor: User, token: ServiceToken, now: datetime) -> ServiceToken:
    """Stop a token for good; revoking it again changes nothing."""
    locked = lock(token)
    TokenAccess(actor).require("revoke", locked)
    if locked.revoked_at is None:
        locked.revoked_at = now
        locked.save(update_fields=["revoked_at", "updated_at"])
        log_activity(actor=actor, action="accounts.servicetoken.revoke", target=locked, now=now)
    return locked


def note_token_use(*, token: ServiceToken, now: datetime) -> None:
    """Remember that the token was used, once a minute at most."""
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
        ServiceToken.objects.filter(pk=token.pk).update(last_used_at=now)
