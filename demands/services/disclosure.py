"""Letting an organisation read a confidential demand in full, and remembering who read it (D08)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.selectors import history_of
from core.errors import DomainError
from core.services import emit, lock, log_activity
from core.states import Relation
from demands.access import DemandAccess
from demands.models import Demand, Disclosure


@transaction.atomic
def disclose_demand(*, actor: Any, demand: Demand, organisation: Any, now: datetime) -> Disclosure:
    """Let `organisation` read `demand` in full from now on; granting twice changes nothing.

    Only the owner may. Logged, and emitted as `demands.demand.disclosed`. Errors: Refused,
    `own_organisation`.
    """
    locked = lock(demand)
    DemandAccess(actor).require("disclose", locked)
    if organisation.pk == locked.organisation_id:
        raise DomainError("own_organisation", "本单位无需授权。", "organisation")
    row, is_new = Disclosure.objects.get_or_create(
        demand=locked,
        organisation=organisation,
        defaults={"granted_by": actor, "granted_at": now},
    )
    if not is_new and row.revoked_at is None:
        return row
    if not is_new:
        row.granted_by, row.granted_at, row.revoked_at = actor, now, None
        row.save(update_fields=["granted_by", "granted_at", "revoked_at", "updated_at"])
    _log(actor, "disclose", locked, organisation.name, now)
    emit("demands.demand.disclosed", demand_id=locked.pk, organisation_id=organisation.pk)
    return row


@transaction.atomic
def revoke_disclosure(*, actor: Any, disclosure: Disclosure, now: datetime) -> Disclosure:
    """Take the right to read back; what was read stays in the log. Twice changes nothing."""
    row = lock(disclosure)
    DemandAccess(actor).require("disclose", row.demand)
    if row.revoked_at is None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at", "updated_at"])
        _log(actor, "revoke_disclosure", row.demand, row.organisation.name, now)
    return row


def note_full_reading(*, actor: Any, demand: Demand, now: datetime) -> bool:
    """Log that somebody other than the owner read a confidential demand in full, once a day each.

    The owner sees these rows in the demand's history. Returns whether this reader is noted; owners,
    and people who only see the teaser, are not.
    """
    access = DemandAccess(actor)
    if not demand.is_confidential or Relation.OWNER in access.relations(demand):
        return False
    if not access.can("read_full", demand):
        return False
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    today = history_of(demand).filter(actor_id=actor.pk, at__gte=midnight)
    if not today.filter(action="demands.demand.read_full").exists():
        names = "、".join(organisation.name for organisation in actor.organisations)
        _log(actor, "read_full", demand, names, now)
    return True


def _log(actor: Any, verb: str, demand: Demand, organisation: str, now: datetime) -> None:
    log_activity(
        actor=actor, action=f"demands.demand.{verb}", target=demand, now=now,
        data={"organisation": organisation},
    )  # fmt: skip
