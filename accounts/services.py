"""Writers of people, organisations, roles and tokens."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import ServiceToken


def note_token_use(*, token: ServiceToken, now: datetime) -> None:
    """Remember that the token was used, once a minute at most."""
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
        ServiceToken.objects.filter(pk=token.pk).update(last_used_at=now)
