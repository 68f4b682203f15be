"""Writers of the kernel: the activity log, events and their deliveries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import Any, TypeVar

import structlog
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.utils import timezone

from core.errors import DomainError
from core.events import reaction, reactions_for
from core.models import ActivityLog, ActivitySeal, DayCount, Delivery, Event
from core.queue import enqueue

MAX_ATTEMPTS = 10
Row = TypeVar("Row", bound=models.Model)

logger = structlog.get_logger(__name__)


def lock(row: Row, *related: str) -> Row:
    """The row as it is now, locked until the end of the transaction, joined with `related`."""
    rows: Any = row._meta.model._default_manager.select_for_update(of=("self",))
    locked: Row = (rows.select_related(*related) if related else rows).get(pk=row.pk)
    return locked


def assign(row: Any, values: Mapping[str, Any], names: Iterable[str] | None = None) -> list[str]:
    """Set the attributes that differ, of `names` only when given; the names of those."""
    asked = [name for name in (values if names is None else names) if name in values]
    changed = [name for name in asked if getattr(row, name, None) != values[name]]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def assign_many(row: Any, values: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """The same for relations to many rows; `row` is saved."""
    changed = []
    for name in names:
        if name not in values:
            continue
        relation, wanted = getattr(row, name), {other.pk for other in values[name]}
        if wanted != set(relation.values_list("pk", flat=True)):
            relation.set(wanted)
            changed.append(name)
    return changed


def check_record(record: models.Model, exclude: Iterable[str] = ()) -> None:
    """`full_clean` of all fields but `exclude`, as DomainError `invalid` (see `invalid`)."""
    try:
        record.full_clean(exclude=set(exclude))
    except ValidationError as error:
        raise invalid(error) from error


def invalid(error: ValidationError) -> DomainError:
    """The first thing wrong with a record, at its field."""
    field, messages = next(iter(error.message_dict.items()))
    return DomainError("invalid", messages[0], None if field == NON_FIELD_ERRORS else field)


# where the request under way comes from; not in the log context, so that the technical log,
# which holds no personal data, does not repeat it
source_address: ContextVar[str | None] = ContextVar("source_address", default=None)


def log_activity(
    *,
    actor: Any,
    action: str,
    target: models.Model,
    now: datetime,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> ActivityLog:
    """Append one row to the activity log. Request id and address are those of the request."""
    context = structlog.contextvars.get_contextvars()
    return ActivityLog.objects.create(
        at=now,
        actor_id=getattr(actor, "pk", None),
        actor_name=str(actor)[:100],
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        target_label=str(target)[:300],
        reason=reason.strip(),
        data=data or {},
        request_id=str(context.get("request_id", ""))[:64],
        ip_address=context.get("ip_address") or source_address.get(),
    )


def emit(name: str, **payload: Any) -> Event:
    """Write the event `name` beside the change; reactions run in workers after the commit."""
    event = Event.objects.create(name=name, payload=payload)
    enqueue("core.dispatch_event", event_id=str(event.pk))
    return event


def count_today(*, name: str, now: datetime, subject: str = "", by: int = 1) -> None:
    """Add `by` to today's count of `name`. One statement, two on the first of the day."""
    key = {"day": timezone.localdate(now), "name": name, "subject": subject[:200]}
    more = models.F("count") + by
    if not DayCount.objects.filter(**key).update(count=more):
        _row, is_new = DayCount.objects.get_or_create(**key, defaults={"count": by})
        if not is_new:  # somebody else counted first
            DayCount.objects.filter(**key).update(count=more)


def settle_events(*, prefix: str, key: str, ids: Iterable[int], now: datetime) -> int:
    """Mark events as dealt with whose payload names one of `ids`: history that is loaded is no
    news, and nobody is told of it. Returns how many."""
    rows = Event.objects.filter(
        name__startswith=prefix, completed_at__isnull=True, **{f"payload__{key}__in": list(ids)}
    )
    return rows.update(completed_at=now)


def deliver_event(*, event_id: str, now: datetime) -> int:
    """Run every reaction of the event that is not done; return how many are still open.

    Each reaction has its own transaction and its own row: one that fails does not hold the
    others up, and runs again at the next sweep, ten times at most.
    """
    with transaction.atomic():
        event = Event.objects.select_for_update(skip_locked=True).filter(pk=event_id).first()
        if event is None or event.completed_at is not None:
            return 0
        Delivery.objects.bulk_create(
            [Delivery(event=event, reaction=r.name) for r in reactions_for(event.name)],
            ignore_conflicts=True,
        )
    open_rows = event.deliveries.filter(done_at__isnull=True, attempts__lt=MAX_ATTEMPTS)
    for delivery_id in list(open_rows.order_by("pk").values_list("pk", flat=True)):
        _deliver(delivery_id=delivery_id, event=event, now=now)
    left = open_rows.count()
    if not left:
        Event.objects.filter(pk=event.pk).update(completed_at=now)
    return left


def _deliver(*, delivery_id: int, event: Event, now: datetime) -> None:
    try:
        with transaction.atomic():
            row = Delivery.objects.select_for_update(skip_locked=True).filter(
                pk=delivery_id, done_at__isnull=True
            )
            delivery = row.first()
            known = reaction(delivery.reaction) if delivery else None
            if delivery is None:
                return
            if known is not None:
                known.run(event_id=str(event.pk), name=event.name, payload=event.payload)
            delivery.done_at = now
            delivery.save(update_fields=["done_at"])
    except Exception as error:  # a reaction may fail in any way; the row remembers it
        logger.exception("event.reaction_failed", event_id=str(event.pk), delivery=delivery_id)
        Delivery.objects.filter(pk=delivery_id).update(
            attempts=models.F("attempts") + 1, last_error=repr(error)[:2000]
        )


def sweep_events(*, now: datetime, limit: int = 500) -> int:
    """Queue every event whose delivery is overdue; return how many."""
    ids = Event.objects.undelivered().order_by("created_at", "pk").values_list("pk", flat=True)
    overdue = list(ids[:limit])
    for event_id in overdue:
        enqueue("core.dispatch_event", event_id=str(event_id))
    return len(overdue)


def row_digest(previous: str, rows: list[ActivityLog]) -> str:
    """SHA-256 over the previous digest and each row's content, in order of id."""
    digest = hashlib.sha256(previous.encode())
    for row in rows:
        content = [
            row.pk, row.at.isoformat(), row.actor_id, row.actor_name, row.action,
            row.target_type, row.target_id, row.target_label, row.reason, row.data,
        ]  # fmt: skip
        digest.update(json.dumps(content, ensure_ascii=False, sort_keys=True).encode())
    return digest.hexdigest()


@transaction.atomic
def seal_activity_log(*, now: datetime, limit: int = 10_000) -> ActivitySeal | None:
    """Chain the rows written since the last seal (older than a minute, so none is in flight)."""
    last = ActivitySeal.objects.select_for_update().order_by("-last_id").first()
    settled = now.timestamp() - 60
    rows = list(
        ActivityLog.objects.filter(
            pk__gt=last.last_id if last else 0, at__lt=datetime.fromtimestamp(settled, now.tzinfo)
        ).order_by("pk")[:limit]
    )
    if not rows:
        return None
    return ActivitySeal.objects.create(
        first_id=rows[0].pk,
        last_id=rows[-1].pk,
        count=len(rows),
        digest=row_digest(last.digest if last else "", rows),
        sealed_at=now,
    )


def verify_activity_log() -> ActivitySeal | None:
    """Recompute the chain; return the first seal that does not hold, None when all do."""
    previous = ""
    for seal in ActivitySeal.objects.order_by("last_id"):
        rows = ActivityLog.objects.filter(pk__gte=seal.first_id, pk__lte=seal.last_id)
        listed = list(rows.order_by("pk"))
        if len(listed) != seal.count or row_digest(previous, listed) != seal.digest:
            return seal
        previous = seal.digest
    return None
