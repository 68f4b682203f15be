"""Reading people, organisations and tokens."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from accounts.models import ServiceToken

TOKEN_PREFIX_LENGTH = 12


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
    if token is None or not token.user.is_active:
        return None
    return token if hmac.compare_digest(token.digest, token_digest(secret)) else None
