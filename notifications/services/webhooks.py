"""Writers of webhook endpoints: registered, changed, given another secret, stopped, deleted."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core.errors import DomainError
from core.outgoing import check_address
from core.services import assign, check_record, lock, log_activity
from notifications.access import WebhookAccess
from notifications.enums import WebhookKind
from notifications.models import WebhookEndpoint
from notifications.webhook_signatures import secret_of

MAX_ENDPOINTS = 10
ACTION = "notifications.webhookendpoint"


@transaction.atomic
def create_endpoint(
    *, actor: User, url: str, kinds: Sequence[str], now: datetime
) -> tuple[WebhookEndpoint, str]:
    """Register an address; return it and its secret, which cannot be shown again.

    Errors: Refused; `too_many`; at url: `address`, `private_address`, `invalid` when it is there
    already; at kinds: `kinds`.
    """
    WebhookAccess(actor).require("create")
    if WebhookEndpoint.objects.filter(user=actor).count() >= MAX_ENDPOINTS:
        raise DomainError("too_many", f"最多登记 {MAX_ENDPOINTS} 个地址，请先删除不用的。")
    endpoint = WebhookEndpoint(user=actor, seed=secrets.token_hex(32))
    assign(endpoint, {"url": url.strip(), "kinds": _known(kinds)})
    _check(endpoint)
    endpoint.save()
    log_activity(
        actor=actor, action=f"{ACTION}.create", target=endpoint, now=now,
        data={"kinds": endpoint.kinds},
    )  # fmt: skip
    return endpoint, secret_of(endpoint.seed)


@transaction.atomic
def edit_endpoint(
    *, actor: User, endpoint: WebhookEndpoint, url: str, kinds: Sequence[str], now: datetime
) -> WebhookEndpoint:
    """Change address and kinds. Errors as those of `create_endpoint`."""
    locked = _locked(actor, endpoint)
    changed = assign(locked, {"url": url.strip(), "kinds": _known(kinds)})
    _check(locked)
    if changed:
        locked.save(update_fields=[*changed, "updated_at"])
        log_activity(
            actor=actor, action=f"{ACTION}.edit", target=locked, now=now, data={"fields": changed}
        )
    return locked


@transaction.atomic
def rotate_secret(*, actor: User, endpoint: WebhookEndpoint, now: datetime) -> str:
    """Another secret, which is returned; the one before it signs along for a day more."""
    locked = _locked(actor, endpoint)
    locked.old_seed, locked.seed, locked.rotated_at = locked.seed, secrets.token_hex(32), now
    locked.save(update_fields=["old_seed", "seed", "rotated_at", "updated_at"])
    log_activity(actor=actor, action=f"{ACTION}.rotate", target=locked, now=now)
    return secret_of(locked.seed)


@transaction.atomic
def set_endpoint_active(
    *, actor: User, endpoint: WebhookEndpoint, is_active: bool, now: datetime
) -> WebhookEndpoint:
    """Stop an endpoint, or let it be told again; what waited meanwhile is sent then."""
    locked = _locked(actor, endpoint)
    if locked.is_active != is_active:
        locked.is_active, locked.stop_reason = is_active, ""
        locked.save(update_fields=["is_active", "stop_reason", "updated_at"])
        verb = "resume" if is_active else "stop"
        log_activity(actor=actor, action=f"{ACTION}.{verb}", target=locked, now=now)
    return locked


@transaction.atomic
def delete_endpoint(*, actor: User, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Forget an endpoint and what was sent to it."""
    locked = lock(endpoint)
    WebhookAccess(actor).require("delete", locked)
    log_activity(actor=actor, action=f"{ACTION}.delete", target=locked, now=now)
    locked.delete()


@transaction.atomic
def forget_person(*, user_id: int) -> None:
    """Delete the endpoints of somebody who closed the account. Twice is as good."""
    WebhookEndpoint.objects.filter(user=user_id).delete()


def _locked(actor: User, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    locked = lock(endpoint)
    WebhookAccess(actor).require("edit", locked)
    return locked


def _known(kinds: Sequence[str]) -> list[str]:
    if not kinds or not set(kinds) <= set(WebhookKind.values):
        raise DomainError("kinds", "请至少选择一类事件。", "kinds")
    return [kind for kind in WebhookKind.values if kind in kinds]


def _check(endpoint: WebhookEndpoint) -> None:
    check_address(endpoint.url)
    check_record(endpoint)
