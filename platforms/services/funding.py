"""The ledger of public money, and the rule that the same level does not build twice (G46)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from core.activity import register_actions
from core.errors import DomainError
from core.services import assign, check_record, emit, lock, log_activity
from core.templatetags.portal_format import yuan
from platforms.access import FundingAccess
from platforms.enums import FundingKind, GovernmentLevel
from platforms.ladders import earlier_support
from platforms.models import FundingRecord, Platform, SubsidyYear

register_actions(
    {
        "platforms.fundingrecord.record": "登记了财政资金",
        "platforms.fundingrecord.pay": "登记了资金拨付",
        "platforms.fundingrecord.correct": "更正了财政资金台账",
        "platforms.fundingrecord.strike": "撤销了一笔财政资金记录",
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
    _check(record)
    record.save()
    log_activity(
        actor=actor, action="platforms.fundingrecord.record", target=record, now=now,
        reason=record.exception_reason, data={"amount_yuan": str(record.amount_yuan)},
    )  # fmt: skip
    emit("platforms.funding.recorded", record_id=record.pk)
    return record


def _check(record: FundingRecord) -> None:
    """The ledger's rules for a new or a corrected line."""
    check_record(record)
    earlier = earlier_support(record.platform, record.level)
    is_build = record.kind == FundingKind.BUILD
    had = [row for row in earlier if is_build and row.pk != record.pk]
    if had and not record.exception_reason.strip():
        level = GovernmentLevel(record.level).label
        listed = "；".join(f"{row.year} 年 {row.fund} {yuan(row.amount_yuan)}" for row in had)
        raise DomainError(
            "double_funding",
            f"该平台已享受{level}财政资金（{listed}），原则上不再重复支持。确需支持请写明理由。",
            "exception_reason",
        )
    same = FundingRecord.objects.filter(
        platform=record.platform, level=record.level, kind=record.kind, fund=record.fund,
        year=record.year, amount_yuan=record.amount_yuan,
    )  # fmt: skip
    if same.exclude(pk=record.pk).exists():
        raise DomainError("twice", "台账里已有同一年度、专项、性质和金额的记录。", "fund")


@transaction.atomic
def correct_funding(
    *, actor: Any, record: FundingRecord, values: Mapping[str, Any], reason: str, now: datetime
) -> FundingRecord:
    """Mend a line of the ledger that was entered wrongly; what it said stays in its history (G14).

    Raises Refused, DomainError `linked`, `unchanged`, at `reason`, or what `record_funding` does.
    """
    locked = _open_line(actor, record, reason)
    changed = {name: value for name, value in values.items() if getattr(locked, name) != value}
    if not changed:
        raise DomainError("unchanged", "内容没有变化。")
    before = {name: str(getattr(locked, name)) for name in changed}
    assign(locked, changed)
    _check(locked)
    locked.save(update_fields=[*changed, "updated_at"])
    log_activity(
        actor=actor, action="platforms.fundingrecord.correct", target=locked, now=now,
        reason=reason, data={"before": before},
    )  # fmt: skip
    emit("platforms.funding.corrected", record_id=locked.pk)
    return locked


@transaction.atomic
def strike_funding(*, actor: Any, record: FundingRecord, reason: str, now: datetime) -> None:
    """Take out a line that should never have been entered; the platform's log keeps what it said.

    Raises Refused, DomainError `linked` or at `reason`.
    """
    locked = _open_line(actor, record, reason)
    platform, amount = locked.platform, locked.amount_yuan
    said = {"year": locked.year, "fund": locked.fund, "amount_yuan": str(amount)}
    try:
        with transaction.atomic():
            locked.delete()
    except ProtectedError:  # a plan of rewards or a voucher of an app above holds it
        raise DomainError("linked", "这笔资金由奖补方案或服务券登记，不能撤销。") from None
    log_activity(
        actor=actor, action="platforms.fundingrecord.strike", target=platform, now=now,
        reason=reason, data=said,
    )  # fmt: skip
    emit("platforms.ledger.struck", platform_id=platform.pk, line=said)


def _open_line(actor: Any, record: FundingRecord, reason: str) -> FundingRecord:
    """The line, locked, if the actor may mend it and says why."""
    locked: FundingRecord = lock(record)
    FundingAccess(actor).require("record", locked)
    if SubsidyYear.objects.filter(funding=locked).exists():
        raise DomainError("linked", "这笔资金由退坡补贴计划登记，不能在台账里更改。")
    if not reason.strip():
        raise DomainError("reason_required", "请写明更正原因。", "reason")
    return locked


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
