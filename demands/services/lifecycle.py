"""Moving a demand along its life cycle (demands/states.py) and telling the rest of the portal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.access import SYSTEM
from core.errors import DomainError
from core.services import emit, lock
from core.states import perform
from demands.access import DemandAccess
from demands.models import Demand
from demands.services.posting import check_complete

OPEN_DAYS = 180  # how long a demand stays open unless its owner says otherwise
# transition → the event it is told by
EVENTS = {
    "submit": "demands.demand.submitted",
    "recall": "demands.demand.recalled",
    "publish": "demands.demand.published",
    "return": "demands.demand.returned",
    "withdraw": "demands.demand.withdrawn",
    "fulfil": "demands.demand.fulfilled",
    "expire": "demands.demand.expired",
    "reopen": "demands.demand.reopened",
    "restore": "demands.demand.published",
}


@transaction.atomic
def move_demand(
    *,
    actor: Any,
    demand: Demand,
    name: str,
    now: datetime,
    reason: str = "",
    is_secrecy_confirmed: bool = False,
) -> Demand:
    """Perform the transition `name`, whatever it is: the one door of page and API.

    Errors: Refused, `wrong_state`, `reason_required`, and those of submit and publish.
    """
    if name == "submit":
        return submit_demand(
            actor=actor, demand=demand, is_secrecy_confirmed=is_secrecy_confirmed, now=now
        )
    if name == "publish":
        return publish_demand(actor=actor, demand=demand, now=now)
    moved = perform(DemandAccess(actor), name, demand, now=now, reason=reason)
    emit(EVENTS[name], demand_id=moved.pk)
    return moved


@transaction.atomic
def submit_demand(
    *, actor: Any, demand: Demand, is_secrecy_confirmed: bool, now: datetime
) -> Demand:
    """Hand the draft in for review and emit `demands.demand.submitted`.

    The owner must have checked that it holds no state secret, nor another party's trade secret
    (L22); when is kept. Errors: Refused (also while the organisation is not approved),
    `wrong_state`, `field_required`, `teaser_required`, `secrecy_unconfirmed`, `expires_date`.
    """
    moved = perform(DemandAccess(actor), "submit", demand, now=now)
    check_complete(moved)
    today = timezone.localdate(now)
    if moved.expires_date and moved.expires_date < today:
        raise DomainError("expires_date", "有效期已过，请改为今天以后的日期。", "expires_date")
    if not is_secrecy_confirmed:
        raise DomainError(
            "secrecy_unconfirmed",
            "请先核对：内容不涉及国家秘密，也不含他人的商业秘密。",
            "is_secrecy_confirmed",
        )
    moved.secrecy_confirmed_at = now
    moved.save(update_fields=["secrecy_confirmed_at", "updated_at"])
    emit(EVENTS["submit"], demand_id=moved.pk)
    return moved


@transaction.atomic
def publish_demand(*, actor: Any, demand: Demand, now: datetime) -> Demand:
    """Open the demand and emit `demands.demand.published`, upon which it is matched.

    `published_at` is set the first time only (国办秘函〔2019〕19号: no faked dates); without a last
    day, or with one that is past, it stays open for 180 days.
    """
    moved = perform(DemandAccess(actor), "publish", demand, now=now)
    today = timezone.localdate(now)
    moved.published_at = moved.published_at or now
    if moved.expires_date is None or moved.expires_date < today:
        moved.expires_date = today + timedelta(days=OPEN_DAYS)
    moved.save(update_fields=["published_at", "expires_date", "updated_at"])
    emit(EVENTS["publish"], demand_id=moved.pk)
    return moved


@transaction.atomic
def fulfil_demand(*, actor: Any, demand: Demand, now: datetime) -> Demand:
    """Mark the demand as met; nothing happens when it already is (cases close more than once)."""
    locked = lock(demand)
    if locked.status == "fulfilled":
        return locked
    return move_demand(actor=actor, demand=locked, name="fulfil", now=now)


def expire_demands(*, now: datetime) -> int:
    """Expire every open demand whose last day is past; return how many. Each by itself, so that
    one that is locked or broken does not hold up the others."""
    count = 0
    due = Demand.objects.due(today=timezone.localdate(now)).order_by("pk")
    for demand in due.iterator(chunk_size=500):
        try:
            move_demand(actor=SYSTEM, demand=demand, name="expire", now=now)
        except DomainError:  # amended or withdrawn between the query and the lock
            continue
        count += 1
    return count
