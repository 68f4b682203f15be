"""The vetted list of platforms that may use the import-tax policy (G47)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from core.activity import register_actions
from core.errors import DomainError
from core.services import check_record, emit, lock, log_activity
from platforms.access import TaxAccess
from platforms.models import Platform, TaxEligibility
from platforms.services.roster import CODE_CHARACTERS

register_actions(
    {
        "platforms.taxeligibility.record": "列入了进口税收政策名单",
        "platforms.taxeligibility.end": "停止了进口税收资格",
    }
)


@transaction.atomic
def record_eligibility(
    *, actor: Any, platform: Platform, values: Mapping[str, Any], now: datetime
) -> TaxEligibility:
    """Put a platform on the list, as the document that vetted it says.

    Raises Refused, or DomainError at a field (`invalid`: it is on the list already).
    """
    locked = lock(platform)
    row = TaxEligibility(
        platform=locked, recorded_by=actor if actor.pk else None, is_demo=locked.is_demo,
        verification_code=get_random_string(12, CODE_CHARACTERS), **values,
    )  # fmt: skip
    TaxAccess(actor).require("record", row)
    if row.valid_until is not None and row.valid_until < row.started_date:
        raise DomainError("invalid", "有效期不能早于享受起始日。", "valid_until")
    check_record(row)
    row.save()
    log_activity(
        actor=actor, action="platforms.taxeligibility.record", target=row, now=now,
        reason=row.document_number,
    )  # fmt: skip
    emit("platforms.taxeligibility.recorded", eligibility_id=row.pk)
    return row


@transaction.atomic
def end_eligibility(
    *, actor: Any, eligibility: TaxEligibility, ended_date: date, reason: str, now: datetime
) -> TaxEligibility:
    """Take a platform off the list from `ended_date` on; its proof says so from then.

    Raises Refused, DomainError `twice`, `reason_required` or at `ended_date`.
    """
    locked = lock(eligibility)
    TaxAccess(actor).require("record", locked)
    if locked.ended_date is not None:
        raise DomainError("twice", f"{locked.ended_date} 已停止。")
    if not reason.strip():
        raise DomainError("reason_required", "请写明停止的原因。", "reason")
    if not locked.started_date <= ended_date <= timezone.localdate(now):
        raise DomainError("out_of_range", "停止日在享受起始日和今天之间。", "ended_date")
    locked.ended_date, locked.end_reason = ended_date, reason.strip()[:500]
    locked.save(update_fields=["ended_date", "end_reason", "updated_at"])
    log_activity(
        actor=actor, action="platforms.taxeligibility.end", target=locked, now=now, reason=reason
    )
    emit("platforms.taxeligibility.ended", eligibility_id=locked.pk)
    return locked
