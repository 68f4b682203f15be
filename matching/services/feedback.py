"""Judgements of pairs: stored beside the pair, so that no rematch loses them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from core.errors import DomainError, Refused
from core.services import emit, log_activity
from demands.models import Demand
from matching.access import FeedbackAccess
from matching.enums import MismatchReason, Verdict
from matching.kinds import offer_fields
from matching.models import Feedback

NOTE_LENGTH = 300


@transaction.atomic
def give_feedback(
    *,
    actor: Any,
    side: str,
    demand: Demand,
    offer: Any,
    verdict: str,
    reason: str = "",
    note: str = "",
    now: datetime,
) -> Feedback:
    """Say whether `demand` and `offer` (a capability, resource or solution) in the list of `side`
    suit each other; a later word replaces an earlier one.

    The owner of the list speaks for that side, staff and brokers for neither. An unsuitable pair
    needs a reason. Raises Refused or DomainError.
    """
    speaks_for = FeedbackAccess(actor).side(side=side, demand=demand, offer=offer)
    if speaks_for is None:
        raise Refused("只有这份清单的所有者、管辖部门和技术经理人可以评价。")
    if verdict not in Verdict.values:
        raise DomainError("unknown_verdict", "请选择“合适”或“不合适”。", "verdict")
    if verdict == Verdict.UNSUITABLE and reason not in MismatchReason.values:
        raise DomainError("reason_required", "请选择不合适的原因。", "reason")
    note = note.strip()
    if len(note) > NOTE_LENGTH:
        raise DomainError("too_long", f"说明不超过 {NOTE_LENGTH} 字。", "note")
    feedback, _ = Feedback.objects.update_or_create(
        demand=demand,
        given_by=actor,
        side=speaks_for,
        **offer_fields(offer),
        defaults={
            "verdict": verdict,
            "reason": reason if verdict == Verdict.UNSUITABLE else "",
            "note": note,
        },
    )
    log_activity(
        actor=actor,
        action="matching.feedback.give",
        target=feedback,
        now=now,
        data={"verdict": feedback.verdict, "reason": feedback.reason, "side": feedback.side},
    )
    emit("matching.feedback.given", feedback_id=feedback.pk)
    return feedback


@transaction.atomic
def withdraw_feedback(*, actor: Any, side: str, demand: Demand, offer: Any, now: datetime) -> int:
    """Take back one's own word on a pair in the list of `side`; how many rows (0 or 1)."""
    speaks_for = FeedbackAccess(actor).side(side=side, demand=demand, offer=offer)
    rows = Feedback.objects.select_for_update().filter(
        demand=demand, given_by_id=actor.pk, side=speaks_for or "", **offer_fields(offer)
    )
    count = 0
    for row in rows.order_by("pk"):
        FeedbackAccess(actor).require("withdraw", row)
        log_activity(actor=actor, action="matching.feedback.withdraw", target=row, now=now)
        row.delete()
        count += 1
    return count
