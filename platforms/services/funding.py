"""The ledger of public money, and the rule that the same level does not build twice (G46)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.activity import register_actions
from core.errors import DomainError
from core.services import check_record, emit, log_activity
from core.templatetags.portal_format import yuan
from platforms.access import FundingAccess
from platforms.enums import FundingKind, GovernmentLevel
from platforms.ladders import earlier_support
from platforms.models import FundingRecord, Platform
from platforms.services.listings import lock

register_actions(
    {
        "platforms.fundingrecord.record": "登记了财政资金",
        "platforms.fundingrecord.pay": "登记了资金拨付",
    }
)


@transaction.atomic
def record_funding(
    *, actor: Any, platform: Platform, values: Mapping[str, Any], now: datetime
) -> FundingRecord:
    """Enter money in the ledger; `amount_yuan` in yuan.

    Source of the rule: 粤府办〔2024〕7号 第十六条, who already had provincial money is recognised,
    in principle not supported again. Building money of a level that had supported the platform
    before needs `exception_reason`. Raises Refused, DomainError `double_funding` or at a field.
    """
    locked = lock(platform)
    record = FundingRecord(platform=locked, recorded_by=actor if actor.pk else None, **values)
    FundingAccess(actor).require("record", record)
    check_record(record)
    had = earlier_support(locked, record.level) if record.kind == FundingKind.BUILD else []
    if had and not record.exception_reason.strip():
        level = GovernmentLevel(record.level).label
        listed = "；".join(f"{row.year} 年 {row.fund} {yuan(row.amount_yuan)}" for row in had)
        raise DomainError(
            "double_funding",
            f"该平台已享受{level}财政资金（{listed}），原则上不再重复支持。确需支持请写明理由。",
            "exception_reason",
        )
    same = FundingRecord.objects.filter(
        platform=locked, level=record.level, kind=record.kind, fund=record.fund, year=record.year,
        amount_yuan=record.amount_yuan,
    )  # fmt: skip
    if same.exists():
        raise DomainError("twice", "台账里已有同一年度、专项、性质和金额的记录。", "fund")
    record.save()
    log_activity(
        actor=actor, action="platforms.fundingrecord.record", target=record, now=now,
        reason=record.exception_reason, data={"amount_yuan": str(record.amount_yuan)},
    )  # fmt: skip
    emit("platforms.funding.recorded", record_id=record.pk)
    return record


@transaction.atomic
def pay_funding(
    *, actor: Any, record: FundingRecord, paid_date: date, now: datetime
) -> FundingRecord:
    """Note the day on which money of the ledger was paid out.

    Raises Refused, DomainError `twice` (it was paid) or at `paid_date`.
    """
    locked = lock(record)
    FundingAccess(actor).require("record", locked)
    if locked.paid_date is not None:
        raise DomainError("twice", f"{locked.paid_date} 已登记拨付。")
    if paid_date > timezone.localdate(now):
        raise DomainError("future", "拨付日期不能晚于今天。", "paid_date")
    locked.paid_date = paid_date
    locked.save(update_fields=["paid_date", "updated_at"])
    log_activity(actor=actor, action="platforms.fundingrecord.pay", target=locked, now=now)
    return locked
