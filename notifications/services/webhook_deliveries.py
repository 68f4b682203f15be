"""Telling other systems: one row an event and endpoint, attempted until it arrives.

A worker takes an endpoint for a moment (`busy_until`), sends outside any transaction and writes
down what came of it. One that dies in between leaves the row waiting and the endpoint busy for two
minutes; then the sweep sends again, with the same `webhook-id`.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from core import outgoing
from core.errors import DomainError
from core.queue import enqueue
from core.services import lock
from notifications.access import DeliveryAccess, WebhookAccess
from notifications.enums import PING, WebhookStatus
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.services.messages import notify
from notifications.webhook_signatures import headers_of, secret_of

TIMEOUT_SECONDS = 10.0
MAX_ANSWER = 64 * 1024  # bytes that a receiver may answer
BUSY_FOR = timedelta(minutes=2)
KEPT_FOR = timedelta(days=30)
# the pauses between attempts: nine of them in two days, then it is given up
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 300, 600, 840, 960))


@dataclass(frozen=True)
class Outcome:
    """What one attempt came to; `code` is None where no answer came."""

    code: int | None
    error: str
    duration_ms: int

    @property
    def is_success(self) -> bool:
        return self.code is not None and not self.error


def queue_deliveries(
    *, event_id: str, kind: str, record_id: str, record_url: str,
    may_know: Callable[[User], bool], now: datetime,
) -> int:  # fmt: skip
    """A row for each endpoint that asks for `kind` and whose owner may know of the record.

    `record_url` is the path of its REST address. A second call for the event adds nothing.
    Returns how many endpoints are told.
    """
    told = [
        endpoint
        for endpoint in WebhookEndpoint.objects.told_of(kind).select_related("user").order_by("pk")
        if may_know(endpoint.user)
    ]
    WebhookDelivery.objects.bulk_create(
        [_row(endpoint, event_id, kind, record_id, record_url, now) for endpoint in told],
        ignore_conflicts=True,
    )
    for endpoint in told:
        enqueue("notifications.send_webhooks", endpoint_id=endpoint.pk)
    return len(told)


def _row(
    endpoint: WebhookEndpoint, event_id: str, kind: str, record_id: str, path: str, now: datetime
) -> WebhookDelivery:
    return WebhookDelivery(
        endpoint=endpoint, event_id=event_id, kind=kind, record_id=record_id, record_url=path,
        due_at=now, created_at=now,
    )  # fmt: skip


@transaction.atomic
def send_test(*, actor: User, endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery:
    """Send a `ping` about nothing. Errors: Refused, `stopped`."""
    WebhookAccess(actor).require("edit", endpoint)
    if not endpoint.is_active:
        raise DomainError("stopped", "地址已停用，请先启用。")
    row = _row(endpoint, str(uuid.uuid4()), PING, PING, reverse("me"), now)
    row.save()
    enqueue("notifications.send_webhooks", endpoint_id=endpoint.pk)
    return row


@transaction.atomic
def resend(*, actor: User, delivery: WebhookDelivery, now: datetime) -> WebhookDelivery:
    """Send once more, as the same message, whatever became of it. Errors: Refused, `stopped`."""
    locked = lock(delivery, "endpoint")
    DeliveryAccess(actor).require("resend", locked)
    if not locked.endpoint.is_active:
        raise DomainError("stopped", "地址已停用，请先启用。")
    locked.status, locked.attempts, locked.due_at = WebhookStatus.WAITING, 0, now
    locked.save(update_fields=["status", "attempts", "due_at"])
    enqueue("notifications.send_webhooks", endpoint_id=locked.endpoint_id)
    return locked


def send_next(*, endpoint_id: int, now: datetime) -> bool:
    """Send what is due longest to an endpoint; whether it arrived, so that more may be tried.

    False also when nothing is due, or another worker is sending there. Must not run inside a
    transaction: the other system may take its ten seconds.
    """
    claimed = _claim(endpoint_id, now)
    if claimed is None:
        return False
    outcome = _send(claimed, now)
    _write_down(claimed, outcome, now)
    return outcome.is_success


@transaction.atomic
def _claim(endpoint_id: int, now: datetime) -> WebhookDelivery | None:
    free = WebhookEndpoint.objects.to_send(now=now).filter(pk=endpoint_id)
    # not FOR UPDATE, which new rows of its deliveries would wait for
    endpoint = free.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
    if endpoint is None:
        return None
    rows = endpoint.deliveries.due(now=now).select_related("endpoint")
    row: WebhookDelivery | None = rows.order_by("due_at", "created_at", "pk").first()
    if row is not None:
        WebhookEndpoint.objects.filter(pk=endpoint_id).update(busy_until=now + BUSY_FOR)
    return row


def message_body(delivery: WebhookDelivery) -> bytes:
    """Type, time, and which record: never its content, which the receiver fetches by its rights."""
    content = {
        "type": delivery.kind,
        "timestamp": delivery.created_at.isoformat(),
        "data": {"id": delivery.record_id, "url": f"{settings.SITE_URL}{delivery.record_url}"},
    }
    return json.dumps(content, ensure_ascii=False).encode()


def _send(delivery: WebhookDelivery, now: datetime) -> Outcome:
    endpoint, body, started = delivery.endpoint, message_body(delivery), time.monotonic()
    keys = [secret_of(seed) for seed in endpoint.seeds(now)]
    code, error = None, ""
    try:
        answer = outgoing.send(
            endpoint.url, method="POST", body=body, timeout_seconds=TIMEOUT_SECONDS,
            headers=headers_of(keys, delivery.message_id, int(now.timestamp()), body),
            max_bytes=MAX_ANSWER,
        )  # fmt: skip
        code, error = answer.status, "" if answer.is_success else f"对方返回 {answer.status}。"
    except outgoing.Unreachable as failure:
        error = failure.message
    return Outcome(code, error[:200], int((time.monotonic() - started) * 1000))


@transaction.atomic
def _write_down(claimed: WebhookDelivery, outcome: Outcome, now: datetime) -> None:
    endpoints = WebhookEndpoint.objects.select_for_update(of=("self",)).select_related("user")
    endpoint = endpoints.filter(pk=claimed.endpoint_id).first()
    if endpoint is None:  # deleted meanwhile, and its deliveries with it
        return
    row = lock(claimed)
    row.attempts += 1
    row.response_code, row.error = outcome.code, outcome.error
    row.duration_ms, row.tried_at, row.due_at = outcome.duration_ms, now, None
    endpoint.busy_until = None
    if outcome.is_success:
        row.status, endpoint.succeeded_at = WebhookStatus.DELIVERED, now
    elif outcome.code == HTTPStatus.GONE or row.attempts > len(PAUSES):
        row.status = WebhookStatus.FAILED
        _stop(endpoint, row, now)
    else:
        row.due_at = now + PAUSES[row.attempts - 1]
    row.save()
    endpoint.save(
        update_fields=["busy_until", "succeeded_at", "is_active", "stop_reason", "updated_at"]
    )


def _stop(endpoint: WebhookEndpoint, row: WebhookDelivery, now: datetime) -> None:
    """Tell no more an endpoint that said 410, or where nothing arrived while this one waited."""
    is_gone = row.response_code == HTTPStatus.GONE
    if not endpoint.is_active:  # its owner was first
        return
    if not is_gone and endpoint.succeeded_at and endpoint.succeeded_at > row.created_at:
        return
    why = "对方表示不再接收（410）。" if is_gone else f"两天没有送达：{row.error}"
    endpoint.is_active, endpoint.stop_reason = False, why[:200]
    notify(
        users=[endpoint.user], kind="webhook_stopped", title="推送已停用", now=now,
        body=f"{endpoint.url} {why}修好后请在页面上重新启用，没有送达的可以重发。",
        url=endpoint.get_absolute_url(),
    )  # fmt: skip


def sweep_webhooks(*, now: datetime) -> int:
    """Queue every free endpoint to which something is due; how many."""
    due = WebhookDelivery.objects.due(now=now).values("endpoint")
    ids = WebhookEndpoint.objects.to_send(now=now).filter(pk__in=due)
    found = list(ids.order_by("pk").values_list("pk", flat=True))
    for endpoint_id in found:
        enqueue("notifications.send_webhooks", endpoint_id=endpoint_id)
    return len(found)


def forget_deliveries(*, now: datetime) -> int:
    """Delete what is older than a month; how many."""
    return WebhookDelivery.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]
