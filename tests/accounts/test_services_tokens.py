"""Service tokens: secrets, scopes, expiry, revocation."""

from datetime import timedelta
from typing import Any

import pytest

from accounts import services
from accounts.enums import Role
from accounts.models import ServiceToken, User
from accounts.selectors import token_for_secret
from core.errors import DomainError, Refused
from tests.factories.accounts import (
    ServiceTokenFactory,
    person,
)

pytestmark = pytest.mark.django_db


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


def test_tokens_of_staff_watch_the_portal_and_nothing_else(now):
    with pytest.raises(Refused):
        make_token(person(Role.AUDITOR), now)
    staff = person(Role.GOVERNMENT)
    with pytest.raises(DomainError) as refusal:
        make_token(staff, now)

    assert refusal.value.field == "scopes"
    assert make_token(staff, now, scopes=["monitoring:read"])[0].scopes == ["monitoring:read"]


def test_token_expires(now):
    user = person(Role.PARTNER)
    _, secret = make_token(user, now)

    assert token_for_secret(secret, now=now + timedelta(days=91)) is None


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
