"""The record of signing in and out, and the cleaning of old sessions (GB/T 22239-2019 level 3)."""

from __future__ import annotations

from datetime import datetime

import structlog
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts.models import User
from accounts.services.rules import normal_email
from core.access import SYSTEM
from core.services import log_activity


def log_account_event(
    *, user: User, action: str, now: datetime, ip_address: str | None, provider: str = ""
) -> None:
    """Log what a person did with their own sign-in: `accounts.user.<action>`, with the address.

    `provider`: the identity provider they came through.
    """
    data = {"provider": provider} if provider else {}
    with structlog.contextvars.bound_contextvars(ip_address=ip_address):
        log_activity(actor=user, action=f"accounts.user.{action}", target=user, now=now, data=data)


def log_failed_identity(*, provider: str, reason: str, now: datetime) -> None:
    """Log that somebody whom an identity provider sent was not let in. Who it was is not known."""
    nobody = User(pk=0, name=provider)
    log_activity(actor=SYSTEM, action="accounts.user.sign_in_failed", target=nobody, now=now,
                 data={"reason": reason})  # fmt: skip


def log_failed_sign_in(*, email: str, now: datetime, ip_address: str | None) -> None:
    """Log a failed attempt under the account tried, or under a masked address nobody has.

    The system is the actor: who tried is not known.
    """
    address = normal_email(email)
    user = User.objects.filter(email=address).first() or User(pk=0, name=masked(address))
    with structlog.contextvars.bound_contextvars(ip_address=ip_address):
        log_activity(actor=SYSTEM, action="accounts.user.sign_in_failed", target=user, now=now)


def masked(email: str) -> str:
    """`z***@example.com`: enough to see a pattern, too little to keep somebody's address."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain}" if domain else "***"


def purge_sessions(*, now: datetime) -> int:
    """Delete expired sessions and the records of sessions that are gone; return how many."""
    expired, _ = Session.objects.filter(expire_date__lt=now).delete()
    alive = Session.objects.values("session_key")
    gone, _ = UserSession.objects.exclude(session_key__in=alive).delete()
    return expired + gone
