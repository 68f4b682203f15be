"""Settling what both sides changed: somebody looks at both values and decides, field by field."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from core.activity import register_actions
from core.errors import DomainError
from core.services import lock, log_activity
from exchange.access import PulledRecordAccess
from exchange.enums import Take
from exchange.kinds import KINDS
from exchange.models import PulledRecord
from exchange.services import rows
from exchange.services.receiving import Neighbour

register_actions({"exchange.pulledrecord.settle": "处理了同步冲突"})


@transaction.atomic
def settle_conflicts(
    *, actor: Any, record: PulledRecord, names: Collection[str], take: str, now: datetime
) -> PulledRecord:
    """Write the peer's values of the fields `names` (theirs), or let those here stand (ours).

    Either way both sides count as agreed: the next change there is news again. Settled fields are
    passed over. Raises Refused, `nothing_chosen`, `wrong_state`, `unknown_code`, or what the row's
    service refuses.
    """
    locked = lock(record)
    PulledRecordAccess(actor).require("settle", locked)
    chosen = [name for name in locked.conflicts if name in names]
    if take not in Take.values:
        raise DomainError("nothing_chosen", "请选择采用对方，还是保留本地。")
    if not chosen:
        raise DomainError("nothing_chosen", "请勾选要处理的字段；已处理过的不再列出。")
    values = {name: locked.theirs[name] for name in chosen}
    if take == Take.THEIRS:
        _write(locked, values, now)
    locked.base = {**locked.base, **values}
    locked.conflicts = [name for name in locked.conflicts if name not in chosen]
    locked.save(update_fields=["base", "conflicts", "updated_at"])
    log_activity(
        actor=actor, action="exchange.pulledrecord.settle", target=locked, now=now,
        data={"take": take, "fields": chosen},
    )  # fmt: skip
    return locked


def _write(record: PulledRecord, values: dict[str, Any], now: datetime) -> None:
    spec = KINDS[record.kind]
    row = spec.model._default_manager.filter(pk=record.local_id).first()
    if row is None or not rows.is_public(row):
        raise DomainError("wrong_state", "本站的记录已经下架，不能再采用对方的内容。")
    stored, wrong = spec.stored(values)
    if wrong:
        raise DomainError("unknown_code", "".join(wrong.values()))
    rows.change(Neighbour(record.peer), row, stored, now)
